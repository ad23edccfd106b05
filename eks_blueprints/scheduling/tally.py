"""How many pods of a kind are in each domain: counted once, and kept up as pods and nodes come and go."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from eks_blueprints.scheduling.node import Node
from eks_blueprints.scheduling.pod import Shape, Spread, Term

Domain = tuple[str, str]
"""A label of nodes and one of its values."""
Weights = tuple[tuple[str, int], ...]
"""Labels whose domains a pod counts in, and for how much."""


def _everywhere(_: Node) -> bool:
    return True


@dataclass(slots=True)
class Tally:
    """Pods by domain."""

    weigh: Callable[[Shape], Weights]
    """What a pod that runs counts for."""
    counts_on: Callable[[Node], bool] = _everywhere
    """Whether the pods of a node count."""
    keys: tuple[str, ...] = ()
    """Labels whose domains are known as soon as there is a node in them, with no pod yet."""
    counts: dict[Domain, int] = field(default_factory=dict)
    _nodes: dict[Domain, int] = field(default_factory=dict)
    """How many nodes are in each of those domains."""
    _weights: dict[Shape, Weights] = field(default_factory=dict)

    def open(self, node: Node) -> None:
        """A node is there."""
        for domain in self._opened_by(node):
            self._nodes[domain] = self._nodes.get(domain, 0) + 1
            self.counts.setdefault(domain, 0)

    def close(self, node: Node) -> None:
        """A node is gone, and its pods before it; a domain without a node is none."""
        for domain in self._opened_by(node):
            self._nodes[domain] -= 1
            if not self._nodes[domain]:
                del self._nodes[domain], self.counts[domain]

    def add(self, node: Node, shape: Shape, times: int = 1) -> None:
        """A pod is on a node, or with `times=-1` no longer."""
        weights = self.weights(shape)
        if weights and self.counts_on(node):
            for key, weight in weights:
                if key in node.labels:
                    domain = (key, node.labels[key])
                    self.counts[domain] = self.counts.get(domain, 0) + times * weight

    def weights(self, shape: Shape) -> Weights:
        """What a pod of a shape counts for; empty where it does not count."""
        if (found := self._weights.get(shape)) is None:
            found = self._weights[shape] = self.weigh(shape)
        return found

    def _opened_by(self, node: Node) -> list[Domain]:
        if not (self.keys and self.counts_on(node)):
            return []
        return [(key, node.labels[key]) for key in self.keys if key in node.labels]

    def at(self, key: str, node: Node) -> int:
        """The count of the domain that a node is in; 0 where it is in none."""
        value = node.labels.get(key)
        return 0 if value is None else self.counts.get((key, value), 0)


def of_spread(constraint: Spread, shape: Shape, counts_on: Callable[[Node], bool]) -> Tally:
    """Pods that a constraint of spread counts: of the pod's own namespace; a selector of everything counts none."""
    weights = ((constraint.key, 1),)

    def weigh(other: Shape) -> Weights:
        mine = other.namespace == shape.namespace and not constraint.selector.everything
        return weights if mine and constraint.selector.of(other.labels) else ()

    return Tally(weigh, counts_on, (constraint.key,))


def of_all_terms(terms: Iterable[Term], says: Callable[[Term, Shape], bool]) -> Tally:
    """Pods of which every term speaks, in the domains of each."""
    every = tuple(terms)
    weights = tuple((each.key, 1) for each in every)
    return Tally(lambda other: weights if all(says(each, other) for each in every) else ())


def of_each_term(terms: Iterable[Term], says: Callable[[Term, Shape], bool]) -> Tally:
    """Pods of which a term speaks, in its domains."""
    every = tuple(terms)
    return Tally(lambda other: tuple((each.key, 1) for each in every if says(each, other)))
