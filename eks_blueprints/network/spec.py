"""What a network is, as data: a new VPC (`NetworkArgs`) or one that is there (`ExistingNetworkArgs`)."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, ValidationError, model_validator
from pydantic_core import CoreSchema, core_schema

from eks_blueprints.core.errors import Faults, shown, unknown_name
from eks_blueprints.core.leaves import RegionalArn, within
from eks_blueprints.core.role_spec import RoleArgs
from eks_blueprints.core.spec import In, Many, Several, Spec
from eks_blueprints.network import cidr, rules
from eks_blueprints.network.cidr import Cidr
from eks_blueprints.network.parts import GatewayArgs, IpamPoolId, Ipv6BlockArgs
from eks_blueprints.network.rules import Tags

SubnetRole = Literal["public", "private", "pod", "control_plane"]
ROLES: tuple[SubnetRole, ...] = ("public", "private", "pod", "control_plane")

Zone = Annotated[str, AfterValidator(rules.zone)]
Service = Annotated[str, AfterValidator(rules.service)]

# As CloudWatch Logs takes them (API reference, PutRetentionPolicy).
RetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]


class SubnetArgs(Spec):
    """A subnet of a new VPC, given in full."""

    role: SubnetRole
    """What it is for. `public`: load balancers and NAT gateways, with a route to the internet gateway; `private`:
    nodes, with a route to a NAT gateway; `pod`: addresses of pods only, routed like `private`; `control_plane`:
    the network interfaces of the EKS control plane only, routed like `private`."""

    zone: Zone
    """Availability zone, an id (`euw1-az1`) or a name (`eu-west-1a`). A local or wavelength zone, or one that EKS
    refuses, may be used where subnets of role `control_plane` stand elsewhere."""

    cidr: Cidr
    """IPv4 block, /16 to /28, inside the VPC's `cidr` or one of its `secondary_cidrs`."""

    ipv6_index: int | None = Field(default=None, ge=0, le=255)
    """Which /64 of the VPC's IPv6 /56 it gets, counted from 0. Needed in an `ipv6` network, refused in another."""

    tags: Tags = {}
    """Further tags of this subnet; they win over all others."""


class FlowLogsArgs(Spec):
    """Records of the VPC's traffic, to a CloudWatch log group of its own or to an existing bucket."""

    bucket_arn: In[str] | None = None
    """ARN of the S3 bucket (and prefix) to write to. Default: a new CloudWatch log group."""

    retention_in_days: RetentionDays | None = None
    """Days that the log group keeps records. Default: 30. Not with `bucket_arn`."""

    kms_key_arn: In[RegionalArn] | None = None
    """KMS key of the log group; its policy must let CloudWatch Logs use it. Default: AWS's own. Not with
    `bucket_arn`, whose encryption is the bucket's."""

    iam_role: RoleArgs | None = None
    """Name, path, description, tags and further permissions of the role that writes to the log group. Not with
    `bucket_arn`, which needs none."""

    traffic_type: Literal["ALL", "ACCEPT", "REJECT"] = "ALL"
    """Which traffic is recorded."""

    max_aggregation_interval: Literal[60, 600] = 600
    """Seconds over which packets are gathered into one record."""

    log_format: str | None = Field(default=None, min_length=1)
    """Fields of a record, such as `${srcaddr} ${dstaddr}`. Default: AWS's own."""

    @model_validator(mode="after")
    def _fits_destination(self) -> Self:
        faults = Faults()
        rules.check_arn(faults, "bucket_arn", self.bucket_arn, "s3")
        rules.check_arn(faults, "kms_key_arn", self.kms_key_arn, "kms")
        if self.bucket_arn is not None:
            for name in ("retention_in_days", "kms_key_arn"):
                if getattr(self, name) is not None:
                    faults.add(name, "is a log group's; got bucket_arn too; set it on the bucket instead")
            if self.iam_role is not None:
                faults.add("iam_role", "is for the role that writes to a log group; got bucket_arn too; remove it")
        faults.raise_if_any()
        return self


