"""The ways in which add-ons of this library install their charts: as they are, in production, with each option."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from eks_blueprints.addons._charts import options
from eks_blueprints.addons._helm_addon import HelmAddOn
from eks_blueprints.compute.karpenter import Karpenter
from eks_blueprints.core.refs import ClusterRef, NetworkRef, SubnetRef
from eks_blueprints.core.versions import latest
from eks_blueprints.recording import record
from eks_blueprints.reference.addon_facts import classes, example_cluster, samples


@dataclass(frozen=True)
class Release:
    """What is asked of Helm: a chart with values, under a name, in a namespace."""

    chart: str
    version: str
    repository: str
    name: str
    namespace: str
    values: dict[str, Any]


def forms(kind: str) -> Iterator[tuple[str, dict[str, Release]]]:
    """The forms of an add-on (or Karpenter) by what is set, and their releases: `` (the chart) and `crds`.

    The first is the default, whose text is empty. What the add-on itself refuses is left out.
    """
    cls: Any = Karpenter if kind == "karpenter" else classes()[kind]
    least = {} if kind == "karpenter" else samples().get(kind, {})
    yield "", _releases(cls, least)
    for said, fields in ({} if kind == "karpenter" else options(cls)).items():
        try:
            yield said, _releases(cls, least | fields)
        except ValidationError:
            continue


def places(kind: str) -> list[str]:
    """Paths in values that the class of an add-on knows: of images, placement and spreading."""
    cls: Any = classes().get(kind)
    if cls is None:
        return []
    words = ("nodeSelector", "tolerations")
    pods = [f"{at}.{word}" if at else word for at in (*cls.pods, *cls.daemons) for word in words]
    return [*cls.images, *pods, *cls.spread]


def pinned() -> list[str]:
    """Kinds whose chart is pinned here."""
    return [*(kind for kind, cls in classes().items() if issubclass(cls, HelmAddOn)), "karpenter"]


def _cluster() -> ClusterRef:
    zones = (SubnetRef(id=f"subnet-{zone}", role="private", zone=f"eu-west-1{zone}") for zone in "abc")
    network = NetworkRef(vpc_id="vpc-0123456789abcdef0", subnets=tuple(zones))
    return replace(example_cluster(), network=network, version=latest(), tags={"team": "shop"})


def _releases(cls: Any, fields: dict[str, Any]) -> dict[str, Release]:
    spec = cls.model_validate(fields)
    put = spec.attach if cls is Karpenter else spec.install
    resources = record(lambda: put(_cluster())).plan().resources
    found = {}
    for each in resources:
        if each.type == "kubernetes:helm.sh/v3:Release":
            role = "crds" if each.name.endswith("-crds") else ""
            chart = str(each.inputs["chart"])
            repository = (each.inputs.get("repositoryOpts") or {}).get("repo")
            found[role] = Release(
                chart=chart.rpartition("/")[2],
                version=str(each.inputs["version"]),
                repository=str(repository or chart.rpartition("/")[0]),
                name=str(each.inputs["name"]),
                namespace=str(each.inputs["namespace"]),
                values=dict(each.inputs.get("values") or {}),
            )
    return found
