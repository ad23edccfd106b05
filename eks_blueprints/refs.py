"""What others may see of a network and of a cluster, whether this program made it or it was there before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import pulumi

if TYPE_CHECKING:
    import pulumi_aws as aws
    import pulumi_kubernetes as kubernetes

SubnetRole = Literal["public", "private", "pod", "control_plane"]


@dataclass(frozen=True, kw_only=True)
class SubnetRef:
    """One subnet."""

    id: pulumi.Input[str]
    role: SubnetRole
    zone: str | None = None
    """Availability zone, a name (`eu-west-1a`) or an id (`euw1-az1`), as the spec has it; None where only AWS knows."""
    cidr: str | None = None


@dataclass(frozen=True, kw_only=True)
class NetworkRef:
    """A VPC and its subnets."""

    vpc_id: pulumi.Input[str]
    subnets: tuple[SubnetRef, ...]
    cidr: str | None = None
    """The VPC's primary IPv4 CIDR; None where only AWS knows."""
    ip_family: Literal["ipv4", "ipv6"] = "ipv4"
    ready: tuple[pulumi.Resource, ...] = ()
    """What nodes need before they can reach the internet or the VPC endpoints: NAT routes, endpoints."""

    def ids(self, role: SubnetRole, zones: tuple[str, ...] = ()) -> list[pulumi.Input[str]]:
        """The ids of the subnets of one role, of all zones or of those named."""
        return [s.id for s in self.subnets if s.role == role and (not zones or s.zone in zones)]


@dataclass(frozen=True, kw_only=True)
class ClusterRef:
    """A cluster as elements see it: enough to attach compute, install add-ons and give access."""

    prefix: str
    """Start of the logical name of everything put on this cluster."""
    name: pulumi.Input[str]
    version: str | None
    region: str
    partition: str = "aws"
    arn: pulumi.Input[str]
    endpoint: pulumi.Input[str]
    certificate_authority: pulumi.Input[str]
    """The API server's certificate authority, base64-encoded."""
    oidc_issuer: pulumi.Input[str]
    """URL of the OIDC issuer, with `https://`."""
    oidc_provider_arn: pulumi.Input[str] | None = None
    """IAM OIDC provider of the issuer; None where there is none, and IRSA cannot be used."""
    security_group_id: pulumi.Input[str]
    """The security group that EKS makes for control plane and nodes."""
    service_cidr: str | None = None
    network: NetworkRef
    auto_mode: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)
    """Tags of the platform; each resource adds its own."""
    kubernetes: kubernetes.Provider | None = None
    aws: aws.Provider | None = None
    resource: pulumi.Resource | None = None
    """The cluster resource itself; None for one that was there before."""
    ready: tuple[pulumi.Resource, ...] = ()
    """What must exist before anything is put on the cluster: the cluster, and the access of who deploys."""

    def after(self, *resources: pulumi.Resource) -> ClusterRef:
        """The same cluster for elements that must also wait for `resources`."""
        return replace(self, ready=(*self.ready, *resources))
