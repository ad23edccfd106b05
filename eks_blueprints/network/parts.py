"""Parts of a network: blocks out of pools of addresses, and gateways that lead to other networks."""

from __future__ import annotations

from ipaddress import IPv6Network, ip_network
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import Cidr as AnyCidr
from eks_blueprints.core.leaves import element_name
from eks_blueprints.core.spec import In, Many, Spec

if TYPE_CHECKING:
    from eks_blueprints.network.spec import NetworkArgs

_pool = Form(
    r"ipam-pool-[0-9a-f]{8,17}", what="is not a valid id of an IPAM pool", do="write ipam-pool- and 8 to 17 hex digits"
)
_own_pool = Form(
    r"ipv6pool-ec2-[0-9a-f]{8,17}",
    what="is not a valid id of a pool of IPv6 addresses",
    do="write ipv6pool-ec2- and 8 to 17 hex digits",
)
_gateway = Form(
    r"(tgw|vgw)-[0-9a-f]{8,17}",
    what="is not a valid id of a gateway",
    do="write tgw- (a transit gateway) or vgw- (a virtual private gateway) and 8 to 17 hex digits",
)

IpamPoolId = Annotated[str, AfterValidator(_pool)]
"""Id of a pool of Amazon VPC IPAM."""

_DEFAULT_ROUTES = ("0.0.0.0/0", "::/0")


class Ipv6BlockArgs(Spec):
    """Where the IPv6 block of an `ipv6` network comes from: a pool of Amazon VPC IPAM, or your own one addresses."""

    ipam_pool_id: In[IpamPoolId] | None = None
    """Id of the IPAM pool."""

    netmask_length: Literal[44, 48, 52, 56] | None = None
    """Length of the block from the IPAM pool. Default: 56, if `cidr_block` is not set."""

    pool: In[Annotated[str, AfterValidator(_own_pool)]] | None = None
    """Id of the EC2 pool of addresses that you brought to AWS, such as `ipv6pool-ec2-0123456789abcdef0`."""

    cidr_block: AnyCidr | None = None
    """The block itself, /44 to /56; needed with `pool`. Default: one that the IPAM pool has free."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if (self.ipam_pool_id is None) == (self.pool is None):
            got = "neither" if self.pool is None else "both"
            faults.add((), f"needs an ipam_pool_id or a pool; got {got}; give one of them")
        if self.pool is not None and self.cidr_block is None:
            faults.add("cidr_block", "is needed with pool; got none; write the block")
        if self.netmask_length is not None and (self.cidr_block is not None or self.pool is not None):
            given = "cidr_block" if self.cidr_block is not None else "pool"
            faults.add("netmask_length", f"is for a block that the IPAM pool chooses; got {given} too; remove one")
        if self.cidr_block is not None:
            block = ip_network(self.cidr_block)
            if not isinstance(block, IPv6Network) or not 44 <= block.prefixlen <= 56 or block.prefixlen % 4:
                do = "write an IPv6 block of /44, /48, /52 or /56"
                faults.add("cidr_block", f"is not a valid block of a VPC; got {shown(self.cidr_block)}; {do}")
        faults.raise_if_any()
        return self


class GatewayArgs(Spec):
    """A gateway that exists, which leads to other networks: a data centre, hybrid nodes, other VPCs."""

    id: In[Annotated[str, AfterValidator(_gateway)]]
    """Id of the transit gateway (`tgw-...`) or virtual private gateway (`vgw-...`) that the VPC is attached to."""

    kind: Literal["transit", "vpn"] | None = None
    """Which of the two it is, where the id is a reference. Default: by the id."""

    destination_cidrs: Many[AnyCidr] = Field(min_length=1, max_length=50)
    """Address ranges that private subnets reach through it, such as those of hybrid nodes and their pods."""

    appliance_mode_support: Literal["enable", "disable"] | None = None
    """Whether a transit gateway keeps both directions of a connection in one zone, for firewalls. Default: disable."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if not isinstance(self.id, str) and self.kind is None:
            faults.add("kind", "is needed where the id is not written; got a reference; set transit or vpn")
        if isinstance(self.id, str) and self.kind is not None and self.kind != self.sort:
            faults.add("kind", f"does not fit the id; got {self.kind} with {self.id}; remove it")
        if self.appliance_mode_support is not None and self.sort == "vpn":
            faults.add("appliance_mode_support", "is for transit gateways; got a virtual private gateway; remove it")
        for index, block in enumerate(self.destination_cidrs):
            if block in self.destination_cidrs[:index]:
                faults.add(("destination_cidrs", index), f"is listed twice; got {block}; remove one")
        faults.raise_if_any()
        return self

    @property
    def sort(self) -> Literal["transit", "vpn"]:
        """Which of the two it is."""
        if isinstance(self.id, str):
            return "transit" if self.id.startswith("tgw-") else "vpn"
        return self.kind or "transit"

    @property
    def leads_out(self) -> bool:
        """Whether everything that is not in the VPC goes through it."""
        return any(block in _DEFAULT_ROUTES for block in self.destination_cidrs)


def check_parts(args: NetworkArgs, faults: Faults) -> None:
    """Note what is wrong between the parts of a new VPC."""
    if args.ipv6_block is not None and args.ip_family != "ipv6":
        faults.add("ipv6_block", f"is for ip_family ipv6; got {args.ip_family}; remove it or set ip_family: ipv6")
    if args.ipv4_ipam_pool_id is not None and "cidr" not in args.model_fields_set:
        what = "is needed with ipv4_ipam_pool_id, because subnets, endpoints and checks are built from it"
        faults.add("cidr", f"{what}; got none; write the block that the pool will give")
    taken: dict[str, str] = {}
    virtual = [name for name, gateway in args.gateways.items() if gateway.sort == "vpn"]
    for name, gateway in args.gateways.items():
        if fault := element_name.fault(name):
            faults.add(("gateways", name), fault)
        if name in virtual[1:]:
            what = "is a second virtual private gateway, and a VPC can have one"
            faults.add(("gateways", name, "id"), f"{what}; got {virtual[0]} too; remove one")
        for index, block in enumerate(gateway.destination_cidrs):
            at = ("gateways", name, "destination_cidrs", index)
            if (other := taken.setdefault(block, name)) != name:
                faults.add(at, f"is reached through {other} already; got {block}; remove one")
            if block == "0.0.0.0/0" and args.nat != "none":
                faults.add(at, f"is where NAT gateways lead; got {block} with nat_gateways; set nat_gateways: none")
            if block in args.cidrs:
                faults.add(at, f"is a block of the VPC itself; got {block}; write the other network's")
            if ":" in block and args.ip_family != "ipv6":
                faults.add(at, f"is IPv6; got {block} in a network of ipv4; remove it or set ip_family: ipv6")
