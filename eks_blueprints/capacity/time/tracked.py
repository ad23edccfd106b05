"""A cluster that knows where each pod is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from eks_blueprints.karpenter.tolerating import Taint
from eks_blueprints.scheduling.cluster import Cluster, Place
from eks_blueprints.scheduling.filters import CORDONED
from eks_blueprints.scheduling.node import Node
from eks_blueprints.scheduling.pod import Pod
from eks_blueprints.scheduling.selectors import Labels


class Tracked(Cluster):
    """A cluster that knows where each pod is."""

    def __init__(self, namespaces: Mapping[str, Labels]) -> None:
        """No node yet, as in `Cluster`."""
        self.where: dict[str, Place] = {}
        super().__init__(namespaces=namespaces)

    def add(self, pod: Pod, place: Place) -> None:
        """A pod is placed on a node."""
        super().add(pod, place)
        self.where[pod.name] = place

    def remove(self, pod: Pod, place: Place) -> None:
        """A pod is taken off a node."""
        super().remove(pod, place)
        del self.where[pod.name]

    def renew(self, place: Place, node: Node) -> None:
        """A node is another one now, with the same pods: what counts on a node can depend on its taints."""
        pods = list(place.pods.values())
        self.close(place)
        there = self.open(node)
        for pod in pods:
            self.add(pod, there)


def cordoned(node: Node, *taints: Taint) -> Node:
    """A node that takes no more pods, with the taint that says so, which Karpenter, too, heeds, and others."""
    return replace(node, cordoned=True, taints=(*node.taints, CORDONED, *taints))
