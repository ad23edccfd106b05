"""Amazon VPC CNI: pods get addresses of the VPC."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from eks_blueprints.addons._eks_managed import EksAddOn
from eks_blueprints.addons._fit import Fit
from eks_blueprints.core.errors import Faults, Problem, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.leaves import Cidr4, SecurityGroupId
from eks_blueprints.core.spec import In, Many, Spec

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef, Ground

# What the plugin looks at on IPv6 clusters. Source: amazon-vpc-cni-k8s, docs/iam-policy.md, IPv6 mode; read 2026-11-29.
_DESCRIBED = (
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeInstances",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeTags",
)
_ZONE_ID = Form(r"[a-z]+\d-az\d+")
_ZONE = Form(r"[a-z]{2,}(-[a-z]+)+-\d+(-[a-z]+-\d+)?[a-z]|[a-z]+\d-az\d+")


class CustomNetworking(Spec):
    """Pods get addresses from subnets of their own instead of the nodes', one subnet per zone."""

    subnets: dict[str, In[str]] = {}
    """Ids of the pods' subnets by availability zone. Default: the network's pod subnets."""

    security_group_ids: Many[In[SecurityGroupId]] = ()
    """Security groups of the pods. Default: the cluster's own."""

    @field_validator("subnets")
    @classmethod
    def _keys_are_zones(cls, subnets: Mapping[str, Any]) -> Mapping[str, Any]:
        faults = Faults()
        for zone in subnets:
            if not _ZONE.fullmatch(zone):
                faults.add((zone,), f"is not a valid availability zone; got {shown(zone)}; write one like eu-west-1a")
        if len({bool(_ZONE_ID.fullmatch(zone)) for zone in subnets}) > 1:
            faults.add((), "mixes names and ids of zones; got both; use one of them")
        faults.raise_if_any()
        return subnets


