"""Which pods of a lower priority are evicted so that one fits.

Source: k8s.io/kubernetes pkg/scheduler/framework/preemption and plugins/defaultpreemption, 1.36. The scheduler looks at
a tenth of the nodes, at least 100, starting at a random one; here all are looked at. How long pods have run is not
known: of two that are otherwise alike, the one that was placed first stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from eks_blueprints.scheduling.cluster import Cluster, Place
from eks_blueprints.scheduling.filters import Exclusion, exclusion
from eks_blueprints.scheduling.pod import Pod
from eks_blueprints.scheduling.selectors import Selector

_LIFT = 2**31
"""Added to each priority, so that fewer pods of a priority below 0 are better than more."""


@dataclass(frozen=True, slots=True)
class Budget:
    """A PodDisruptionBudget."""

    namespace: str
    selector: Selector
    allowed: int
    """How many of its pods may be evicted now."""

    def of(self, pod: Pod) -> bool:
        """Whether it speaks of a pod; one whose selector is empty speaks of none."""
        mine = pod.shape.namespace == self.namespace and bool(pod.shape.labels)
        return mine and not self.selector.everything and self.selector.of(pod.shape.labels)


@dataclass(frozen=True, slots=True)
class Eviction:
    """Pods that are evicted from a node for another."""

    place: Place
    pods: tuple[Pod, ...]
    """The most important first."""
    against_budgets: int
    """How many of them a budget would have kept."""


def eviction(
    pod: Pod, cluster: Cluster, excluded: Mapping[str, Exclusion], budgets: Iterable[Budget] = ()
) -> Eviction | None:
    """What makes room for a pod with the least harm; None where nothing does.

    Args:
        pod: The pod that no node takes.
        cluster: The cluster, which is left as it is.
        excluded: What excluded each node.
        budgets: The disruption budgets of the cluster.
    """
    if not pod.shape.preempts:
        return None
    every = tuple(budgets)
    places = [cluster.places[name] for name, why in excluded.items() if not why.final]
    found = [each for place in places if (each := _on(place, pod, cluster, every)) is not None]
    return min(found, key=_harm, default=None)


def _harm(found: Eviction) -> tuple[int, int, int, int]:
    priorities = [each.shape.priority for each in found.pods]
    lifted = sum(each + _LIFT for each in priorities)
    return found.against_budgets, max(priorities, default=-_LIFT), lifted, len(priorities)


def _on(place: Place, pod: Pod, cluster: Cluster, budgets: Sequence[Budget]) -> Eviction | None:
    """The fewest pods whose eviction lets a node take a pod: all below its priority go, and come back one by one."""
    below = [each for each in place.pods.values() if each.shape.priority < pod.shape.priority]
    if not below:
        return None
    order, gone = tuple(place.pods), list[Pod]()
    against = 0
    for each in below:
        cluster.remove(each, place)
    try:
        if exclusion(pod.shape, place, cluster) is not None:
            gone = below
            return None
        kept_by_budget, others = _sorted_out(sorted(below, key=lambda each: -each.shape.priority), budgets)
        for each in (*kept_by_budget, *others):
            cluster.add(each, place)
            if exclusion(pod.shape, place, cluster) is not None:
                cluster.remove(each, place)
                gone.append(each)
                against += each in kept_by_budget
        return Eviction(place, tuple(sorted(gone, key=lambda each: -each.shape.priority)), against)
    finally:
        for each in gone:
            cluster.add(each, place)
        place.pods = {name: place.pods[name] for name in order}


def _sorted_out(pods: Iterable[Pod], budgets: Sequence[Budget]) -> tuple[list[Pod], list[Pod]]:
    """Pods whose eviction breaks a budget, and the others."""
    left = [each.allowed for each in budgets]
    breaking, others = [], []
    for pod in pods:
        breaks = False
        for index, budget in enumerate(budgets):
            if budget.of(pod):
                left[index] -= 1
                breaks = breaks or left[index] < 0
        (breaking if breaks else others).append(pod)
    return breaking, others
