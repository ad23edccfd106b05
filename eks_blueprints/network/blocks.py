"""The arithmetic of subnets: blocks out of blocks, and the addresses left in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from eks_blueprints.network import cidr, endpoints, zones
from eks_blueprints.network.spec import SubnetRole

if TYPE_CHECKING:
    from eks_blueprints.network.spec import NetworkArgs

# Pod subnets come after the layout's own blocks (at most 16), whatever their number, so that neither moves the other.
_FIRST_POD_INDEX = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSubnet:
    """A subnet as it will be."""

    name: str
    """Last part of its logical name: `public-euw1-az1`, or `subnet-` and the name it was given."""
    role: SubnetRole
    zone: str
    cidr: str
    ipv6_index: int | None = None
    """Which /64 of the VPC's /56 it has."""
    taken: int = 0
    """Addresses that the network itself takes: a NAT gateway's, the endpoints'."""
    given: str | None = None
    """The name under which it was given; None for one of the layout."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Tags of this subnet alone."""

    @property
    def usable(self) -> int:
        """Addresses that AWS gives out: all but the five that it keeps."""
        return cidr.usable(IPv4Network(self.cidr))

    @property
    def free(self) -> int:
        """Addresses left for load balancers, nodes, pods and the control plane."""
        return self.usable - self.taken


def cut(block: str, new_bits: int, index: int) -> str:
    """One of the equal parts of a block: `cut("10.0.0.0/16", 3, 1)` is 10.0.32.0/19."""
    whole = IPv4Network(block)
    length = whole.prefixlen + new_bits
    return f"{whole.network_address + (index << (32 - length))}/{length}"


def draft(args: NetworkArgs, names: Sequence[str], region: str) -> tuple[PlannedSubnet, ...]:
    """The subnets of a new VPC in some zones, unchecked."""
    subnets = _given(args) if args.subnets is not None else _layout(args, names)
    return _with_own_use(args, subnets, len(endpoints.interface_services(args, region)))


def control_plane(subnets: Sequence[PlannedSubnet]) -> tuple[PlannedSubnet, ...]:
    """The subnets that the EKS control plane uses: its own, else the private ones, else the public ones."""
    for role in ("control_plane", "private", "public"):
        if found := tuple(subnet for subnet in subnets if subnet.role == role):
            return found
    return ()


def nat_subnets(args: NetworkArgs, subnets: Sequence[PlannedSubnet]) -> tuple[PlannedSubnet, ...]:
    """The public subnets that get a NAT gateway: one a zone, or the first, not in a local zone if there is a choice."""
    # In the order of their blocks, so that listing subnets in another order moves no gateway.
    public = sorted((s for s in subnets if s.role == "public"), key=lambda s: (_local(s), IPv4Network(s.cidr)))
    if args.nat == "per_zone":
        needed = {subnet.zone for subnet in subnets if subnet.role != "public"}
        by_zone = {subnet.zone: subnet for subnet in reversed(public)}
        return tuple(subnet for subnet in public if subnet.zone in needed and by_zone[subnet.zone] is subnet)
    return tuple(public[: 1 if args.nat == "single" else 0])


def endpoint_subnets(subnets: Sequence[PlannedSubnet]) -> tuple[PlannedSubnet, ...]:
    """The subnets that hold interface endpoints: one a zone, as AWS has it; a private one where there is one."""
    for role in ("private", "control_plane", "public"):
        found = [s for s in subnets if s.role == role and not _local(s)]
        by_zone: dict[str, PlannedSubnet] = {}
        for subnet in sorted(found, key=lambda subnet: IPv4Network(subnet.cidr)):
            by_zone.setdefault(subnet.zone, subnet)
        if by_zone:
            return tuple(by_zone.values())
    return ()


def _local(subnet: PlannedSubnet) -> bool:
    return zones.form(subnet.zone) == "local"


def _layout(args: NetworkArgs, names: Sequence[str]) -> list[PlannedSubnet]:
    # eksctl: 8 blocks for up to 4 zones, 16 above; public ones first, then private ones. The public blocks stay free
    # in a private topology, so that public subnets can come later.
    room = max(args.max_zones or 0, len(names))
    bits = 3 if room <= 4 else 4
    roles: list[tuple[SubnetRole, int]] = [("public", 0)] if args.topology == "public_and_private" else []
    subnets = []
    for role, first in (*roles, ("private", room)):
        for index, zone in enumerate(names, first):
            subnets.append(_subnet(args, role, zone, cut(args.cidr, bits, index), index))
    if args.pod_cidr is not None:
        for index, zone in enumerate(names):
            block = cut(args.pod_cidr, bits - 1, index)
            subnets.append(_subnet(args, "pod", zone, block, _FIRST_POD_INDEX + index))
    return subnets


def _subnet(args: NetworkArgs, role: SubnetRole, zone: str, block: str, index: int) -> PlannedSubnet:
    ipv6 = index if args.ip_family == "ipv6" else None
    return PlannedSubnet(name=f"{role}-{zone}", role=role, zone=zone, cidr=block, ipv6_index=ipv6)


def _given(args: NetworkArgs) -> list[PlannedSubnet]:
    return [
        PlannedSubnet(
            name=f"subnet-{key}",
            role=subnet.role,
            zone=subnet.zone,
            cidr=subnet.cidr,
            ipv6_index=subnet.ipv6_index,
            given=key,
            tags=subnet.tags,
        )
        for key, subnet in (args.subnets or {}).items()
    ]


def _with_own_use(
    args: NetworkArgs, subnets: Sequence[PlannedSubnet], interface_endpoints: int
) -> tuple[PlannedSubnet, ...]:
    nat = {subnet.name for subnet in nat_subnets(args, subnets)}
    held = {subnet.name: interface_endpoints for subnet in endpoint_subnets(subnets)}
    return tuple(replace(s, taken=held.get(s.name, 0) + (1 if s.name in nat else 0)) for s in subnets)
