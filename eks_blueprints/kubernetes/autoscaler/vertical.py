"""What the Vertical Pod Autoscaler recommends, computed as its recommender does.

Use is put into a histogram of growing buckets whose samples count half as much after a day; the target is the end of
the bucket below which 90 % of it lies, and 15 % more. Source: `pkg/recommender/model/aggregations_config.go` and
`pkg/recommender/logic` of kubernetes/autoscaler, VPA 1.5, with the default flags. Its lower and upper bounds depend on
how long it has watched, and are not computed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

_GROWTH = 1.05
_PERCENTILE = 0.9
_MARGIN = 1.15
_HALF_LIFE = 24 * 3600
_EPSILON = 0.001


@dataclass(frozen=True, slots=True)
class _Buckets:
    first: float
    most: float
    least: float
    """What is recommended for a pod at least, shared by its containers."""


_OF: dict[str, _Buckets] = {
    "cpu": _Buckets(0.01, 1000.0, 0.025),
    "memory": _Buckets(1e7, 1e12, 250.0 * 2**20),
}
"""Cores, and bytes."""


def target(resource: str, samples: Iterable[tuple[float, float]], containers: int = 1) -> float:
    """What is recommended for a container, in cores or bytes.

    Args:
        resource: `cpu` or `memory`.
        samples: Seconds and what it used then; of memory the peak of each day counts.
        containers: How many containers the pod has.
    """
    buckets = _OF[resource]
    weights: dict[int, float] = {}
    every = list(samples) if resource == "cpu" else _peaks(samples)
    last = max((at for at, _ in every), default=0.0)
    for at, amount in every:
        place = _bucket(amount, buckets)
        weights[place] = weights.get(place, 0.0) + 2 ** ((at - last) / _HALF_LIFE)
    found = _up_to(_percentile(weights, buckets) * (1000 if resource == "cpu" else 1))
    found = _up_to(found * _MARGIN)
    least = _up_to(buckets.least * (1000 if resource == "cpu" else 1) / max(containers, 1))
    return max(found, least) / (1000 if resource == "cpu" else 1)


def _up_to(amount: float) -> float:
    # It counts whole thousandths and bytes, and leaves out the rest.
    return math.floor(amount + 1e-6)


def _peaks(samples: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    days: dict[int, tuple[float, float]] = {}
    for at, amount in samples:
        day = int(at // _HALF_LIFE)
        if day not in days or amount > days[day][1]:
            days[day] = (at, amount)
    return list(days.values())


def _bucket(amount: float, buckets: _Buckets) -> int:
    if amount < buckets.first:
        return 0
    return min(int(math.log(amount * (_GROWTH - 1) / buckets.first + 1, _GROWTH)), _count(buckets) - 1)


def _count(buckets: _Buckets) -> int:
    return math.ceil(math.log(buckets.most * (_GROWTH - 1) / buckets.first + 1, _GROWTH)) + 1


def _start(place: int, buckets: _Buckets) -> float:
    return buckets.first * (_GROWTH**place - 1) / (_GROWTH - 1)


def _percentile(weights: dict[int, float], buckets: _Buckets) -> float:
    whole = math.fsum(weights.values())
    if whole < _EPSILON:
        return 0.0
    so_far = 0.0
    place = 0
    for place in sorted(weights):
        so_far += weights[place]
        if so_far >= _PERCENTILE * whole:
            break
    return _start(place + 1 if place < _count(buckets) - 1 else place, buckets)
