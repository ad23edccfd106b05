"""How many nodes of a group some pods need: first fit, the largest first, on nodes as the group would launch them.

A group is looked at by a template: a node of its first instance type, with the pods of DaemonSets. While the group has
no node, the template is in its first zone; else it is as a node that the group has, another one each time Cluster
Autoscaler looks, so that each of their zones has its turn.
Source: estimator/binpacking_estimator.go, estimator/decreasing_pod_orderer.go, simulator/clustersnapshot/predicate,
processors/nodeinfosprovider and `getAsgTemplate` in cloudprovider/aws.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain

from eks_blueprints.provisioning.group_nodes import Daemons, daemon_pods, node_of, zones_of
from eks_blueprints.provisioning.makers import Group
from eks_blueprints.scheduling.amounts import CPU, MEMORY
from eks_blueprints.scheduling.cluster import Cluster, Place
from eks_blueprints.scheduling.filters import Exclusion, exclusion
from eks_blueprints.scheduling.node import HOST
from eks_blueprints.scheduling.pod import Pod, Shape

Alike = Sequence[Pod]
"""Pods of one shape, of which Cluster Autoscaler looks at the first."""
_ENOUGH_NODES = 1000
"""Most nodes that are added at once: the default of `--max-nodes-per-scaleup`."""
_UNEVEN = "node(s) didn't match pod topology spread constraints"


@dataclass(slots=True)
class Estimate:
    """What an estimate came to."""

    nodes: int = 0
    """How many nodes got a pod."""
    pods: list[Pod] = field(default_factory=list)
    """The pods that found room."""


def alike(pods: Iterable[Pod]) -> list[list[Pod]]:
    """Pods by their shape, in the order in which the first of each came."""
    found: dict[Shape, list[Pod]] = {}
    for pod in pods:
        found.setdefault(pod.shape, []).append(pod)
    return list(found.values())


def template_zones(group: Group, size: int) -> tuple[str, ...]:
    """The zones in which a group of some size is looked at."""
    return zones_of(group)[: max(size, 1)]


def excluded(
    groups_of_pods: Sequence[Alike], group: Group, zone: str, cluster: Cluster, daemons: Daemons
) -> list[Exclusion | None]:
    """Why a new node of a group would not take each of some pods that are alike; None where it would."""
    with _tried(cluster, group, zone, daemons) as opened:
        place = opened.another()
        return [exclusion(pods[0].shape, place, cluster) for pods in groups_of_pods]


def estimate(
    groups_of_pods: Iterable[Alike], group: Group, zone: str, cluster: Cluster, daemons: Daemons, *, room: int
) -> Estimate:
    """How many nodes of a group pods need, and which of the pods these take.

    Args:
        groups_of_pods: Pods that a node of the group takes.
        group: The group.
        zone: The zone of its template.
        cluster: The cluster, which is left as it is.
        daemons: What runs on each node of it.
        room: How many more nodes it may have.
    """
    order = sorted(groups_of_pods, key=lambda each: -_size(each[0].shape, group))
    found = Estimate()
    with _tried(cluster, group, zone, daemons) as opened:
        opened.room = min(room, _ENOUGH_NODES)
        for pods in order:
            _on_new_nodes(_on_nodes_there(pods, opened, found), opened, found)
        found.nodes = len(opened.filled)
    return found


def _size(shape: Shape, group: Group) -> float:
    room = group.machines[0].allocatable
    return sum(shape.requests.get(name, 0) / room[name] for name in (CPU, MEMORY) if room.get(name))


class _Opened:
    """Nodes that are there while something is tried."""

    def __init__(self, cluster: Cluster, group: Group, zone: str, daemons: Daemons) -> None:
        self.cluster = cluster
        self._made_of = group, group.machines[0], zone
        self._daemons = daemons
        self.places: list[Place] = []
        self.room = _ENOUGH_NODES
        """How many there may be."""
        self.full = False
        """Whether one more was asked for than there may be."""
        self._numbers: dict[str, int] = {}
        self.filled: set[str] = set()
        """The nodes that got a pod."""
        self._next = 0
        self._cores: list[int] = []
        self._bytes: list[int] = []
        """What each has left."""
        self._elsewhere: list[tuple[Pod, Place]] = []

    def another(self) -> Place:
        place = self.cluster.open(node_of(*self._made_of, f"{self._made_of[0].name}/new-{len(self.places)}"))
        for pod in daemon_pods(place.node, self._daemons):  # they come whether there is room for them or not
            self.cluster.add(pod, place)
        self._numbers[place.node.name] = len(self.places)
        self.places.append(place)
        self._cores.append(place.free(CPU))
        self._bytes.append(place.free(MEMORY))
        return place

    def undo(self) -> None:
        for pod, place in self._elsewhere:
            self.cluster.remove(pod, place)
        for place in reversed(self.places):
            self.cluster.close(place)

    def takes(self, pod: Pod, place: Place) -> bool:
        if exclusion(pod.shape, place, self.cluster) is not None:
            return False
        self.cluster.add(pod, place)
        self.filled.add(place.node.name)
        if (number := self._numbers.get(place.node.name)) is not None:
            self._cores[number], self._bytes[number] = place.free(CPU), place.free(MEMORY)
        return True

    def takes_elsewhere(self, pod: Pod, place: Place) -> bool:
        """Whether a node takes a pod that was there before, or is one of these."""
        taken = self.takes(pod, place)
        if taken and place not in self.places:
            self._elsewhere.append((pod, place))
        return taken

    def any_takes(self, pod: Pod) -> bool:
        """Whether one of them takes a pod; the one after that which took the last is asked first."""
        start, cpu, memory = self._next, pod.shape.requests.get(CPU, 0), pod.shape.requests.get(MEMORY, 0)
        cores, bytes_ = self._cores, self._bytes
        for index in chain(range(start, len(cores)), range(start)):
            # Most have too little left, which is seen at once.
            if cpu <= cores[index] and memory <= bytes_[index] and self.takes(pod, self.places[index]):
                self._next = index + 1
                return True
        return False


@contextmanager
def _tried(cluster: Cluster, group: Group, zone: str, daemons: Daemons) -> Iterator[_Opened]:
    opened = _Opened(cluster, group, zone, daemons)
    try:
        yield opened
    finally:
        opened.undo()


def _on_nodes_there(pods: Alike, opened: _Opened, found: Estimate) -> Alike:
    """The pods that are left, from the first on that no node takes."""
    for index, pod in enumerate(pods):
        if not opened.any_takes(pod):
            return pods[index:]
        found.pods.append(pod)
    return ()


def _on_new_nodes(pods: Alike, opened: _Opened, found: Estimate) -> None:
    last = opened.places[-1] if opened.places else None
    for pod in pods:
        if last is not None and _joins(pod, last, opened):
            found.pods.append(pod)
            continue
        if opened.full or (last is not None and last.node.name not in opened.filled):
            return  # what does not fit on an empty node fits on no other either
        if len(opened.places) >= opened.room:
            opened.full = True
            return
        last = opened.another()
        if not opened.takes(pod, last):
            return
        found.pods.append(pod)


def _joins(pod: Pod, last: Place, opened: _Opened) -> bool:
    why = exclusion(pod.shape, last, opened.cluster)
    if why is None:
        return opened.takes(pod, last)
    if why.reason != _UNEVEN or all(each.key != HOST for each in pod.shape.spread):
        return False
    # A new node would be one domain more without pods, and the others as full as before: one of those may do.
    return any(opened.takes_elsewhere(pod, each) for each in opened.cluster.places.values() if each is not last)
