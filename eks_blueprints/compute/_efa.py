"""The Elastic Fabric Adapter of a group of nodes: its network interfaces, security group and placement group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.compute._hardware import efa_cards
from eks_blueprints.core.component import Component, merge_tags
from eks_blueprints.core.refs import ClusterRef

if TYPE_CHECKING:
    from eks_blueprints.compute._ec2_nodes import Ec2Nodes


def network_interfaces(nodes: Ec2Nodes, groups: list[pulumi.Input[str]]) -> Any:
    """One interface on every network card that takes EFA, and the first one, which every instance has.

    Only the first has addresses: on other cards they would be taken from the subnet to no use.
    """
    cards = efa_cards(nodes.named_types, nodes.efa_network_cards)
    return [
        {
            "device_index": 1 if card else 0,
            "network_card_index": card,
            "interface_type": _interface_type(card, cards),
            "security_groups": groups,
            "delete_on_termination": "true",
        }
        for card in sorted({0, *cards})
    ]


def _interface_type(card: int, cards: Sequence[int]) -> str:
    if card:
        return "efa-only"
    return "efa" if card in cards else "interface"


def security_group(nodes: Ec2Nodes, cluster: ClusterRef, component: Component) -> aws.ec2.SecurityGroup:
    """The group that EFA asks for: all traffic, in and out, among its own members."""
    among: Any = [{"description": "EFA", "protocol": "-1", "from_port": 0, "to_port": 0, "self": True}]
    name = f"{component.pulumi_resource_name}-efa"
    return aws.ec2.SecurityGroup(
        name,
        description=f"EFA between the nodes of {component.pulumi_resource_name}",
        vpc_id=cluster.network.vpc_id,
        ingress=among,
        egress=among,
        tags=merge_tags({"Name": name}, cluster.tags, nodes.tags),
        opts=component.child(),
    )


def placement_group(nodes: Ec2Nodes, cluster: ClusterRef, component: Component) -> dict[str, pulumi.Input[str]]:
    """The launch template's words for a placement group that keeps nodes close together, where one is needed."""
    said = nodes.placement
    # The instances of a capacity block stand close together anyway.
    if (said is not None and (said.group_name or said.group_id) is not None) or nodes.capacity_type == "CAPACITY_BLOCK":
        return {}
    group = aws.ec2.PlacementGroup(
        f"{component.pulumi_resource_name}-placement",
        strategy="cluster",
        tags=merge_tags(cluster.tags, nodes.tags) or None,
        opts=component.child(),
    )
    return {"group_name": group.name}