class NetworkArgs(Spec):
    """A new VPC with its subnets, routes, NAT gateways and endpoints."""

    cidr: Cidr = "192.168.0.0/16"
    """The VPC's IPv4 block, /16 to /28; at most /24 unless `subnets` are given. It cannot be changed later. Default:
    eksctl's 192.168.0.0/16."""

    zones: Many[Zone] | None = None
    """Availability zones, 2 to 6, as ids (`euw1-az1`, the same place in every account) or names (`eu-west-1a`). Add new
    ones at the end. Default: the region's first `zone_count` zones that EKS supports, by name where names mean the same
    in every account, else by id.
    """

    zone_count: int | None = Field(default=None, ge=2, le=6)
    """Number of zones to pick when `zones` are not named. Default: 3, or 2 where the region has no more."""

    max_zones: int | None = Field(default=None, ge=2, le=6)
    """Number of zones that the layout leaves room for; with it, zones can be added later without moving a subnet.
    Default: as many as there are, as eksctl does; then the private subnets move when a zone is added."""

    topology: Literal["public_and_private", "private"] = "public_and_private"
    """Which subnets each zone gets. `private` has no way to the internet, and endpoints for AWS's services instead."""

    subnets: dict[str, SubnetArgs] | None = None
    """All subnets, by a name of your choice, in place of the layout. Default: eksctl's layout: `cidr` is cut in 8
    blocks (16 for 5 and 6 zones); the first n are public, the next n private, the rest stay free."""

    pod_cidr: Cidr | None = None
    """A second block for pods alone, such as 100.64.0.0/16, cut in 4 pod subnets (8 for 5 and 6 zones), one per
    zone.
    """

    secondary_cidrs: Many[Cidr] = ()
    """Further blocks of the VPC, for `subnets` to lie in. With `cidr` and `pod_cidr` at most 5, AWS's default quota."""

    ipv4_ipam_pool_id: In[IpamPoolId] | None = None
    """Id of the pool of Amazon VPC IPAM that allocates the VPC's `cidr`, which must be set too, because subnets and
    checks are calculated from it. Default: no pool.
    """

    ip_family: Literal["ipv4", "ipv6"] = "ipv4"
    """`ipv6` gives the VPC an Amazon-provided /56, each subnet a /64 of it, and private subnets an egress-only route to
    the internet. The cluster's own IP family must be the same.
    """

    ipv6_block: Ipv6BlockArgs | None = None
    """Where the IPv6 block of an `ipv6` network comes from. Default: Amazon's own addresses."""

    gateways: dict[str, GatewayArgs] = {}
    """Transit gateways and virtual private gateways that exist, by a name of your choice: the VPC is attached to them,
    and its private subnets get routes. Hybrid nodes need one, or another way to their networks."""

    nat_gateways: Literal["single", "per_zone", "none"] | None = None
    """How private subnets reach the internet: one NAT gateway in the first zone, one per zone (more expensive; a zone's
    failure stays in it), or none. Default: single, as eksctl; none where there are no public subnets.
    """

    interface_endpoints: Many[Service] | None = None
    """AWS services reached through an interface endpoint, such as `ecr.api`, or full names of services, other owners'
    (`com.amazonaws.vpce.eu-west-1.vpce-svc-...`, without private DNS) included. Default: in a
    `private` topology what a private cluster needs, otherwise none; a list replaces it."""

    additional_endpoints: Many[Service] = ()
    """Services that get an interface endpoint beside `interface_endpoints`."""

    gateway_endpoints: Many[Literal["s3", "dynamodb"]] = ("s3",)
    """Services reached through a gateway endpoint, which costs nothing."""

    flow_logs: FlowLogsArgs | None = None
    """Records of the VPC's traffic. Default: none; `{}` writes them to CloudWatch for 30 days."""

    map_public_ip_on_launch: bool = True
    """Whether instances in public subnets get a public address."""

    private_dns_hostname_type_on_launch: Literal["ip-name", "resource-name"] | None = None
    """What instances' host names are made of. Default: EC2's (`ip-name`)."""

    default_security_group: Literal["closed", "unmanaged"] = "closed"
    """`closed` takes all rules from the VPC's default security group, as Security Hub's EC2.2 wants."""

    cluster_tag: Literal["shared", "owned"] | None = None
    """Value of the tag `kubernetes.io/cluster/<cluster>` on subnets. Default: no such tag; only versions of the load
    balancer controller before 2.1.2 need it."""

    subnet_tags: dict[SubnetRole, Tags] = {}
    """Further tags of all subnets of a role. Public and private ones already have the load balancers'
    (`kubernetes.io/role/elb`, `.../internal-elb`), private ones Karpenter's (`karpenter.sh/discovery`)."""

    tags: Tags = {}
    """Tags of everything in this network."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        rules.check_new(self, faults)
        faults.raise_if_any()
        return self

    @property
    def nat(self) -> Literal["single", "per_zone", "none"]:
        """`nat_gateways`, or its default."""
        return self.nat_gateways or ("single" if self.has_public else "none")

    @property
    def leads_out(self) -> bool:
        """Whether private subnets have a way to the internet: a NAT gateway, or a gateway that leads everywhere."""
        return self.nat != "none" or any(gateway.leads_out for gateway in self.gateways.values())

    @property
    def has_public(self) -> bool:
        """Whether there are public subnets."""
        if self.subnets is not None:
            return any(subnet.role == "public" for subnet in self.subnets.values())
        return self.topology == "public_and_private"

    @property
    def cidrs(self) -> tuple[str, ...]:
        """All IPv4 blocks of the VPC, the primary one first."""
        return (self.cidr, *((self.pod_cidr,) if self.pod_cidr is not None else ()), *self.secondary_cidrs)

    def overlaps(self, block: str) -> str | None:
        """The block of this network that shares addresses with another, such as a cluster's service CIDR."""
        return cidr.overlapping(IPv4Network(block), self.cidrs)


