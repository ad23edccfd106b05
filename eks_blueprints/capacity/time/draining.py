"""Nodes are emptied: pods are evicted as far as PodDisruptionBudgets let them go, and come again elsewhere."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from eks_blueprints.capacity.time.things import Host, Item, Work
from eks_blueprints.capacity.time.world import World
from eks_blueprints.capacity.words import count
from eks_blueprints.provisioning.karpenter.disruption.pod_budgets import PodBudget, allowed
from eks_blueprints.scheduling.pod import Pod, Shape

_PATIENCE = 60
"""Seconds after which a timeline tells that a node waits for its pods."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known(PodBudget):
    """A budget whose workloads are known, so that nobody has to read the labels of each pod."""

    shapes: frozenset[Shape] = frozenset()

    @classmethod
    def of_works(cls, budget: PodBudget, allowed: int, works: Iterable[Work]) -> _Known:
        """A budget with what it allows now."""
        fields = {each.name: getattr(budget, each.name) for each in dataclasses.fields(budget)}
        return cls(**(fields | {"allowed": allowed, "shapes": frozenset(each.shape for each in works)}))

    def of(self, pod: Pod) -> bool:
        """Whether it speaks of a pod."""
        return pod.shape in self.shapes


@dataclass(slots=True)
class _Drain:
    host: Host
    reason: str
    then: Callable[[], None] | None
    held: int | None = None
    """Since when a budget keeps a pod on it."""


class Draining:
    """All nodes that are being emptied."""

    def __init__(self, world: World) -> None:
        """No node yet.

        Args:
            world: The world, which tells when pods are ready.
        """
        self.world = world
        self._drains: dict[str, _Drain] = {}
        self._matched: dict[int, list[Work]] = {}
        world.watchers.append(self._go_on)

    def drain(self, host: Host, reason: str, *, by: int | None = None, then: Callable[[], None] | None = None) -> None:
        """A node is emptied, and goes.

        Args:
            host: The node.
            reason: Why it goes.
            by: After how many seconds it goes whatever is on it. Default: it waits for its pods.
            then: Called when it is gone.
        """
        if host.gone or host.name in self._drains:
            return
        self.world.cordon(host, reason)
        found = self._drains[host.name] = _Drain(host, reason, then)
        if by is not None:
            self.world.after(by, lambda: self._end(found))
        self._evict(found)

    def budgets(self) -> list[PodBudget]:
        """The PodDisruptionBudgets, with what each allows now."""
        found: list[PodBudget] = []
        for each in self.world.platform.pod_budgets:
            works = self._works(each)
            pods, healthy = sum(work.want for work in works), sum(work.ready for work in works)
            now = allowed(pods, healthy, min_available=each.min_available, max_unavailable=each.max_unavailable)
            found.append(_Known.of_works(each, now, works))
        return found

    def least(self, work: Work) -> int | None:
        """How many pods of a workload its budget keeps; None without one."""
        for each in self.world.platform.pod_budgets:
            if work in self._works(each):
                pods = sum(other.want for other in self._works(each))
                return pods - allowed(
                    pods, pods, min_available=each.min_available, max_unavailable=each.max_unavailable
                )
        return None

    def _works(self, budget: PodBudget) -> list[Work]:
        key = id(budget)
        if key not in self._matched:
            works = self.world.works.values()
            self._matched[key] = [e for e in works if e.shape.namespace == budget.namespace and _of(budget, e)]
        return self._matched[key]

    def _go_on(self) -> None:
        for each in list(self._drains.values()):
            self._evict(each)

    def _evict(self, drain: _Drain) -> None:
        host = drain.host
        if host.gone:
            self._end(drain)
            return
        left: list[Item] = []
        budgets = self.budgets()
        for item in list(host.items.values()):
            if item.ready and any(each.of(item.pod) and each.allowed <= 0 for each in budgets):
                left.append(item)
            else:
                counted = item.ready
                self.world.requeue(item, drain.reason)
                budgets = self.budgets() if counted else budgets
        if left and drain.held is None:
            drain.held = self.world.now
            self.world.after(_PATIENCE, partial(self._say_held, drain))
        if not left:
            self._end(drain)

    def _say_held(self, drain: _Drain) -> None:
        if drain.host.items and self._drains.get(drain.host.name) is drain:
            names = sorted({each.work.short for each in drain.host.items.values()})
            what = f"{drain.host.name} keeps {count(len(drain.host.items), 'pod')}"
            self.world.log("held", what, f"PodDisruptionBudget of {names[0]}")

    def _end(self, drain: _Drain) -> None:
        if self._drains.get(drain.host.name) is not drain:
            return
        del self._drains[drain.host.name]
        if drain.held is not None:
            held = self.world.record.held
            held["PodDisruptionBudgets"] = held.get("PodDisruptionBudgets", 0) + self.world.now - drain.held
        if not drain.host.gone:
            self.world.end_of(drain.host, drain.reason)
        if drain.then is not None:
            drain.then()


def _of(budget: PodBudget, work: Work) -> bool:
    return budget.selector.of(work.shape.labels)
