"""Which pods of a lower priority are evicted so that one fits, and on which node.

The scheduler looks at a tenth of the nodes, at least 100, from a random one on; here all are looked at. Of nodes that
are alike in all that it compares it takes one at random; here the first. Extenders are not known here.

Source: k8s.io/kubernetes pkg/scheduler/framework/preemption and plugins/defaultpreemption, 1.36.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from eks_blueprints.scheduling.cluster import Cluster, Place
from eks_blueprints.scheduling.filters import Exclusion, exclusion
from eks_blueprints.scheduling.pod import Pod
from eks_blueprints.scheduling.selectors import Selector

_LIFT = 2**31
"""Added to each priority, so that fewer pods of a priority below 0 do less harm than more of them."""


@dataclass(frozen=True, slots=True)
class Budget:
    """A PodDisruptionBudget, as the scheduler reads it."""

    namespace: str
    selector: Selector
    allowed: int
    """How many of its pods may be evicted now (`status.disruptionsAllowed`)."""

    def of(self, pod: Pod) -> bool:
        """Whether it speaks of a pod; one whose selector is empty speaks of none, nor of pods without labels."""
        mine = pod.shape.namespace == self.namespace and bool(pod.shape.labels)
        return mine and not self.selector.everything and self.selector.of(pod.shape.labels)


@dataclass(frozen=True, slots=True)
class Eviction:
    """Pods that are evicted from a node for another."""

    place: Place
    pods: tuple[Pod, ...]
    """The most important first; at least one."""
    against_budgets: int = 0
    """How many of them a budget would have kept."""

    @property
    def harm(self) -> tuple[int, int, int, int, float]:
        """What the scheduler compares, in its order; the least is taken.

        Pods that a budget would have kept; the highest priority; the sum of priorities; the number of pods; and how
        long ago the oldest of those with the highest priority began.
        """
        priorities = [each.shape.priority for each in self.pods]
        highest = max(priorities)
        oldest = min(each.since for each in self.pods if each.shape.priority == highest)
        return self.against_budgets, highest, sum(each + _LIFT for each in priorities), len(priorities), -oldest


def eviction(
    pod: Pod, cluster: Cluster, excluded: Mapping[str, Exclusion], budgets: Iterable[Budget] = ()
) -> Eviction | None:
    """What makes room for a pod with the least harm; None where nothing does, or where it may not preempt.

    Args:
        pod: The pod that no node takes.
        cluster: The cluster, which is left as it is.
        excluded: What excluded each node, by name: `scheduler.Outcome.excluded`.
        budgets: The disruption budgets of the cluster, which are broken where nothing else makes room.
    """
    return next(iter(evictions(pod, cluster, excluded, budgets)), None)


def evictions(
    pod: Pod, cluster: Cluster, excluded: Mapping[str, Exclusion], budgets: Iterable[Budget] = ()
) -> list[Eviction]:
    """The same, with every node on which the harm is as small: the scheduler takes one of these at random."""
    if not pod.shape.preempts:
        return []
    every = tuple(budgets)
    places = [cluster.places[name] for name, why in excluded.items() if not why.final]
    found = [each for place in places if (each := _on(place, pod, cluster, every)) is not None]
    least = min((each.harm for each in found), default=None)
    return [each for each in found if each.harm == least]


def _on(place: Place, pod: Pod, cluster: Cluster, budgets: Sequence[Budget]) -> Eviction | None:
    """The pods that have to leave a node: all of a lower priority go, and come back one by one while there is room."""
    order = tuple(place.pods)
    below = [each for each in place.pods.values() if each.shape.priority < pod.shape.priority]
    if not below:
        return None
    for each in below:
        cluster.remove(each, place)
    gone, against = list(below), 0
    try:
        if exclusion(pod.shape, place, cluster) is not None:
            return None
        kept_by_budget, others = _sorted_out(sorted(below, key=_importance), budgets)
        gone = []
        for each in (*kept_by_budget, *others):
            cluster.add(each, place)
            if exclusion(pod.shape, place, cluster) is not None:
                cluster.remove(each, place)
                gone.append(each)
                against += each in kept_by_budget
        return Eviction(place, tuple(sorted(gone, key=_importance)), against) if gone else None
    finally:
        for each in gone:
            cluster.add(each, place)
        place.pods = {name: place.pods[name] for name in order}


def _importance(pod: Pod) -> tuple[int, float]:
    """The most important is the least: a higher priority, and of the same priority the older pod."""
    return -pod.shape.priority, pod.since


def _sorted_out(pods: Iterable[Pod], budgets: Sequence[Budget]) -> tuple[list[Pod], list[Pod]]:
    """Pods whose eviction breaks a budget, and the others; each budget allows the first of its pods."""
    left = [each.allowed for each in budgets]
    breaking: list[Pod] = []
    others: list[Pod] = []
    for pod in pods:
        breaks = False
        for index, budget in enumerate(budgets):
            if budget.of(pod):
                left[index] -= 1
                breaks = breaks or left[index] < 0
        (breaking if breaks else others).append(pod)
    return breaking, others
