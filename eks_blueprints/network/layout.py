"""Which subnets a new VPC gets in a region, and whether a cluster can live in them.

The layout is eksctl's. Its blocks depend on the number of zones alone, and a zone that is added at the end moves only
the private subnets (the private blocks begin after the public ones), never the public ones, as long as the number of
blocks stays 8 (up to 4 zones) or 16. With `max_zones` nothing moves up to that number. Pod subnets stay where they are
up to 4 zones, and from 5 to 6. AWS can move no subnet: one that gets another block is replaced, and all in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.network import endpoints, zones
from eks_blueprints.network.blocks import PlannedSubnet, control_plane, draft
from eks_blueprints.network.spec import AnyNetwork, NetworkArgs

MIN_FREE = 6
"""Free addresses that each subnet of a control plane must have. Source: EKS User Guide, "View Amazon EKS networking
requirements for VPC and subnets"; an upgrade needs up to 5 of them (same guide, "Update existing cluster to new
Kubernetes version")."""

GOOD_FREE = 16
"""Free addresses that EKS recommends. Source: the same page."""


def plan(args: NetworkArgs, region: str) -> tuple[PlannedSubnet, ...]:
    """The subnets of a new VPC in a region.

    Raises:
        InputError: if it cannot be made there, or cannot hold a cluster.
    """
    if found := list(problems(args, region)):
        raise InputError(found)
    return draft(args, zones_of(args, region), region)


def zones_of(args: NetworkArgs, region: str) -> tuple[str, ...]:
    """The zones of a new VPC; those of its subnets where they are given.

    Raises:
        ValueError: if none are named and the region has too few that are known.
    """
    if args.subnets is not None:
        return tuple(dict.fromkeys(subnet.zone for subnet in args.subnets.values()))
    if args.zones is not None:
        return tuple(args.zones)
    known = zones.region(region).zones
    if not known:
        raise ValueError(f"no zones of {region} are known; got none; name at least 2 under zones")
    if args.zone_count is not None and args.zone_count > len(known):
        raise ValueError(
            f"{region} has {len(known)} zones that EKS supports in every account; got {args.zone_count}; ask for "
            "fewer or name them under zones"
        )
    return known[: args.zone_count or 3]


def problems(args: NetworkArgs, region: str) -> Iterator[Problem]:
    """What is wrong with a new VPC in a region; paths count from the network."""
    try:
        zones.region(region)
        names = zones_of(args, region)
    except ValueError as error:
        yield Problem(("zone_count",) if args.zone_count is not None else (), str(error))
        return
    yield from _foreign_zones(args, region)
    yield from foreign_services(args, region)
    if args.max_zones is not None and args.max_zones < len(names):
        yield Problem(
            ("max_zones",),
            f"must not be below the number of zones; got {args.max_zones} for {len(names)}; raise it",
        )
    subnets = draft(args, names, region)
    hosts = {subnet.name for subnet in control_plane(subnets)}
    for subnet in subnets:
        if fault := _shortage(subnet, hosts):
            yield Problem(_place(subnet), fault)


def warnings(args: NetworkArgs, region: str) -> Iterator[Problem]:
    """What is allowed but doubtful about a new VPC that has no problems; paths count from the network."""
    subnets = plan(args, region)
    if not IPv4Network(args.cidr).is_private:
        yield _doubt(("cidr",), f"is public address space; got {args.cidr}, whose owner pods could not reach; take a "
                     "private block such as 10.0.0.0/16")  # fmt: skip
    for subnet in control_plane(subnets):
        if subnet.free < GOOD_FREE:
            message = f"leaves {subnet.free} free addresses in {subnet.name}, where EKS recommends {GOOD_FREE}"
            yield _doubt(_place(subnet), f"{message}; got {subnet.cidr}; use a larger block")
    cut_off = not args.leads_out and not endpoints.interface_services(args, region)
    if cut_off and any(subnet.role == "private" for subnet in subnets):
        message = "leaves private subnets without a route to AWS's services; got none; set single, or add endpoints"
        yield _doubt(("nat_gateways",), message)


def _doubt(path: tuple[str, ...], message: str) -> Problem:
    return Problem(path, message, severity="warning")


def _foreign_zones(args: NetworkArgs, region: str) -> Iterator[Problem]:
    named: dict[tuple[str | int, ...], str] = {("zones", i): zone for i, zone in enumerate(args.zones or ())}
    named |= {("subnets", key, "zone"): subnet.zone for key, subnet in (args.subnets or {}).items()}
    for path, zone in named.items():
        if not zones.belongs(zone, region):
            known = zones.region(region).zones
            do = f"use one of {', '.join(known)}" if known else "use one of that region"
            yield Problem(path, f"is not a valid zone of {region}; got {zone}; {do}")


def foreign_services(args: AnyNetwork, region: str) -> Iterator[Problem]:
    """Services of another region, which no endpoint of this one leads to; paths count from the network."""
    for field in ("existing_endpoints", "interface_endpoints", "additional_endpoints"):
        for index, service in enumerate(getattr(args, field, None) or ()):
            if endpoints.is_full(service) and region not in service.split("."):
                yield Problem((field, index), f"is not a service of {region}; got {service}; name one of that region")


def _shortage(subnet: PlannedSubnet, hosts: set[str]) -> str | None:
    needed = MIN_FREE if subnet.name in hosts else 0
    if subnet.free >= needed:
        return None
    own = f", of which NAT gateway and endpoints use {subnet.taken}" if subnet.taken else ""
    why = f"the control plane needs {MIN_FREE} for itself and its upgrades" if needed else "they need more"
    got = f"{subnet.cidr} with {subnet.usable} usable{own}"
    return f"leaves too few addresses in {subnet.name}: {why}; got {got}; use a larger block"


def _place(subnet: PlannedSubnet) -> tuple[str, ...]:
    if subnet.given is not None:
        return ("subnets", subnet.given, "cidr")
    return ("pod_cidr",) if subnet.role == "pod" else ("cidr",)
