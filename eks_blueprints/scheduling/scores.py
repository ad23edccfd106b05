"""Which of the nodes that are left a pod gets: kube-scheduler's scores, with its default weights.

How many images a node already has is not known here, and does not count. Source: k8s.io/kubernetes
pkg/scheduler/framework/plugins, 1.36.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from eks_blueprints.karpenter.tolerating import Toleration
from eks_blueprints.scheduling.amounts import CPU, MEMORY
from eks_blueprints.scheduling.cluster import Cluster, Place
from eks_blueprints.scheduling.node import HOST
from eks_blueprints.scheduling.pod import Shape

_MOST = 100
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
    mild = [each for each in shape.tolerations if each.effect in ("", "PreferNoSchedule")]
    return _normal([_kept_off(place, mild) for place in places], reverse=True)


def _kept_off(place: Place, tolerations: Sequence[Toleration]) -> int:
    mild = [taint for taint in place.node.taints if taint.effect == "PreferNoSchedule"]
    return sum(not any(each.of(taint) for each in tolerations) for taint in mild)


def _affinity(shape: Shape, places: Sequence[Place], _: Cluster) -> Scores:
    if not shape.prefers:
        return []
    found = [
        sum(weight for weight, term in shape.prefers if term.of(place.node.name, place.node.labels)) for place in places
    ]
    return _normal(found)


def _least_used(shape: Shape, places: Sequence[Place], _: Cluster) -> Scores:
    return [_free_share(shape, place) for place in places]


def _free_share(shape: Shape, place: Place) -> int:
    found = []
    for name in _COMPARED:
        if room := place.node.allocatable.get(name, 0):
            used = place.counted.get(name, 0) + shape.counted.get(name, 0)
            found.append(0 if used > room else (room - used) * _MOST // room)
    return sum(found) // len(found) if found else 0


def _balanced(shape: Shape, places: Sequence[Place], _: Cluster) -> Scores:
    if not any(shape.requests.get(name) for name in _COMPARED):
        return []
    return [_MOST // 2 + int((_MOST / 2 + _balance(place, shape) - _balance(place, None)) / 2) for place in places]


def _balance(place: Place, shape: Shape | None) -> int:
    """How alike the shares of a node's resources are that are used, with a pod or without."""
    shares = []
    for name in _COMPARED:
        if room := place.node.allocatable.get(name, 0):
            used = place.used.get(name, 0) + (shape.requests.get(name, 0) if shape else 0)
            shares.append(min(used / room, 1.0))
    apart = abs((shares[0] - shares[1]) / 2) if len(shares) == len(_COMPARED) else 0.0
    return int((1 - apart) * _MOST)


def _spread(shape: Shape, places: Sequence[Place], cluster: Cluster) -> Scores:
    soft = cluster.softly(shape)
    if not soft.constraints:
        return []
    keys = [each.key for each, _ in soft.constraints]
    counted = [not soft.all_keys or all(key in place.node.labels for key in keys) for place in places]
    raw = [0.0] * len(places)
    for constraint, tally in soft.constraints:
        key = constraint.key
        if key == HOST:
            domains = sum(counted)
        else:
            domains = len({p.node.labels.get(key, "") for p, counts in zip(places, counted, strict=True) if counts})
        weight = math.log(domains + 2)
        for index, place in enumerate(places):
            if counted[index] and key in place.node.labels:
                raw[index] += tally.at(key, place.node) * weight + constraint.skew - 1
    found = [math.floor(each + 0.5) for each in raw]
    among = [each for each, counts in zip(found, counted, strict=True) if counts]
    if not among:
        return []
    most, least = max(among), min(among)
    return [
        0 if not counts else _MOST if not most else _MOST * (most + least - each) // most
        for each, counts in zip(found, counted, strict=True)
    ]


def _near(shape: Shape, places: Sequence[Place], cluster: Cluster) -> Scores:
    counts = cluster.counts(shape).rather.counts
    if not any(counts.values()):
        return []
    found = [sum(counts.get(domain, 0) for domain in place.node.labels.items()) for place in places]
    least, most = min(found), max(found)
    if most == least:
        return []
    return [int(_MOST * ((each - least) / (most - least))) for each in found]


def _normal(found: Scores, *, reverse: bool = False) -> Scores:
    most = max(found, default=0)
    if not most:
        return [_MOST] * len(found) if reverse else found
    return [_MOST - _MOST * each // most if reverse else _MOST * each // most for each in found]


_SCORED: Sequence[tuple[int, Callable[[Shape, Sequence[Place], Cluster], Scores]]] = (
    *((3, _taints), (2, _affinity), (1, _least_used), (2, _spread), (2, _near), (1, _balanced)),
)
"""What is weighed, and how much."""
