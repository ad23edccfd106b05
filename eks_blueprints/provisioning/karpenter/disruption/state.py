"""What Karpenter knows when it looks for nodes to take away: its pools' rules, its nodes, what holds their pods."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from eks_blueprints.karpenter.tolerating import Taint, keeping_off
from eks_blueprints.provisioning.karpenter.disruption.pod_budgets import PodBudget
from eks_blueprints.provisioning.karpenter.disruption.rules import Rules
from eks_blueprints.provisioning.karpenter.packer import Ready
from eks_blueprints.provisioning.machine import ON_DEMAND, RESERVED, Machine
from eks_blueprints.provisioning.makers import Pool
from eks_blueprints.scheduling.cluster import Cluster
from eks_blueprints.scheduling.pod import Pod, Shape

DISRUPTED = Taint("karpenter.sh/disrupted", "", "NoSchedule")
"""What Karpenter puts on a node that it is about to take away; it evicts no pod that tolerates this."""

_ALMOST_FREE = 10_000_000
"""By what Karpenter divides the on-demand price of reserved capacity, so that it is cheaper than all else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """A node that Karpenter made, besides its labels and pods."""

    pool: str
    machine: str
    """Its instance type."""
    zone: str
    capacity_type: str = ON_DEMAND
    initialized: datetime | None = None
    """When it was ready for pods; None where it is not yet."""
    last_pod_event: datetime | None = None
    """When a pod last came to it or went; None where none did."""
    drifted: datetime | None = None
    """Since when it is no longer what its pool or class asks for; None where it is."""
    do_not_disrupt: bool = False
    """Whether it has the annotation `karpenter.sh/do-not-disrupt: "true"`."""
    nominated_until: datetime | None = None
    """Until when it is kept for pods that wait for it: twice the longest batch of pods, 20 seconds by default."""
    leaving: bool = False
    """Whether it is about to be taken away already."""
    ready: bool = True
    grace: timedelta | None = None
    """How long it waits for its pods as it goes; None for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What holds a pod, besides its shape."""

    daemon: bool = False
    """Whether a DaemonSet, or the node itself (a static pod), makes it: it ends with its node."""
    keeps: bool | timedelta = False
    """Whether it keeps its node (`karpenter.sh/do-not-disrupt`), or for how long from its start."""
    started: datetime | None = None
    deletion_cost: float = 0.0
    """`controller.kubernetes.io/pod-deletion-cost`."""
    unready: bool = False
    """Whether it is not ready, so that a PodDisruptionBudget can let it go."""
    grace: timedelta = timedelta(seconds=30)
    """How long it takes at most to end (`terminationGracePeriodSeconds`)."""

    def keeps_at(self, now: datetime) -> bool:
        """Whether it keeps its node at a moment."""
        if not isinstance(self.keeps, timedelta):
            return self.keeps
        return self.started is None or now - self.started < self.keeps

    @property
    def keeps_until(self) -> datetime | None:
        """When it stops to keep its node by itself; None where it does not, or nobody knows when it began."""
        return self.started + self.keeps if self.started and isinstance(self.keeps, timedelta) else None


PLAIN = Traits()
"""A pod that nothing holds."""


