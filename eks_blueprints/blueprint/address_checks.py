"""Addresses that subnets run out of once node groups are as large as they may become.

The VPC CNI takes all addresses of a node's first interface as soon as the node starts, and those of a second one so
that pods need not wait: counted is the first alone, one prefix of 16 with prefix delegation, and one more node for a
rolling update. Sources: EKS best practices guide, "Amazon VPC CNI"; `WARM_ENI_TARGET` of amazon-vpc-cni-k8s (2026-11).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from eks_blueprints.blueprint.kinds import Ec2Nodes
from eks_blueprints.core.errors import Path, Problem
from eks_blueprints.core.facts.instance_types import facts_of
from eks_blueprints.core.facts.pods import PREFIX
from eks_blueprints.network import layout
from eks_blueprints.network.spec import NetworkArgs

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs
    from eks_blueprints.network.blocks import PlannedSubnet


def check(args: BlueprintArgs, *, prefixes: bool, custom_networking: bool) -> Iterator[Problem]:
    """Groups whose subnets have fewer addresses than their nodes take; warnings all."""
    if not isinstance(args.network, NetworkArgs) or (args.cluster.ip_family or args.network.ip_family) == "ipv6":
        return
    try:
        subnets = layout.plan(args.network, args.region)
    except ValueError:  # told at the network
        return
    demand: dict[tuple[str, ...], list[tuple[Path, int]]] = defaultdict(list)
    free: dict[tuple[str, ...], list[PlannedSubnet]] = {}
    for group in args.compute:
        if not isinstance(group, Ec2Nodes) or group.subnet_ids or group.operating_system == "windows":
            continue
        types = facts_of(group.named_types)
        most = group.scaling[2]
        if not types:
            continue
        role, zones = group.subnets or "private", group.zones
        own = [each for each in subnets if each.role == role and (not zones or each.zone in zones)]
        each_takes = 1 if custom_networking else min(kind.addresses_per_interface for kind in types)
        if prefixes and not custom_networking:
            each_takes = 1 + PREFIX
        key = tuple(sorted(each.name for each in own))
        free[key] = own
        demand[key].append(((group.group, group.name, "max_size"), (most + 1) * each_takes))
    for key, groups in demand.items():
        there, wanted = sum(each.free for each in free[key]), sum(count for _, count in groups)
        if key and wanted > there:
            left = ", ".join(f"{each.name} {each.free}" for each in free[key])
            what = f"is more than its subnets have addresses for: all nodes and one more take at least {wanted}"
            do = "lower it, use larger subnets, or give pods their own (vpc_cni.custom_networking)"
            yield Problem(groups[0][0], f"{what}; got {there} free ({left}); {do}", severity="warning")
