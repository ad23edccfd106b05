"""A cluster of a plan, and the objects that the program puts into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from eks_blueprints.recording import Plan, PlannedResource

CLUSTER = "aws:eks/cluster:Cluster"
RELEASE = "kubernetes:helm.sh/v3:Release"
_DELIVERY = ("argo-cd", "flux2", "flux-operator")
_PROVIDER = "pulumi:providers:kubernetes"
_AWS = "pulumi:providers:aws"
_VPC = "aws:ec2/vpc:Vpc"


@dataclass(frozen=True, slots=True)
class PlannedCluster:
    """One cluster, with all that a program puts on it."""

    resource: PlannedResource
    region: str | None
    on_it: tuple[PlannedResource, ...]
    """Its objects and Helm releases."""
    aws_on_it: tuple[PlannedResource, ...]
    """What AWS keeps for it: add-ons, node groups."""
    own_network: bool
    """Whether the program makes a VPC too, which then holds no other's load balancers."""

    @property
    def name(self) -> str:
        """Its name in AWS."""
        name = self.resource.inputs.get("name")
        return name if isinstance(name, str) else self.resource.name

    @property
    def at(self) -> str:
        """The option of its region, behind a command of the AWS CLI; nothing where it is not known."""
        return f" --region {self.region}" if self.region else ""

    @property
    def auto_mode(self) -> bool:
        """Whether EKS Auto Mode is on."""
        config = self.resource.inputs.get("computeConfig")
        return isinstance(config, Mapping) and config.get("enabled") is True

    def objects(self, kind: str) -> list[PlannedResource]:
        """Its objects of a kind."""
        return [each for each in self.on_it if each.inputs.get("kind") == kind]

    def releases(self, *charts: str) -> list[PlannedResource]:
        """Its Helm releases, of some charts or of all."""
        found = [each for each in self.on_it if each.type == RELEASE]
        return [each for each in found if not charts or _chart(each) in charts]

    @property
    def delivery(self) -> list[PlannedResource]:
        """The Helm releases of Argo CD and Flux."""
        return self.releases(*_DELIVERY)

    @property
    def argo_cd_capabilities(self) -> list[str]:
        """Names of the EKS capabilities that run Argo CD."""
        found = [each.inputs for each in self.aws_on_it if each.inputs.get("type") == "ARGOCD"]
        return [str(each.get("capabilityName")) for each in found]

    def addons(self, *names: str) -> list[PlannedResource]:
        """Its add-ons from EKS's own catalogue with these names."""
        return [each for each in self.aws_on_it if each.inputs.get("addonName") in names]


def clusters(plan: Plan) -> Iterator[PlannedCluster]:
    """The clusters of a plan."""
    by_urn = plan.by_urn()
    found = [each for each in plan.resources if each.type == CLUSTER]
    for cluster in found:
        providers = {
            each.urn
            for each in plan.resources
            if each.type == _PROVIDER and (cluster.urn in _all_before(each, by_urn) or len(found) == 1)
        }
        on_it = tuple(each for each in plan.resources if each.provider in providers)
        of_it = tuple(
            each
            for each in plan.resources
            if each.type.startswith("aws:eks/")
            and each is not cluster
            and (cluster.urn in each.property_dependencies.get("clusterName", ()) or len(found) == 1)
        )
        own_network = any(each.type == _VPC for each in plan.resources)
        yield PlannedCluster(cluster, _region(cluster, by_urn), on_it, of_it, own_network)


def shown_name(resource: PlannedResource) -> str:
    """An object's name in its cluster, with its namespace where it has one."""
    metadata: Any = resource.inputs.get("metadata")
    inputs = metadata if isinstance(metadata, Mapping) else resource.inputs
    name, namespace = inputs.get("name") or resource.name, inputs.get("namespace")
    return f"{namespace}/{name}" if namespace else str(name)


def namespace_of(release: PlannedResource) -> str:
    """The namespace of a Helm release."""
    return str(release.inputs.get("namespace") or "default")


def _chart(release: PlannedResource) -> str:
    return str(release.inputs.get("chart", "")).rpartition("/")[2]


def _all_before(resource: PlannedResource, by_urn: Mapping[str, PlannedResource]) -> set[str]:
    seen: set[str] = set()
    waiting = [*resource.dependencies]
    while waiting:
        urn = waiting.pop()
        if urn not in seen and urn in by_urn:
            seen.add(urn)
            waiting += by_urn[urn].dependencies
    return seen


def _region(cluster: PlannedResource, by_urn: Mapping[str, PlannedResource]) -> str | None:
    provider = by_urn.get(cluster.provider or "")
    region = provider.inputs.get("region") if provider is not None and provider.type == _AWS else None
    return region if isinstance(region, str) else None
