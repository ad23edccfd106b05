"""Nodes and the pods on them, with the counts that filters and scores read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from eks_blueprints.karpenter.tolerating import keeping_off
from eks_blueprints.scheduling.node import HOST, ZONE, Node
from eks_blueprints.scheduling.pod import HostPort, Pod, Shape, Spread, Term
from eks_blueprints.scheduling.selectors import Labels
from eks_blueprints.scheduling.tally import Tally, Weights, of_all_terms, of_each_term, of_spread

_BY_DEFAULT = ((ZONE, 5), (HOST, 3))
"""Labels over which the scheduler spreads pods that say nothing, with the skew that it takes for even."""
_HARD_WEIGHT = 1
"""What affinity of running pods that must hold counts for: the default of `hardPodAffinityWeight`."""


@dataclass(slots=True, eq=False)
class Place:
    """A node and what runs on it."""

    node: Node
    pods: dict[str, Pod] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)
    """What its pods request."""
    counted: dict[str, int] = field(default_factory=dict)
    """What they count for when nodes are compared."""
    apart: int = 0
    """How many of its pods have anti-affinity that must hold."""
    ports: list[HostPort] = field(default_factory=list)
    volumes: dict[str, dict[str, int]] = field(default_factory=dict)
    """Volumes by CSI driver, and how many of its pods mount each."""

    def free(self, resource: str) -> int:
        """What is left of a resource."""
        return self.node.allocatable.get(resource, 0) - self.used.get(resource, 0)

    def take(self, pod: Pod) -> None:
        """A pod comes."""
        self._count(pod, 1)
        self.ports += pod.shape.ports
        self.pods[pod.name] = pod

    def give_back(self, pod: Pod) -> None:
        """A pod goes."""
        self._count(pod, -1)
        for port in pod.shape.ports:
            self.ports.remove(port)
        del self.pods[pod.name]

    def _count(self, pod: Pod, times: int) -> None:
        shape = pod.shape
        self.apart += times * bool(shape.apart)
        for name, count in shape.requests.items():
            self.used[name] = self.used.get(name, 0) + times * count
        for name, count in shape.counted.items():
            self.counted[name] = self.counted.get(name, 0) + times * count
        for claim in shape.claims:
            if claim.driver:
                name = f"{claim.name} {pod.name}" if claim.own else claim.name
                _change(self.volumes.setdefault(claim.driver, {}), name, times)


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts that matter to pods of one shape."""

    spread: tuple[tuple[Spread, Tally], ...]
    """Constraints of spread that must hold."""
    near: Tally
    """Pods that its affinity asks for."""
    apart: Tally
    """Pods that its anti-affinity keeps off."""
    against: Tally
    """Pods whose anti-affinity keeps it off."""
    rather: Tally
    """Weights of all that pods would rather have near each other, and apart."""


@dataclass(frozen=True, slots=True)
class Softly:
    """Constraints of spread that need not hold."""

    constraints: tuple[tuple[Spread, Tally], ...]
    all_keys: bool
    """Whether a node without one of their labels counts as none; not so for those that the scheduler adds itself."""


