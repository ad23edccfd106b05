"""Which of the nodes that are left a pod gets: kube-scheduler's scores, with its default weights.

How many images a node already has is not known here, and does not count. Source: k8s.io/kubernetes
pkg/scheduler/framework/plugins, 1.36.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from eks_blueprints.scheduling.amounts import CPU, MEMORY
from eks_blueprints.scheduling.cluster import Cluster, Place, Softly
from eks_blueprints.scheduling.node import HOST
from eks_blueprints.scheduling.pod import Shape

MOST = 100
"""The most that one of them gives, before its weight."""
_COMPARED = (CPU, MEMORY)

Scores = list[int]
"""A score for each node, in their order."""


def scores(shape: Shape, places: Sequence[Place], cluster: Cluster) -> Scores:
    """How much each node is wanted for a pod, of those that can take it."""
    total = [0] * len(places)
    for weight, score in _SCORED:
        for index, each in enumerate(score(shape, places, cluster)):
            total[index] += weight * each
    return total


def _taints(shape: Shape, places: Sequence[Place], _: Cluster) -> Scores:
    return normal([kept_off(shape, place) for place in places], reverse=True)


def kept_off(shape: Shape, place: Place) -> int:
    """How many taints of a node would rather not have a pod."""
    mild = [taint for taint in place.node.taints if taint.effect == "PreferNoSchedule"]
    tolerations = [each for each in shape.tolerations if each.effect in ("", "PreferNoSchedule")] if mild else []
    return sum(not any(each.of(taint) for each in tolerations) for taint in mild)


def _affinity(shape: Shape, places: Sequence[Place], _: Cluster) -> Scores:
    if not shape.prefers:
        return []
    return normal([preferred(shape, place) for place in places])


def preferred(shape: Shape, place: Place) -> int:
    """The weights of what a pod would rather have of its node, and does have."""
    return sum(weight for weight, term in shape.prefers if term.of(place.node.name, place.node.labels))


def _least_used(shape: Shape, places: Sequence[Place], _: Cluster) -> Scores:
    return [_free_share(shape, place) for place in places]


def _free_share(shape: Shape, place: Place) -> int:
    found = []
    for name in _COMPARED:
        if room := place.node.allocatable.get(name, 0):
            used = place.counted.get(name, 0) + shape.counted.get(name, 0)
            found.append(0 if used > room else (room - used) * MOST // room)
    return sum(found) // len(found) if found else 0


def _balanced(shape: Shape, places: Sequence[Place], _: Cluster) -> Scores:
    if not any(shape.requests.get(name) for name in _COMPARED):
        return []
    return [_evenness(shape, place) for place in places]


def _evenness(shape: Shape, place: Place) -> int:
    return MOST // 2 + int((MOST / 2 + _balance(place, shape) - _balance(place, None)) / 2)


def of_itself(shape: Shape, place: Place) -> int:
    """What a node scores for a pod whatever the others are like: room that is left, and evenly."""
    even = _evenness(shape, place) if any(shape.requests.get(name) for name in _COMPARED) else 0
    return LEAST_USED * _free_share(shape, place) + BALANCED * even


def _balance(place: Place, shape: Shape | None) -> int:
    """How alike the shares of a node's resources are that are used, with a pod or without."""
    shares = []
    for name in _COMPARED:
        if room := place.node.allocatable.get(name, 0):
            used = place.used.get(name, 0) + (shape.requests.get(name, 0) if shape else 0)
            shares.append(min(used / room, 1.0))
    apart = abs((shares[0] - shares[1]) / 2) if len(shares) == len(_COMPARED) else 0.0
    return int((1 - apart) * MOST)


def _spread(shape: Shape, places: Sequence[Place], cluster: Cluster) -> Scores:
    soft = cluster.softly(shape)
    if not soft.constraints:
        return []
    counted = [counts_softly(soft, place) for place in places]
    among = [place for place, counts in zip(places, counted, strict=True) if counts]
    keys = [each.key for each, _ in soft.constraints]
    weights = [
        spread_weight(len(among) if key == HOST else len({place.node.labels.get(key, "") for place in among}))
        for key in keys
    ]
    return spread_out([uneven(soft, weights, p) if c else None for p, c in zip(places, counted, strict=True)])


def counts_softly(soft: Softly, place: Place) -> bool:
    """Whether a node counts for constraints of spread that need not hold."""
    return not soft.all_keys or all(each.key in place.node.labels for each, _ in soft.constraints)


def spread_weight(domains: int) -> float:
    """What a pod more in a domain weighs: the more of them there are, the more."""
    return math.log(domains + 2)


def uneven(soft: Softly, weights: Sequence[float], place: Place) -> int:
    """How many pods there are already where a node is."""
    raw = 0.0
    for (constraint, tally), weight in zip(soft.constraints, weights, strict=True):
        if constraint.key in place.node.labels:
            raw += tally.at(constraint.key, place.node) * weight + constraint.skew - 1
    return math.floor(raw + 0.5)


def spread_out(found: Sequence[int | None]) -> Scores:
    """How few pods there are at each place, as shares; None is a place that does not count."""
    among = [each for each in found if each is not None]
    if not among:
        return [0] * len(found)
    most, least = max(among), min(among)
    return [0 if each is None else MOST if not most else MOST * (most + least - each) // most for each in found]


def _near(shape: Shape, places: Sequence[Place], cluster: Cluster) -> Scores:
    counts = cluster.counts(shape).rather.counts
    if not any(counts.values()):
        return []
    found = [sum(counts.get(domain, 0) for domain in place.node.labels.items()) for place in places]
    least, most = min(found), max(found)
    if most == least:
        return []
    return [int(MOST * ((each - least) / (most - least))) for each in found]


def normal(found: Scores, *, reverse: bool = False) -> Scores:
    """Numbers as shares of the largest; with `reverse` the smallest is best."""
    most = max(found, default=0)
    if not most:
        return [MOST] * len(found) if reverse else found
    return [MOST - MOST * each // most if reverse else MOST * each // most for each in found]


TAINTS, AFFINITY, LEAST_USED, SPREAD, NEAR, BALANCED = 3, 2, 1, 2, 2, 1
"""What each counts."""

_SCORED: Sequence[tuple[int, Callable[[Shape, Sequence[Place], Cluster], Scores]]] = (
    *((TAINTS, _taints), (AFFINITY, _affinity), (LEAST_USED, _least_used)),
    *((SPREAD, _spread), (NEAR, _near), (BALANCED, _balanced)),
)