@dataclass(frozen=True, kw_only=True, eq=False)
class State:
    """A cluster at a moment; nothing that reads it changes it."""

    now: datetime
    """With a time zone."""
    cluster: Cluster
    """All nodes and the pods on them."""
    pools: Sequence[Pool]
    nodes: Mapping[str, Owned]
    """Nodes of Karpenter's by their name; the others are nobody's, and stay."""
    rules: Mapping[str, Rules] = field(default_factory=dict)
    """By pool; a pool that is not named has Karpenter's defaults."""
    traits: Mapping[str, Traits] = field(default_factory=dict)
    """By the pod's name; nothing holds a pod that is not named."""
    daemons: Sequence[Shape] = ()
    """Pods of which each new node that takes them has one."""
    reserved: Mapping[str, int] = field(default_factory=dict)
    """How many instances of each capacity reservation are taken of those that its offerings have left, by its id."""
    waiting: Sequence[Pod] = ()
    """Pods that have no node."""
    pod_budgets: Sequence[PodBudget] = ()
    ready: Ready | None = None
    """The pools and daemons as rounds need them, where they are at hand from an earlier look."""
    spot_to_spot: bool = False
    """The feature gate SpotToSpotConsolidation."""

    def rules_of(self, pool: str) -> Rules:
        """The rules of a pool."""
        return self.rules.get(pool, _DEFAULT)

    def traits_of(self, pod: Pod) -> Traits:
        """What holds a pod."""
        return self.traits.get(pod.name, PLAIN)

    @cached_property
    def looked_at(self) -> dict[Hashable, Any]:
        """What was found of nodes and of pods that are alike, as several methods of a look ask for it."""
        return {}

    @cached_property
    def pools_by_name(self) -> Mapping[str, Pool]:
        """The pools."""
        return {each.name: each for each in self.pools}

    @cached_property
    def _machines(self) -> Mapping[tuple[str, str], Machine]:
        return {(pool.name, each.name): each for pool in self.pools for each in pool.machines}

    def machine_of(self, owned: Owned) -> Machine | None:
        """The instance type of a node; None where its pool no longer knows it."""
        return self._machines.get((owned.pool, owned.machine))

    def price_of(self, owned: Owned) -> float:
        """US dollars an hour of a node as Karpenter compares them; 0 where nothing like it is offered."""
        machine = self.machine_of(owned)
        return 0.0 if machine is None else price(machine, owned.zone, owned.capacity_type)

    def _of_shape(self, pod: Pod) -> tuple[bool, list[PodBudget]]:
        """Whether Karpenter's taint keeps a pod off, and the budgets that speak of it: alike for all of its shape."""
        if (found := self.looked_at.get(pod.shape)) is None:
            kept_off = keeping_off((DISRUPTED,), pod.shape.tolerations) is not None
            found = self.looked_at[pod.shape] = kept_off, [each for each in self.pod_budgets if each.of(pod)]
        return found

    def pods_of(self, name: str) -> Iterable[Pod]:
        """The pods of a node."""
        return self.cluster.places[name].pods.values()

    def moves(self, pod: Pod) -> bool:
        """Whether a pod comes back elsewhere once its node is gone."""
        return not self.traits_of(pod).daemon

    def evicted(self, pod: Pod) -> bool:
        """Whether Karpenter evicts a pod as its node goes."""
        return not self.traits_of(pod).keeps_at(self.now) and self._of_shape(pod)[0]

    def moves_now(self, pod: Pod) -> bool:
        """Whether a pod comes back elsewhere, and nothing keeps it on its node for good."""
        traits = self.traits_of(pod)
        if traits is not PLAIN and (traits.daemon or traits.keeps_at(self.now)):
            return False
        return self.held(pod, for_good=True) is None

    def held(self, pod: Pod, *, for_good: bool = False) -> str | None:
        """What of budgets of pods keeps a pod on its node; None if it may go.

        Args:
            pod: The pod.
            for_good: Whether only a budget counts that never lets a pod go. Default: one that lets none go now.
        """
        if not self.pod_budgets:
            return None
        traits = self.traits_of(pod)
        if traits is not PLAIN and (traits.keeps or traits.unready):
            return self._held(pod, for_good=for_good)
        key = (pod.shape, for_good)
        if key not in self.looked_at:
            self.looked_at[key] = self._held(pod, for_good=for_good)
        found: str | None = self.looked_at[key]
        return found

    def _held(self, pod: Pod, *, for_good: bool) -> str | None:
        if not self.evicted(pod):
            return None
        mine = self._of_shape(pod)[1]
        if len(mine) > 1:
            return f"{' and '.join(each.name for each in mine)} speak of it, and eviction knows one budget a pod"
        for each in mine:
            if each.lets_unready_go and self.traits_of(pod).unready:
                return None
            if each.never_lets_go if for_good else each.allowed <= 0:
                return f"PodDisruptionBudget {each.name} lets no pod go"
        return None


_DEFAULT = Rules()


def price(machine: Machine, zone: str, capacity_type: str) -> float:
    """US dollars an hour of an instance type as Karpenter compares them; 0 where it is not offered so."""
    for each in machine.offerings:
        if (each.zone, each.capacity_type) == (zone, capacity_type):
            return each.price / _ALMOST_FREE if capacity_type == RESERVED else each.price
    return 0.0