class ExistingSubnetArgs(Spec):
    """An existing subnet."""

    role: SubnetRole
    """What it is for; see `SubnetArgs.role`."""

    id: In[str]
    """Its id, `subnet-...`."""

    zone: Zone | None = None
    """Its availability zone, an id or a name; needed for pods' own subnets, and to pick subnets by zone."""

    cidr: Cidr | None = None
    """Its IPv4 block, for checks."""


class ExistingNetworkArgs(Spec):
    """An existing VPC; nothing in it is changed, and nothing made but the endpoints that are asked for."""

    vpc_id: In[str] | None = None
    """The VPC's id, `vpc-...`. Needed unless `vpc_tags` are given."""

    vpc_tags: dict[str, str] = {}
    """Tags that exactly one VPC of the region has; looked up when deploying."""

    subnet_ids: dict[SubnetRole, Several[str]] = {}
    """Ids of the subnets, by role; one of `control_plane` may have another role too. For a list that another stack
    exports, `{stack: name, output: key, count: 3}`."""

    subnets: dict[str, ExistingSubnetArgs] = {}
    """Subnets with more than their id said, by a name of your choice."""

    subnet_tags: dict[SubnetRole, dict[str, str]] = {}
    """Tags by role that exactly one subnet of the VPC has in each of `zones`, or as many as `subnets_per_zone` says;
    looked up when deploying."""

    subnets_per_zone: dict[SubnetRole, Annotated[int, Field(ge=1, le=20)]] = {}
    """How many subnets have the tags of a role in each zone. Default: 1. A deployment fails where there are more or
    fewer."""

    zones: Many[Zone] | None = None
    """Availability zones in which subnets are looked up, 2 to 6. Needed with `subnet_tags` and only then."""

    cidr: Cidr | None = None
    """The VPC's primary IPv4 block, for checks."""

    ip_family: Literal["ipv4", "ipv6"] = "ipv4"
    """`ipv6` where the VPC and its subnets have IPv6 blocks and the cluster shall use them."""

    nat_gateways: Literal["single", "per_zone", "none"] | None = None
    """Which NAT gateways the VPC has, for checks; a transit gateway or a firewall that leads to the internet counts as
    one. Default: not said, and not known; with `none`, nodes and add-ons reach AWS by endpoints alone."""

    existing_endpoints: Many[Service] = ()
    """AWS services that the VPC has an endpoint of, such as `ecr.api` or `s3`, of whatever type, for checks."""

    interface_endpoints: Many[Service] = ()
    """AWS services that an interface endpoint is created for, one network interface in each zone of the private
    subnets. The VPC needs DNS support and DNS host names, and may have no such endpoint yet. `cidr` says who may use
    them. Default: none.
    """

    gateway_endpoints: Many[Literal["s3", "dynamodb"]] = ()
    """Services that a gateway endpoint is created for, which costs nothing. Needs `route_table_ids`. Default: none."""

    route_table_ids: Several[str] = ()
    """Ids of the route tables, `rtb-...`, that shall lead to the gateway endpoints: those of the subnets above."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        rules.check_existing(self, faults)
        rules.check_existing_endpoints(self, faults)
        faults.raise_if_any()
        return self

    @property
    def nat(self) -> Literal["single", "per_zone", "none"] | None:
        """`nat_gateways`; None where that is not said."""
        return self.nat_gateways

    @property
    def only_private(self) -> bool:
        """Whether no subnet is public, among those that are named."""
        roles = {*self.subnet_ids, *self.subnet_tags, *(subnet.role for subnet in self.subnets.values())}
        return "public" not in roles

    @property
    def endpoint_cidrs(self) -> tuple[str, ...]:
        """The IPv4 blocks that are known, of the VPC and of subnets that lie outside of its primary one."""
        known = [subnet.cidr for subnet in self.subnets.values() if subnet.cidr is not None]
        return tuple(dict.fromkeys((*self.cidrs, *(block for block in known if not within(block, self.cidrs)))))

    @property
    def cidrs(self) -> tuple[str, ...]:
        """The IPv4 blocks of the VPC that are known."""
        return (self.cidr,) if self.cidr is not None else ()

    def overlaps(self, block: str) -> str | None:
        """The known block of this network that shares addresses with another, such as a cluster's service CIDR."""
        return cidr.overlapping(IPv4Network(block), self.cidrs)


