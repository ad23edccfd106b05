"""What is to be told of an add-on: where it comes from, what it may do, and the least that installs it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eks_blueprints.addons._capability import CapabilityAddOn
from eks_blueprints.addons._chart_addon import ChartAddOn
from eks_blueprints.addons._eks_managed import EksAddOn, EksManaged
from eks_blueprints.addons._helm_addon import HelmAddOn
from eks_blueprints.addons.base import AddOn
from eks_blueprints.core.elements import element_class, kinds
from eks_blueprints.reference.docstrings import class_doc

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef

_LEAST = Path(__file__).with_name("addon_samples.toml")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an add-on asks for when it is installed with the least it takes."""

    statements: tuple[dict[str, Any], ...]
    """Statements of the policy of its role."""
    managed: tuple[str, ...]
    """ARNs of the policies that its role gets besides."""
    values: dict[str, Any]
    """Values of its chart, or the configuration values of an EKS add-on."""


def classes() -> dict[str, type[AddOn]]:
    """The class of each add-on, by its kind."""
    found: Any = {kind: element_class(AddOn, kind) for kind in kinds(AddOn)}
    return found  # type: ignore[no-any-return]


@cache
def samples() -> dict[str, dict[str, Any]]:
    """The least arguments of the kinds that cannot do without some."""
    return tomllib.loads(_LEAST.read_text(encoding="utf-8"))


def sample(cls: type[AddOn]) -> AddOn:
    """An add-on with the least that it takes.

    Raises:
        ValidationError: if it needs arguments of which no sample is known.
    """
    return cls.model_validate(samples().get(cls.kind(), {}))


def summary(cls: type[AddOn]) -> str:
    """The first sentence of its description."""
    return " ".join(class_doc(cls).split("\n\n")[0].split()).rstrip(".")


def source(cls: type[AddOn]) -> str:
    """Where it comes from, with the version that is pinned, in one line."""
    if issubclass(cls, HelmAddOn):
        return f"chart {cls.chart.name} {cls.chart.version} of {cls.chart.repository}"
    if issubclass(cls, EksAddOn):
        return f"EKS add-on {cls.eks_name}, version by EKS"
    if issubclass(cls, CapabilityAddOn):
        return f"EKS capability {cls.capability_type}"
    return (
        "any chart" if issubclass(cls, ChartAddOn) else "any EKS add-on" if issubclass(cls, EksManaged) else "objects"
    )


def version(cls: type[AddOn]) -> str:
    """The version that is pinned, or who chooses it."""
    return cls.chart.version if issubclass(cls, HelmAddOn) else "by EKS" if issubclass(cls, EksAddOn) else "-"


def named(found: Iterable[type[AddOn]]) -> list[str]:
    """The kinds of some classes."""
    return [cls.kind() for cls in found]


def asked(cls: type[AddOn]) -> Asked:
    """What it asks for on a cluster, found by recording its installation."""
    from eks_blueprints.recording import record

    resources = record(lambda: sample(cls).install(example_cluster())).plan().resources
    of = {kind: [r.inputs for r in resources if r.type.endswith(f":{kind}")] for kind in _TOLD}
    statements = [s for inputs in of["RolePolicy"] for s in json.loads(inputs["policy"])["Statement"]]
    values: dict[str, Any] = dict(of["Release"][-1].get("values", {})) if of["Release"] else {}
    for inputs in of["Addon"]:
        values = json.loads(inputs.get("configurationValues", "{}"))
    managed = tuple(str(inputs["policyArn"]) for inputs in of["RolePolicyAttachment"])
    return Asked(statements=tuple(statements), managed=managed, values=values)


_TOLD = ("RolePolicy", "RolePolicyAttachment", "Release", "Addon")


def example_cluster() -> ClusterRef:
    """A cluster that is there, for what add-ons ask for."""
    from eks_blueprints.core.refs import ClusterRef, NetworkRef

    issuer = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE"
    return ClusterRef(
        prefix="shop",
        name="shop",
        version=None,
        region="eu-west-1",
        arn="arn:aws:eks:eu-west-1:111122223333:cluster/shop",
        endpoint="https://example.com",
        certificate_authority="",
        oidc_issuer=f"https://{issuer}",
        oidc_provider_arn=f"arn:aws:iam::111122223333:oidc-provider/{issuer}",
        security_group_id="sg-0123456789abcdef0",
        network=NetworkRef(vpc_id="vpc-0123456789abcdef0", subnets=()),
    )
