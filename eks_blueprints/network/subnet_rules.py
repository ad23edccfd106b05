"""What must hold of subnets that are given in full."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from eks_blueprints.core.errors import Faults
from eks_blueprints.network import zones

if TYPE_CHECKING:
    from eks_blueprints.network.spec import NetworkArgs, SubnetArgs


def check_subnets(args: NetworkArgs, faults: Faults) -> None:
    """Note what is wrong with the subnets of a new VPC."""
    subnets = args.subnets or {}
    _check_places(args, subnets, faults)
    _check_ipv6(args, subnets, faults)
    _check_control_plane(subnets, faults)
    if args.nat == "per_zone":
        _check_nat(subnets, faults)


def _check_places(args: NetworkArgs, subnets: dict[str, SubnetArgs], faults: Faults) -> None:
    blocks = [IPv4Network(text) for text in args.cidrs]
    earlier: list[tuple[str, IPv4Network]] = []
    for key, subnet in subnets.items():
        own = IPv4Network(subnet.cidr)
        if not any(own.subnet_of(block) for block in blocks):
            do = f"use a part of {' or '.join(args.cidrs)}"
            faults.add(("subnets", key, "cidr"), f"lies outside of the VPC; got {subnet.cidr}; {do}")
        if other := next((name for name, block in earlier if own.overlaps(block)), None):
            faults.add(("subnets", key, "cidr"), f"overlaps that of {other}; got {subnet.cidr}; use another block")
        earlier.append((key, own))


def _check_ipv6(args: NetworkArgs, subnets: dict[str, SubnetArgs], faults: Faults) -> None:
    taken: dict[int, str] = {}
    for key, subnet in subnets.items():
        path = ("subnets", key, "ipv6_index")
        if subnet.ipv6_index is None:
            if args.ip_family == "ipv6":
                faults.add(path, "is needed in an ipv6 network; got nothing; give each subnet a number of its own")
        elif args.ip_family != "ipv6":
            faults.add(path, f"is for ipv6 networks; got {subnet.ipv6_index}; remove it or set ip_family: ipv6")
        elif subnet.ipv6_index in taken:
            other = taken[subnet.ipv6_index]
            faults.add(path, f"is also used by {other}; got {subnet.ipv6_index}; give each subnet its own")
        else:
            taken[subnet.ipv6_index] = key


def _check_control_plane(subnets: dict[str, SubnetArgs], faults: Faults) -> None:
    roles = {subnet.role for subnet in subnets.values()}
    role = next((role for role in ("control_plane", "private", "public") if role in roles), None)
    if role is None:
        faults.add("subnets", "needs private or public subnets in at least 2 zones; got none; add them")
        return
    hosts = {key: subnet for key, subnet in subnets.items() if subnet.role == role}
    for key, subnet in hosts.items():
        if zones.refused(subnet.zone):
            message = f"is a zone where EKS does not support control plane subnets; got {subnet.zone}"
            do = "use another , or give subnets of role control_plane elsewhere"
            faults.add(("subnets", key, "zone"), f"{message}; {do}")
    if len({subnet.zone for subnet in hosts.values()}) < 2:
        faults.add("subnets", f"needs {role} subnets in at least 2 zones for the control plane; got 1; add one")


def _check_nat(subnets: dict[str, SubnetArgs], faults: Faults) -> None:
    public = {subnet.zone for subnet in subnets.values() if subnet.role == "public"}
    for key, subnet in subnets.items():
        if subnet.zone not in public:
            message = f"has no public subnet for a NAT gateway of its own; got {subnet.zone}"
            faults.add(("subnets", key, "zone"), f"{message}; add one there or set nat_gateways: single")
