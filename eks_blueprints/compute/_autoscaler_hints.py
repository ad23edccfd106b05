"""What Cluster Autoscaler reads off the tags of groups: which are its own, and what a node of an empty group has.

Sources: cluster-autoscaler/cloudprovider/aws/README.md and aws_manager.go. Of managed groups EKS sets the discovery
tags itself, and Cluster Autoscaler asks EKS for labels and taints; resources it reads off the group's own tags.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from eks_blueprints.compute._hardware import efa_cards
from eks_blueprints.compute._user_data.cluster_data import effect_in_kubernetes
from eks_blueprints.core.facts.instance_types import instance_type

if TYPE_CHECKING:
    from eks_blueprints.compute._ec2_nodes import Ec2Nodes

PREFIX = "k8s.io/cluster-autoscaler"

_TEMPLATE = f"{PREFIX}/node-template"
_HARDEST_FIRST = ("NO_EXECUTE", "NO_SCHEDULE", "PREFER_NO_SCHEDULE")


def node_hints(nodes: Ec2Nodes) -> dict[str, str]:
    """Tags that describe a node of a group which has none at the moment."""
    labels = {f"{_TEMPLATE}/label/{key}": value for key, value in nodes.labels.items()}
    taints: dict[str, str] = {}
    # A tag has one value: of two taints with one key the harder one decides where pods fit.
    for taint in sorted(nodes.taints, key=lambda each: _HARDEST_FIRST.index(each.effect)):
        taints.setdefault(f"{_TEMPLATE}/taint/{taint.key}", f"{taint.value or ''}:{effect_in_kubernetes(taint.effect)}")
    return labels | taints | resource_hints(nodes)


def resource_hints(nodes: Ec2Nodes) -> dict[str, str]:
    """Tags for resources that Cluster Autoscaler cannot tell from the instance type."""
    resources = {"ephemeral-storage": f"{nodes.disk.volume_size}Gi"} if nodes.launch_template is None else {}
    resources |= _neuron(nodes.named_types)
    if nodes.efa and (cards := efa_cards(nodes.named_types, nodes.efa_network_cards)):
        resources["vpc.amazonaws.com/efa"] = str(len(cards))
    if nodes.max_pods is not None:
        resources["pods"] = str(nodes.max_pods)
    return {f"{_TEMPLATE}/resources/{name}": amount for name, amount in resources.items()}


def _neuron(types: Sequence[str]) -> dict[str, str]:
    # Of several types the smallest, so that what is promised is there whichever of them comes.
    found = [instance_type(name) for name in types]
    counts = [facts.accelerator_count for facts in found if facts is not None and facts.accelerator == "neuron"]
    if not counts or len(counts) != len(types):
        return {}
    return {"aws.amazon.com/neuron": str(min(counts))}
