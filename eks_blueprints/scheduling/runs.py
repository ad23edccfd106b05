"""Many pods of one shape, placed as one after another would be, with each node looked at once and then when it changed.

That holds where the score of a node does not depend on the pods of other nodes, but for preferred spread: nodes with
the same counts, taints and preferences are kept together, the best of them on top. Other shapes are placed one by one.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from eks_blueprints.scheduling.cluster import Cluster, Place
from eks_blueprints.scheduling.filters import exclusion
from eks_blueprints.scheduling.node import HOST
from eks_blueprints.scheduling.pod import Pod, Shape
from eks_blueprints.scheduling.scheduler import place
from eks_blueprints.scheduling.scores import (
    AFFINITY,
    SPREAD,
    TAINTS,
    counts_softly,
    kept_off,
    normal,
    of_itself,
    preferred,
    spread_out,
    spread_weight,
    uneven,
)

_FEW = 3
"""Fewer pods are not worth it."""


def place_all(pods: Sequence[Pod], cluster: Cluster) -> int:
    """Pods of one shape are placed, in their order, until no node takes one; how many were.

    The first so many of them have a node then. Where nodes score the same, it is the first, as in `scheduler.place`.
    """
    if len(pods) > _FEW and _is_plain(pods[0].shape, cluster):
        return _Run(pods[0].shape, cluster).place(pods)
    for number, pod in enumerate(pods):
        if place(pod, cluster).place is None:
            return number
    return len(pods)


def _is_plain(shape: Shape, cluster: Cluster) -> bool:
    """Whether a pod changes what the node is worth that it is on, and no other but by soft spread."""
    others = shape.near, shape.apart, shape.rather_near, shape.rather_apart, shape.claims
    if any(others) or any(each.hard for each in shape.spread):
        return False
    counts = cluster.counts(shape)
    return not (any(counts.against.counts.values()) or any(counts.rather.counts.values()))


@dataclass(slots=True)
class _Alike:
    """Nodes that differ in what they score by themselves alone."""

    kept_off: int
    preferred: int
    counts: bool
    """Whether they count for spread."""
    heap: list[tuple[int, int, Place]] = field(default_factory=list)
    """The best on top: what it scores, below zero, and its place in the order of nodes."""

    @property
    def top(self) -> Place:
        return self.heap[0][2]


class _Run:
    def __init__(self, shape: Shape, cluster: Cluster) -> None:
        self.shape, self.cluster = shape, cluster
        self._soft = cluster.softly(shape)
        self._kinds: dict[tuple[object, ...], _Alike] = {}
        for index, each in enumerate(cluster.places.values()):
            self._keep(index, each)

    def place(self, pods: Sequence[Pod]) -> int:
        for number, pod in enumerate(pods):
            if not self._kinds:
                return number
            key = self._best()
            _, index, there = heapq.heappop(self._kinds[key].heap)
            if not self._kinds[key].heap:
                del self._kinds[key]
            self.cluster.add(pod, there)
            self._keep(index, there)
        return len(pods)

    def _keep(self, index: int, there: Place) -> None:
        if exclusion(self.shape, there, self.cluster) is not None:
            return
        off, wish = kept_off(self.shape, there), preferred(self.shape, there)
        counts = counts_softly(self._soft, there)
        key = (off, wish, counts, *self._domains(there))
        kind = self._kinds.setdefault(key, _Alike(off, wish, counts))
        heapq.heappush(kind.heap, (-of_itself(self.shape, there), index, there))

    def _domains(self, there: Place) -> Iterator[object]:
        """Where a node is: what its host counts, which changes with itself alone, and its other domains."""
        for constraint, tally in self._soft.constraints:
            labels = there.node.labels
            yield tally.at(HOST, there.node) if constraint.key == HOST else labels.get(constraint.key)

    def _best(self) -> tuple[object, ...]:
        if len(self._kinds) == 1:
            return next(iter(self._kinds))
        kinds = list(self._kinds.values())
        off = normal([each.kept_off for each in kinds], reverse=True)
        wish = normal([each.preferred for each in kinds])
        spread = self._spread(kinds)
        worth = [
            (-TAINTS * off[n] - AFFINITY * wish[n] - SPREAD * spread[n] + kind.heap[0][0], kind.heap[0][1])
            for n, kind in enumerate(kinds)
        ]
        return list(self._kinds)[worth.index(min(worth))]

    def _spread(self, kinds: Sequence[_Alike]) -> Sequence[int]:
        among = [each for each in kinds if each.counts]
        weights = []
        for constraint, _ in self._soft.constraints:
            hosts = sum(len(each.heap) for each in among)
            values = {each.top.node.labels.get(constraint.key, "") for each in among}
            weights.append(spread_weight(hosts if constraint.key == HOST else len(values)))
        return spread_out([uneven(self._soft, weights, e.top) if e.counts else None for e in kinds])
