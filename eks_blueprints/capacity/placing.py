"""kube-scheduler at work: pods are placed one after another, and others give way where they are more important."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable

from eks_blueprints.scheduling.cluster import Cluster, Place
from eks_blueprints.scheduling.filters import Exclusion, exclusion
from eks_blueprints.scheduling.pod import Pod, Shape
from eks_blueprints.scheduling.preemption import eviction
from eks_blueprints.scheduling.scheduler import best

_FULL = ("NodeResourcesFit", "NodePorts", "NodeVolumeLimits")
"""What a node says that stays so until a pod leaves it."""


class Placing:
    """Pods on the nodes of a cluster."""

    def __init__(self, cluster: Cluster) -> None:
        """The cluster, to which the pods are added."""
        self.cluster = cluster
        self.evicted: Counter[tuple[str, str]] = Counter()
        """Pods that gave way: what makes them, what makes those that came, and how many."""
        self._closed: dict[Shape, dict[str, Exclusion]] = {}
        """Nodes that can take no more pods of a shape."""

    def place(self, pods: Iterable[Pod]) -> list[Pod]:
        """Pods are placed, the most important first; those for which there is no room, in their order."""
        queue = deque(sorted(pods, key=lambda each: -each.shape.priority))
        waiting: list[Pod] = []
        while queue:
            pod = queue.popleft()
            left, excluded = self._looked_at(pod.shape)
            if left:
                self.cluster.add(pod, best(pod, left, self.cluster)[0] if len(left) > 1 else left[0])
            elif (found := self._room_by_eviction(pod, excluded)) is not None:
                queue.extend(found)
            else:
                waiting.append(pod)
        return waiting

    def excluded(self, shape: Shape) -> dict[str, Exclusion]:
        """What excludes each node that cannot take pods of a shape, by name."""
        return self._looked_at(shape)[1]

    def _looked_at(self, shape: Shape) -> tuple[list[Place], dict[str, Exclusion]]:
        closed = self._closed.setdefault(shape, {})
        left, excluded = [], {}
        for name, place in self.cluster.places.items():
            if name in closed:
                continue
            if (found := exclusion(shape, place, self.cluster)) is None:
                left.append(place)
            elif found.final or found.predicate in _FULL:
                closed[name] = found
            else:
                excluded[name] = found
        return left, {**closed, **excluded}

    def _room_by_eviction(self, pod: Pod, excluded: dict[str, Exclusion]) -> list[Pod] | None:
        """The pods that gave way, where some did."""
        if (found := eviction(pod, self.cluster, excluded)) is None:
            return None
        for each in found.pods:
            self.cluster.remove(each, found.place)
            self.evicted[maker(each), maker(pod)] += 1
        self._closed.clear()
        self.cluster.add(pod, found.place)
        return list(found.pods)


def maker(pod: Pod) -> str:
    """What makes a pod: its name without its number."""
    return pod.name.rpartition("#")[0] or pod.name
