"""Nodes are emptied: pods are evicted as far as PodDisruptionBudgets let them go, and come again elsewhere."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from eks_blueprints.capacity.time.clock import nothing
from eks_blueprints.capacity.time.moments import length
from eks_blueprints.capacity.time.things import Host, Item, Work
from eks_blueprints.capacity.time.world import World
from eks_blueprints.capacity.words import count
from eks_blueprints.karpenter.tolerating import keeping_off
from eks_blueprints.provisioning.karpenter.disruption.pod_budgets import PodBudget, allowed
from eks_blueprints.provisioning.karpenter.disruption.rules import DO_NOT_DISRUPT
from eks_blueprints.provisioning.karpenter.disruption.state import DISRUPTED
from eks_blueprints.scheduling.filters import CORDONED
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
    ends: int | None
    """When it goes whatever is on it; None where it waits for its pods."""
    forced: int | None
    """When its grace period ends, before which its pods are deleted so that they have their time; None without one."""
    off: int = 0
    """When the last of the pods that were evicted has ended."""
    held: int | None = None
    """Since when something keeps a pod on it."""
    why: str = ""
    """What that was last."""


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
        self._longest = None if (most := world.scenario.delays.pod_stop) is None else length(most)
        world.watchers.append(self._go_on)

    def drain(self, host: Host, reason: str, *, by: int | None = None, then: Callable[[], None] | None = None) -> None:
        """A node is emptied, and goes.

        Args:
            host: The node.
            reason: Why it goes.
            by: After how many seconds it goes whatever is on it. Default: it waits for its pods, no longer than its
                grace period.
            then: Called when it is gone.
        """
        if host.gone or host.name in self._drains:
            return
        world = self.world
        world.cordon(host, reason)
        least = min((each for each in (by, host.grace) if each is not None), default=None)
        forced = None if host.grace is None else world.now + host.grace
        found = _Drain(host, reason, then, None if least is None else world.now + least, forced)
        self._drains[host.name] = found
        if least is not None:
            world.after(least, lambda: self._end(found))
        if forced is not None:
            for stop in {self._stop(each) for each in host.items.values()}:
                world.after(max(0, forced - stop - world.now), nothing)
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
        host, world = drain.host, self.world
        if host.gone:
            self._end(drain)
            return
        left: list[Item] = []
        budgets = self.budgets()
        for item in [each for each in host.items.values() if _leaves(each)]:
            if (why := self._keeps(drain, item, budgets)) is not None:
                left.append(item)
                drain.why = why
            else:
                counted = item.ready
                self._go(drain, item)
                budgets = self.budgets() if counted else budgets
        if left and drain.held is None:
            drain.held = world.now
            world.after(_PATIENCE, partial(self._say_held, drain))
        for until in {each.kept_until for each in left} if left else ():
            if until is not None and until > world.now:
                world.after(until - world.now, nothing)
        if not left and drain.off <= world.now:
            self._end(drain)

    def _stop(self, item: Item) -> int:
        """How many seconds a pod takes to end."""
        grace = int(item.work.traits.grace.total_seconds())
        return grace if self._longest is None else min(grace, self._longest)

    def _keeps(self, drain: _Drain, item: Item, budgets: Iterable[PodBudget]) -> str | None:
        """What keeps a pod on its node; None where it goes."""
        now = self.world.now
        if drain.forced is not None and now >= drain.forced - self._stop(item):
            return None
        if drain.host.of_karpenter and item.keeps_at(now):
            return f"{DO_NOT_DISRUPT} of {item.work.short}"
        if item.ready and any(each.of(item.pod) and each.allowed <= 0 for each in budgets):
            return f"PodDisruptionBudget of {item.work.short}"
        return None

    def _go(self, drain: _Drain, item: Item) -> None:
        """A pod is evicted; it is made anew at once, and that of a StatefulSet once it has ended."""
        world, stop = self.world, self._stop(item)
        if drain.ends is not None and world.now + stop > drain.ends:
            item.work.kept.cut += 1
            stop = drain.ends - world.now
        drain.off = max(drain.off, world.now + stop)
        if not item.work.one_by_one or not stop:
            world.requeue(item, drain.reason)
        else:
            world.unready(item)
            item.ending = True
            world.after(stop, partial(self._ended, drain, item))
        for later in {0, stop}:  # the pod is placed anew, and its end is noticed
            world.after(later, nothing)

    def _ended(self, drain: _Drain, item: Item) -> None:
        if item.node is drain.host and item.name in item.work.pods:
            self.world.requeue(item, drain.reason)

    def _say_held(self, drain: _Drain) -> None:
        if drain.host.items and self._drains.get(drain.host.name) is drain:
            what = f"{drain.host.name} keeps {count(len(drain.host.items), 'pod')}"
            self.world.log("held", what, drain.why)

    def _end(self, drain: _Drain) -> None:
        if self._drains.get(drain.host.name) is not drain:
            return
        del self._drains[drain.host.name]
        if drain.held is not None:
            held = self.world.record.held
            cause = drain.why.partition(" of ")[0].replace("Budget", "Budgets")
            held[cause] = held.get(cause, 0) + self.world.now - drain.held
        if not drain.host.gone:
            for item in filter(_leaves, drain.host.items.values()):
                item.work.kept.cut += self._stop(item) > 0
            self.world.end_of(drain.host, drain.reason)
        if drain.then is not None:
            drain.then()


def _leaves(item: Item) -> bool:
    """Whether a pod is to be evicted from the node that it is on; those that tolerate its taint go with it."""
    if item.ending or item.node is None:
        return False
    return keeping_off((DISRUPTED if item.node.of_karpenter else CORDONED,), item.pod.shape.tolerations) is not None


def _of(budget: PodBudget, work: Work) -> bool:
    return budget.selector.of(work.shape.labels)