class VpcCni(EksAddOn):
    """Give pods addresses of the VPC.

    It must exist before nodes, which are not ready without it. EKS Auto Mode and Fargate bring their own.
    """

    category: ClassVar[str] = "networking"
    eks_name: ClassVar[str] = "vpc-cni"
    fits: ClassVar[Fit] = Fit(not_on_fargate="Fargate brings its own", in_auto_mode="pod networking of its own")
    host_network: ClassVar[bool] = True
    service_account: ClassVar[str] = "aws-node"
    before_nodes: ClassVar[bool] = True

    prefix_delegation: bool | None = None
    """Whether nodes take /28 blocks instead of single addresses, for many more pods per node. Default: the CNI's, no
    (yes on IPv6).
    """

    warm_prefix_target: int | None = Field(default=None, ge=0, le=1000)
    """Free /28 blocks that each node keeps in stock, with prefix_delegation. Default: 1."""

    warm_eni_target: int | None = Field(default=None, ge=0, le=1000)
    """Free network interfaces that each node keeps in stock. Default: 1."""

    warm_ip_target: int | None = Field(default=None, ge=0, le=10000)
    """Free addresses that each node keeps in stock; wins over the other two targets. Default: none set."""

    minimum_ip_target: int | None = Field(default=None, ge=0, le=10000)
    """Addresses that each node takes at once at its start. Default: none set."""

    network_policy: Literal["standard", "strict"] | None = None
    """Enforce NetworkPolicy objects; with strict, pods may not talk at all until a policy lets them. Default: they
    are not enforced."""

    custom_networking: CustomNetworking | None = None
    """Subnets of their own for pods. Default: pods share the nodes'."""

    pod_security_groups: Literal["standard", "strict"] | None = None
    """Let SecurityGroupPolicy objects give pods security groups; with strict, only theirs apply. The cluster's role
    needs AmazonEKSVPCResourceController. Default: pods have the nodes'."""

    external_snat: bool | None = None
    """Whether a NAT gateway, rather than the node, translates the addresses of pods. Default: no."""

    exclude_snat_cidrs: Many[Cidr4] = ()
    """IPv4 CIDRs outside the VPC that pods reach with their own addresses."""

    windows_ipam: bool | None = None
    """Whether pods on Windows nodes get addresses; Windows nodes need it. Default: no."""

    @model_validator(mode="after")
    def _targets_have_an_effect(self) -> Self:
        faults = Faults()
        if self.warm_prefix_target is not None and self.prefix_delegation is not True:
            faults.add("warm_prefix_target", "is for prefix_delegation; got it off; add prefix_delegation: true")
        if self.exclude_snat_cidrs and self.external_snat:
            faults.add("exclude_snat_cidrs", "has no effect with external_snat; got both; remove one")
        if self.custom_networking is not None and "eniConfig" in self.configuration_values:
            faults.add(("configuration_values", "eniConfig"), "is created by custom_networking; got both; keep one")
        faults.raise_if_any()
        return self

    def managed_policies(self, ground: Ground) -> dict[str, str]:
        """AWS's own policy, which knows IPv4 only."""
        return {} if ground.network.ip_family == "ipv6" else {"cni": "AmazonEKS_CNI_Policy"}

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """What the plugin's own policy for IPv6 lists, where AWS has no policy of its own."""
        if cluster.network.ip_family != "ipv6":
            return []
        return [
            Allow("ec2:AssignIpv6Addresses", *_DESCRIBED, "ec2:ModifyNetworkInterfaceAttribute"),
            Allow("ec2:CreateTags", on=f"arn:{cluster.partition}:ec2:*:*:network-interface/*"),
        ]

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the add-on's own schema, whose booleans are text."""
        settings: dict[str, Any] = {}
        if env := self._env():
            settings["env"] = env
        if self.network_policy is not None:
            settings["enableNetworkPolicy"] = "true"
        if self.windows_ipam is not None:
            settings["enableWindowsIpam"] = _text(self.windows_ipam)
        if self.pod_security_groups == "strict":
            # The kubelet could not reach pods behind branch interfaces with its probes otherwise.
            settings["init"] = {"env": {"DISABLE_TCP_EARLY_DEMUX": "true"}}
        return settings

    def cluster_settings(self, cluster: ClusterRef) -> dict[str, Any]:
        """The subnets and security groups of pods with custom networking."""
        if self.custom_networking is None:
            return {}
        subnets = self._pod_subnets(cluster)
        groups: list[Any] = list(self.custom_networking.security_group_ids) or [cluster.security_group_id]
        by_id = all(_ZONE_ID.fullmatch(zone) for zone in subnets)
        label = "topology.k8s.aws/zone-id" if by_id else "topology.kubernetes.io/zone"
        return {
            "env": {"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true", "ENI_CONFIG_LABEL_DEF": label},
            "eniConfig": {
                "create": True,
                "region": cluster.region,
                "subnets": {zone: {"id": subnet, "securityGroups": groups} for zone, subnet in subnets.items()},
            },
        }

    def problems_on(self, ground: Ground) -> Iterator[Problem]:
        """Custom networking where there are no subnets for pods, or no way to tell which node takes which."""
        yield from super().problems_on(ground)
        if self.custom_networking is None:
            return
        if ground.network.ip_family == "ipv6":
            yield Problem(("custom_networking",), "is for IPv4 clusters; got an IPv6 one; remove it")
        elif not self.custom_networking.subnets:
            at = ("custom_networking", "subnets")
            zones = [subnet.zone for subnet in ground.network.subnets if subnet.role == "pod"]
            if not zones:
                do = "add them to the network or name them here"
                yield Problem(at, f"needs subnets for pods; got a network without any; {do}")
            elif None in zones or len(set(zones)) < len(zones):
                do = "name the subnets by zone here"
                yield Problem(at, f"needs one pod subnet a zone; got others or unknown zones; {do}")

    def _pod_subnets(self, cluster: ClusterRef) -> Mapping[str, Any]:
        if self.custom_networking is not None and self.custom_networking.subnets:
            return self.custom_networking.subnets
        pods = [subnet for subnet in cluster.network.subnets if subnet.role == "pod"]
        return {subnet.zone: subnet.id for subnet in pods if subnet.zone is not None}

    def _env(self) -> dict[str, str]:
        env = {
            "AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS": ",".join(self.exclude_snat_cidrs) or None,
            "AWS_VPC_K8S_CNI_EXTERNALSNAT": self.external_snat,
            "ENABLE_POD_ENI": None if self.pod_security_groups is None else True,
            "ENABLE_PREFIX_DELEGATION": self.prefix_delegation,
            "MINIMUM_IP_TARGET": self.minimum_ip_target,
            "NETWORK_POLICY_ENFORCING_MODE": self.network_policy,
            "POD_SECURITY_GROUP_ENFORCING_MODE": self.pod_security_groups,
            "WARM_ENI_TARGET": self.warm_eni_target,
            "WARM_IP_TARGET": self.warm_ip_target,
            "WARM_PREFIX_TARGET": self.warm_prefix_target,
        }
        return {name: _text(value) for name, value in env.items() if value is not None}


def _text(value: bool | int | str) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
