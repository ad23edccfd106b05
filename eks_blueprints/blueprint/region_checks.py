"""Features of EKS that a partition's regions do not have, told before any resource is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from eks_blueprints.blueprint.kinds import CapabilityAddOn, Fargate, HybridNodes
from eks_blueprints.core.errors import Problem
from eks_blueprints.network import zones

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs

AS_OF = "2026-11"
"""When AWS's pages were read."""

_CHINA, _GOV = "aws-cn", "aws-us-gov"
_NAMES = {_CHINA: "China", _GOV: "GovCloud"}


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """Warnings, because AWS may bring a feature to a partition any day.

    Sources: AWS GovCloud (US) User Guide, "How Amazon EKS differs" (Fargate, hybrid nodes); EKS User Guide, "Amazon EKS
    Hybrid Nodes overview" (GovCloud and China) and "EKS Capabilities" (commercial regions alone).
    """
    try:
        partition = zones.partition(args.region)
    except ValueError:  # told at the region
        return
    if partition not in _NAMES:
        return
    for compute in args.compute:
        if isinstance(compute, HybridNodes):
            yield _missing(("compute", compute.name), "EKS Hybrid Nodes", partition, args.region)
        elif isinstance(compute, Fargate) and partition == _GOV:
            yield _missing(("compute", compute.name), "EKS on Fargate", partition, args.region)
    for addon in args.addons:
        if isinstance(addon, CapabilityAddOn):
            yield _missing(("addons", addon.name), "an EKS capability", partition, args.region)


def _missing(path: tuple[str, str], what: str, partition: str, region: str) -> Problem:
    message = f"is {what}, which AWS says {_NAMES[partition]} does not have (as of {AS_OF}); got region {region}"
    return Problem(path, f"{message}; use something else, or check whether AWS offers it there now", severity="warning")