class Cluster:
    """Nodes and pods."""

    def __init__(self, nodes: Iterable[Node] = (), namespaces: Mapping[str, Labels] | None = None) -> None:
        """Nodes without pods.

        Args:
            nodes: The nodes.
            namespaces: The labels of namespaces, by name; each has `kubernetes.io/metadata.name` besides.
        """
        self.places: dict[str, Place] = {}
        self.claims: dict[str, int] = {}
        """The claims that pods mount, and how many mount each."""
        self.namespaces = dict(namespaces or {})
        """Their labels."""
        self._counts: dict[Shape, Counts] = {}
        self._softly: dict[Shape, Softly] = {}
        self._tallies: list[Tally] = []
        self._of_domains: list[Tally] = []
        """Those of all that know of domains without pods."""
        self._counting: dict[Shape, list[Tally]] = {}
        """The tallies in which pods of a shape count, of all."""
        for node in nodes:
            self.open(node)

    def open(self, node: Node) -> Place:
        """A node is there, with no pod."""
        place = self.places[node.name] = Place(node)
        for tally in self._of_domains:
            tally.open(node)
        return place

    def add(self, pod: Pod, place: Place) -> None:
        """A pod is placed on a node."""
        place.take(pod)
        for claim in pod.shape.claims:
            if not claim.own:
                _change(self.claims, claim.name, 1)
        for tally in self._counted_in(pod.shape):
            tally.add(place.node, pod.shape)

    def remove(self, pod: Pod, place: Place) -> None:
        """A pod is taken off a node."""
        place.give_back(pod)
        for claim in pod.shape.claims:
            if not claim.own:
                _change(self.claims, claim.name, -1)
        for tally in self._counted_in(pod.shape):
            tally.add(place.node, pod.shape, -1)

    def close(self, place: Place) -> None:
        """A node is gone, and what is on it with it."""
        for pod in tuple(place.pods.values()):
            self.remove(pod, place)
        del self.places[place.node.name]
        for tally in self._of_domains:
            tally.close(place.node)

    def copy(self) -> Cluster:
        """The same nodes and pods, on which something can be tried."""
        found = Cluster((place.node for place in self.places.values()), self.namespaces)
        for name, place in self.places.items():
            for pod in place.pods.values():
                found.add(pod, found.places[name])
        return found

    def says(self, term: Term, shape: Shape) -> bool:
        """Whether a term of affinity speaks of pods of a shape."""
        of_namespace = {"kubernetes.io/metadata.name": shape.namespace, **self.namespaces.get(shape.namespace, {})}
        return term.of(shape.namespace, shape.labels, of_namespace)

    def counts(self, shape: Shape) -> Counts:
        """What pods of a shape look at."""
        if (found := self._counts.get(shape)) is None:
            found = self._counts[shape] = self._new_counts(shape)
        return found

    def softly(self, shape: Shape) -> Softly:
        """The constraints of spread that pods of a shape need not meet: their own, or those that all pods have."""
        if (found := self._softly.get(shape)) is None:
            found = self._softly[shape] = self._new_softly(shape)
        return found

    def counted(self, tally: Tally) -> Tally:
        """A tally that counts from now on, and all that is there."""
        for place in self.places.values():
            tally.open(place.node)
            for pod in place.pods.values():
                tally.add(place.node, pod.shape)
        self._tallies.append(tally)
        if tally.keys:
            self._of_domains.append(tally)
        for shape, counting in self._counting.items():
            if tally.weights(shape):
                counting.append(tally)
        return tally

    def _counted_in(self, shape: Shape) -> list[Tally]:
        if (found := self._counting.get(shape)) is None:
            found = self._counting[shape] = [each for each in self._tallies if each.weights(shape)]
        return found

    def _new_counts(self, shape: Shape) -> Counts:
        hard = tuple(each for each in shape.spread if each.hard)
        keys = tuple(each.key for each in hard)
        return Counts(
            tuple((each, self.counted(of_spread(each, shape, _counting(each, keys, shape)))) for each in hard),
            self.counted(of_all_terms(shape.near, self.says)),
            self.counted(of_each_term(shape.apart, self.says)),
            self.counted(Tally(lambda other: tuple((e.key, 1) for e in other.apart if self.says(e, shape)))),
            self.counted(Tally(lambda other: self._rather(shape, other))),
        )

    def _new_softly(self, shape: Shape) -> Softly:
        own = tuple(each for each in shape.spread if not each.hard)
        if not shape.spread and not (shape.alike.nothing or shape.alike.everything):
            own = tuple(Spread(skew, key, hard=False, selector=shape.alike) for key, skew in _BY_DEFAULT)
        keys = tuple(each.key for each in own) if shape.spread else ()
        tallies = (of_spread(e, shape, _everywhere if e.key == HOST else _counting(e, keys, shape)) for e in own)
        return Softly(tuple(zip(own, map(self.counted, tallies), strict=True)), all_keys=bool(shape.spread))

    def _rather(self, shape: Shape, other: Shape) -> Weights:
        """What a pod that runs counts for and against its domains, as a pod of a shape and itself would have it."""
        mine = [(term, weight) for weight, term in shape.rather_near]
        mine += [(term, -weight) for weight, term in shape.rather_apart]
        of_other = [(term, _HARD_WEIGHT) for term in other.near]
        of_other += [(term, weight) for weight, term in other.rather_near]
        of_other += [(term, -weight) for weight, term in other.rather_apart]
        return (
            *((term.key, weight) for term, weight in mine if self.says(term, other)),
            *((term.key, weight) for term, weight in of_other if self.says(term, shape)),
        )


def _change(counts: dict[str, int], name: str, times: int) -> None:
    """Some more, or fewer, of a name; one of which there is none is not in the counts."""
    counts[name] = counts.get(name, 0) + times
    if not counts[name]:
        del counts[name]


def _everywhere(_: Node) -> bool:
    return True


def _counting(constraint: Spread, keys: tuple[str, ...], shape: Shape) -> Callable[[Node], bool]:
    """Which nodes a constraint of spread counts: those with all labels that spread asks for, which the pod may use."""

    def counts_on(node: Node) -> bool:
        if not all(key in node.labels for key in keys):
            return False
        if constraint.by_affinity and not shape.may_be_on(node.name, node.labels):
            return False
        return not constraint.by_taints or keeping_off(node.taints, shape.tolerations) is None

    return counts_on
