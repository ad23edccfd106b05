"""A node that is there, as Karpenter puts pods on it before it launches any.

Source: `ExistingNode.CanAdd` in sigs.k8s.io/karpenter pkg/controllers/provisioning/scheduling, v1.14.1.
"""

from __future__ import annotations

from collections.abc import Iterable

from eks_blueprints.provisioning.karpenter.asks import Ask
from eks_blueprints.provisioning.karpenter.domains import Domains
from eks_blueprints.provisioning.karpenter.topology import Topology
from eks_blueprints.provisioning.karpenter.values import Requirements, both, clash, of_labels, only
from eks_blueprints.scheduling.amounts import CPU, MEMORY, PODS, added
from eks_blueprints.scheduling.cluster import Cluster, Place
from eks_blueprints.scheduling.filters import no_room
from eks_blueprints.scheduling.node import HOST
from eks_blueprints.scheduling.pod import Pod, Shape


class Existing:
    """A node with its pods."""

    def __init__(self, place: Place, cluster: Cluster, daemons: Iterable[Shape] = ()) -> None:
        """A node.

        Args:
            place: The node and its pods.
            cluster: The cluster that it is of.
            daemons: Pods of which each node that takes them has one; room is kept for those that are not there yet.
        """
        self.name = place.node.name
        self._place = place
        self._cluster = cluster
        self._requirements: Requirements = {**of_labels(place.node.labels), HOST: only(place.node.name)}
        self._refused: set[Ask] = set()
        self._refused_before: set[Ask] | None = None
        """What it refused before this round put a pod on it; None where none has."""
        there = {_who(pod.shape) for pod in place.pods.values()}
        self._kept: dict[str, int] = {}
        for each in daemons:
            if _who(each) not in there and self._has(each):
                self._kept = added(self._kept, {**each.requests, PODS: 1})

    def room(self, ask: Ask, topology: Topology) -> Requirements | None:
        """What a pod leaves of its labels; None where it cannot take the pod."""
        if ask in self._refused:
            return None
        place, wanted = self._place, ask.pod.requests
        # Most nodes refuse a pod for one of these two.
        too_small = wanted.get(CPU, 0) > place.free(CPU) or wanted.get(MEMORY, 0) > place.free(MEMORY)
        if too_small:
            self._refused.add(ask)
            return None
        off = ask.keeping_off(self._place.node.taints) is not None
        # Pods that come make it fuller, and take nothing off it.
        if (
            off
            or clash(self._requirements, ask.requirements) is not None
            or no_room(ask.pod, self._place, self._cluster)
            or not self._has_room_beside_daemons(ask.pod)
        ):
            self._refused.add(ask)
            return None
        for volumes in ask.volumes or ({},):
            if clash(self._requirements, volumes) is None:
                left = topology.narrowed(ask, both(both(self._requirements, ask.requirements), volumes))
                if not isinstance(left, Domains):
                    return left
        return None

    def is_back(self, place: Place) -> None:
        """The node was away, and is there again with the pods that it had."""
        self._place = place

    def begin_again(self) -> None:
        """The pods that a round put on it are gone, and another round begins."""
        if self._refused_before is not None:
            self._refused, self._refused_before = self._refused_before, None

    def refuses(self, ask: Ask) -> bool:
        """Whether it takes no pod that asks this any more, as was found."""
        return ask in self._refused

    def refused(self, ask: Ask) -> bool:
        """Whether it took no pod that asks this when the round began."""
        return ask in (self._refused if self._refused_before is None else self._refused_before)

    def _has(self, daemon: Shape) -> bool:
        ask = Ask(daemon)
        return (
            ask.keeping_off(self._place.node.taints) is None
            and clash(of_labels(self._place.node.labels), ask.strict) is None
        )

    def _has_room_beside_daemons(self, pod: Shape) -> bool:
        wanted = {**pod.requests, PODS: 1}
        there = {PODS: len(self._place.pods)}
        free = {name: self._place.free(name) - there.get(name, 0) - kept for name, kept in self._kept.items()}
        return all(wanted.get(name, 0) <= left for name, left in free.items() if wanted.get(name))

    def take(self, pod: Pod, ask: Ask, left: Requirements, topology: Topology) -> None:
        """A pod is put on it."""
        if self._refused_before is None:
            self._refused_before = set(self._refused)
        self._cluster.add(pod, self._place)
        topology.recorded(ask, left, self._place.node.taints)


def _who(shape: Shape) -> tuple[str, frozenset[tuple[str, str]]]:
    """What tells a DaemonSet's pods: their namespace and labels."""
    return shape.namespace, frozenset(shape.labels.items())
