"""Local zones: eksctl's layout written out, as a stack file's own layout has no subnets there."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

from eks_blueprints.core.errors import Path, shown
from eks_blueprints.lifecycle.importers.eksctl.build import Build
from eks_blueprints.lifecycle.importers.eksctl.rules import step
from eks_blueprints.lifecycle.importers.eksctl.source import Node
from eks_blueprints.lifecycle.importers.eksctl.steps.network import NETWORK, existing
from eks_blueprints.network import blocks, zones

CIDR = "192.168.0.0/16"
"""Block of the VPC that eksctl makes where a file names none."""
_MOST = 16
"""Blocks that the VPC's is cut in at most. Source: vpc.go getSubnetNetworkSize, 2026-08."""
_SMALLEST = 28
"""Prefix of the smallest subnet that a VPC has."""
_ZONES = 3


@step
def local_zones(build: Build, node: Node, _base: Path) -> None:
    """A public and a private subnet in each zone, as eksctl cuts them, and those of the control plane behind them."""
    if not node.value:
        return
    if existing(build) or build.source.is_true("privateCluster", "enabled"):
        build.tell(node, "cannot be written: eksctl makes subnets in local zones of a public VPC of its own alone")
        return
    named = build.source.get("availabilityZones")
    within = list(named.value) if named is not None and named.value else _of_region(build)
    cidr = build.source.value_of("vpc", "cidr", default=CIDR)
    try:
        found = layout(str(cidr), within, list(node.value))
    except ValueError:
        do = "write network.subnets in full, with those of role control_plane in availability zones"
        build.tell(node, f"cannot be written: {shown(cidr)} has no room for subnets in all of these zones; {do}")
        if named is not None:
            build.put((*NETWORK, "zones"), within, named)
        return
    sources = {each.value: each for part in (named, node) for each in (part.members() if part is not None else ())}
    for name, subnet in found.items():
        said = sources.get(subnet["zone"])
        build.put((*NETWORK, "subnets", name), subnet, *([said] if said is not None else []))
    build.differs.append(
        "network.subnets: the control plane has subnets of its own in availability zones, as it can be in no local zone"
    )


def in_availability_zones(build: Build) -> list[str]:
    """The zones of groups that name none, where the network has subnets in local zones too."""
    subnets = build.at((*NETWORK, "subnets"), {})
    if not build.source.value_of("localZones"):
        return []
    return list(dict.fromkeys(each["zone"] for each in subnets.values() if zones.form(each["zone"]) != "local"))


def _of_region(build: Build) -> list[str]:
    region = str(build.source.value_of("metadata", "region", default=""))
    try:
        return list(zones.region(region).zones[:_ZONES])
    except ValueError:
        return []


def layout(cidr: str, within: list[str], local: list[str]) -> dict[str, Any]:
    """Subnets by name: public ones first, then private ones, and then those of the control plane.

    Raises:
        ValueError: if the block is none, or has no room for all of them.
    """
    every = [*within, *local]
    planned = [
        *(("public", zone) for zone in every),
        *(("private", zone) for zone in every),
        *(("control_plane", zone) for zone in within),
    ]
    bits = 3 if len(planned) <= _MOST // 2 else 4
    if len(planned) > _MOST or len(within) < 2 or IPv4Network(cidr).prefixlen + bits > _SMALLEST:
        raise ValueError(cidr)
    return {
        f"{role.replace('_', '-')}-{zone}": {"role": role, "zone": zone, "cidr": blocks.cut(cidr, bits, index)}
        for index, (role, zone) in enumerate(planned)
    }
