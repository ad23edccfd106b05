"""A node that is there, as Karpenter puts pods on it before it launches any.

Source: `ExistingNode.CanAdd` in sigs.k8s.io/karpenter pkg/controllers/provisioning/scheduling, v1.14.1.
"""

from __future__ import annotations

from eks_blueprints.provisioning.karpenter.asks import Ask
from eks_blueprints.provisioning.karpenter.domains import Domains
from eks_blueprints.provisioning.karpenter.topology import Topology
from eks_blueprints.provisioning.karpenter.values import Requirements, both, clash, of_labels, only
from eks_blueprints.scheduling.cluster import Cluster, Place
from eks_blueprints.scheduling.filters import no_room
from eks_blueprints.scheduling.node import HOST
from eks_blueprints.scheduling.pod import Pod


class Existing:
    """A node with its pods."""

    def __init__(self, place: Place, cluster: Cluster) -> None:
        """A node.

        Args:
            place: The node and its pods.
            cluster: The cluster that it is of.
        """
        self.name = place.node.name
        self._place = place
        self._cluster = cluster
        self._requirements: Requirements = {**of_labels(place.node.labels), HOST: only(place.node.name)}
        self._refused: set[Ask] = set()

    def room(self, ask: Ask, topology: Topology) -> Requirements | None:
        """What a pod leaves of its labels; None where it cannot take the pod."""
        if ask in self._refused:
            return None
        off = ask.keeping_off(self._place.node.taints) is not None
        # Pods that come make it fuller, and take nothing off it.
        if (
            off
            or clash(self._requirements, ask.requirements) is not None
            or no_room(ask.pod, self._place, self._cluster)
        ):
            self._refused.add(ask)
            return None
        for volumes in ask.volumes or ({},):
            if clash(self._requirements, volumes) is None:
                left = topology.narrowed(ask, both(both(self._requirements, ask.requirements), volumes))
                if not isinstance(left, Domains):
                    return left
        return None

    def take(self, pod: Pod, ask: Ask, left: Requirements, topology: Topology) -> None:
        """A pod is put on it."""
        self._cluster.add(pod, self._place)
        topology.recorded(ask, left, self._place.node.taints)