class _PickShape:
    """Reads a mapping as the shape that its keys belong to, so that its errors are about that shape alone."""

    def __get_pydantic_core_schema__(self, _source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        new, existing = handler.generate_schema(NetworkArgs), handler.generate_schema(ExistingNetworkArgs)
        return core_schema.no_info_wrap_validator_function(self._read, core_schema.union_schema([new, existing]))

    def _read(self, value: Any, _validate: Any) -> NetworkArgs | ExistingNetworkArgs:
        if isinstance(value, NetworkArgs | ExistingNetworkArgs):
            return value
        if not isinstance(value, Mapping):
            raise ValueError(f"needs a mapping; got {shown(value)}; write {{}} for a new VPC with the defaults")
        keys = {str(key) for key in value}
        if not keys & set(_ONLY_EXISTING):
            return NetworkArgs.model_validate(value)
        faults = Faults()
        for key in sorted(keys & _ONLY_NEW):
            faults.add(key, f"belongs to a new VPC; got {_mark(keys)} of an existing one beside it; remove one of them")
        for key in sorted(keys - ExistingNetworkArgs.model_fields.keys() - _ONLY_NEW):
            faults.add(key, unknown_name(key, ExistingNetworkArgs.model_fields, "field of an existing network"))
        known = {key: item for key, item in value.items() if str(key) in ExistingNetworkArgs.model_fields}
        try:
            found = ExistingNetworkArgs.model_validate(known)
        except ValidationError as error:
            faults.nest((), error)
        faults.raise_if_any()
        return found


_ONLY_EXISTING = ("vpc_id", "vpc_tags", "subnet_ids")
_ONLY_NEW = NetworkArgs.model_fields.keys() - ExistingNetworkArgs.model_fields.keys()


def _mark(keys: set[str]) -> str:
    return next(key for key in _ONLY_EXISTING if key in keys)


if TYPE_CHECKING:
    AnyNetwork: TypeAlias = NetworkArgs | ExistingNetworkArgs
else:
    AnyNetwork = Annotated[NetworkArgs | ExistingNetworkArgs, _PickShape()]
    """A new VPC, or, where its keys say so, one that is there."""
