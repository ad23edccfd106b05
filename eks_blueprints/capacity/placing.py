"""kube-scheduler at work: pods are placed one after another, and others give way where they are more important."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable

from eks_blueprints.scheduling.cluster import Cluster
from eks_blueprints.scheduling.filters import Exclusion
from eks_blueprints.scheduling.pod import Pod, Shape
from eks_blueprints.scheduling.preemption import eviction
from eks_blueprints.scheduling.runs import place_all
from eks_blueprints.scheduling.scheduler import looked_at


class Placing:
    """Pods on the nodes of a cluster."""

    def __init__(self, cluster: Cluster) -> None:
        """The cluster, to which the pods are added."""
        self.cluster = cluster
        self.evicted: Counter[tuple[str, str]] = Counter()
        """Pods that gave way: what makes them, what makes those that came, and how many."""

    def place(self, pods: Iterable[Pod]) -> list[Pod]:
        """Pods are placed, the most important first; those for which there is no room, in their order."""
        queue = deque(sorted(pods, key=lambda each: -each.shape.priority))
        waiting: list[Pod] = []
        while queue:
            alike = [queue.popleft()]
            while queue and queue[0].shape is alike[0].shape:
                alike.append(queue.popleft())
            left = alike[place_all(alike, self.cluster) :]
            # Nothing has changed since the first of them found no room, so that no other does.
            if left and (gone := self._room_by_eviction(left[0])) is not None:
                queue.extendleft(reversed(left[1:]))
                queue.extend(each for each in gone if not _is_of_node(each))
            else:
                waiting += left
        return waiting

    def excluded(self, shape: Shape) -> dict[str, Exclusion]:
        """What excludes each node that cannot take pods of a shape, by name."""
        return looked_at(Pod("", shape), self.cluster)[1]

    def _room_by_eviction(self, pod: Pod) -> list[Pod] | None:
        """The pods that gave way, where some did."""
        if (found := eviction(pod, self.cluster, self.excluded(pod.shape))) is None:
            return None
        for each in found.pods:
            self.cluster.remove(each, found.place)
            self.evicted[maker(each), maker(pod)] += 1
        self.cluster.add(pod, found.place)
        return list(found.pods)


def maker(pod: Pod) -> str:
    """What makes a pod: its name without its number, that of a DaemonSet's without its node."""
    return pod.name.rpartition("@" if _is_of_node(pod) else "#")[0] or pod.name


def _is_of_node(pod: Pod) -> bool:
    """Whether a DaemonSet makes a pod for one node: it comes back there, and runs nowhere else."""
    return "#" not in pod.name
