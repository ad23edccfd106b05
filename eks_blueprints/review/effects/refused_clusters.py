"""Settings of a cluster that EKS lets go in one direction only, or only together.

Sources: EKS API reference, UpdateClusterConfig; EKS user guide, "Change authentication mode to use access entries",
"Cluster upgrade policy" and "Enable EKS Auto Mode on existing EKS clusters" (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eks_blueprints.core import versions
from eks_blueprints.review.diff.changes import PlanDiff, ResourceDiff
from eks_blueprints.review.effects.links import minor_of, section
from eks_blueprints.review.effects.nodes import CLUSTER
from eks_blueprints.review.effects.words import Attention, refused

_MODES = ("CONFIG_MAP", "API_AND_CONFIG_MAP", "API")
_AUTO_MODE = {
    "computeConfig": ("computeConfig",),
    "kubernetesNetworkConfig.elasticLoadBalancing": ("kubernetesNetworkConfig", "elasticLoadBalancing"),
    "storageConfig.blockStorage": ("storageConfig", "blockStorage"),
}


def refused_clusters(diff: PlanDiff) -> Iterator[Attention]:
    """Of each cluster that is made or changed."""
    for each in diff.of("create", "update", "replace"):
        if each.type == CLUSTER:
            yield from _parts_of_auto_mode(each)
            yield from _endpoint(each)
            if each.kind == "update":
                yield from _access_mode(each)
                yield from _support(each)


def _access_mode(each: ResourceDiff) -> Iterator[Attention]:
    old, new = (section(inputs, "accessConfig").get("authenticationMode") for inputs in _sides(each))
    if old not in _MODES or new not in _MODES or old == new:
        return
    cause = f"`accessConfig.authenticationMode` {old} → {new}"
    if _MODES.index(new) < _MODES.index(old):
        yield refused("EKS", each, cause, "the mode only goes from CONFIG_MAP over API_AND_CONFIG_MAP to API")
    elif _MODES.index(new) > _MODES.index(old) + 1:
        yield refused("EKS", each, cause, "deploy API_AND_CONFIG_MAP first, with an entry for everyone; then API")


def _support(each: ResourceDiff) -> Iterator[Attention]:
    old, new = (section(inputs, "upgradePolicy").get("supportType", "EXTENDED") for inputs in _sides(each))
    version = each.resource.inputs.get("version")
    if (old, new) != ("EXTENDED", "STANDARD") or not isinstance(version, str) or minor_of(version) is None:
        return
    if versions.support(version) == "extended":
        cause = "`upgradePolicy.supportType` EXTENDED → STANDARD"
        effect = f"Kubernetes {version} is in extended support already: upgrade to a version in standard support first"
        yield refused("EKS", each, cause, effect)


def _parts_of_auto_mode(each: ResourceDiff) -> Iterator[Attention]:
    found = {name: section(each.resource.inputs, *keys).get("enabled") for name, keys in _AUTO_MODE.items()}
    if any(value not in (True, False, None) for value in found.values()) or True not in found.values():
        return
    if off := [name for name, value in found.items() if value is not True]:
        on = [name for name, value in found.items() if value is True]
        cause = f"{_quoted(on)} {_is(on)} enabled, {_quoted(off)} {_is(off)} not"
        yield refused("EKS", each, cause, "the three parts of Auto Mode are enabled or disabled together")


def _endpoint(each: ResourceDiff) -> Iterator[Attention]:
    config = section(each.resource.inputs, "vpcConfig")
    # Absent, the public endpoint is on and the private one is off.
    if config.get("endpointPublicAccess") is False and config.get("endpointPrivateAccess") in (False, None):
        cause = "`vpcConfig` has neither the public nor the private endpoint"
        yield refused("EKS", each, cause, "an API server needs one of the two")


def _sides(each: ResourceDiff) -> tuple[Any, Any]:
    return (each.old or each.resource).inputs, each.resource.inputs


def _quoted(names: list[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def _is(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"
