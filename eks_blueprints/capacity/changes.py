"""What a change does to the nodes and pods of a cluster: plain values, which reports keep and shards write down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eks_blueprints.capacity.figures import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The figures of one side."""

    nodes: int = 0
    pods: int = 0
    """Pods that have a node, without those of DaemonSets."""
    waiting: int = 0
    low: float = 0.0
    """US dollars a month at least."""
    high: float = 0.0
    unpriced: int = 0
    """Nodes that no table has a price of; they are in neither end."""
    spot: int = 0
    """Nodes that are spot instances."""
    spot_share: float = 0.0
    """Their share of all cores, from 0 to 1."""
    free: Mapping[str, float] = field(default_factory=dict)
    """The share of all cores and of all memory that no pod requests, from 0 to 1."""
    binding: str = ""
    """What fills most nodes first; empty where nothing is used."""
    zones: Mapping[str, int] = field(default_factory=dict)
    """Nodes by zone; those whose zone nothing decides are under an empty name."""

    @classmethod
    def of(cls, figures: Figures) -> Totals:
        """Those of an outcome."""
        low, high = figures.cost.month
        spot, share = figures.spot
        return cls(
            nodes=len(figures.outcome.nodes),
            pods=figures.pods,
            waiting=figures.waiting,
            low=low,
            high=high,
            unpriced=len(figures.cost.unpriced),
            spot=spot,
            spot_share=share,
            free=dict(figures.free),
            binding=figures.binding.dimension if figures.binding else "",
            zones=dict(figures.zones),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NodesMoved:
    """Nodes of one type that one maker has more or fewer of."""

    kind: str
    maker: str
    machine: str
    capacity_type: str
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PodsWaiting:
    """Pods of a workload of which more, or fewer, wait than before."""

    name: str
    before: int
    after: int
    reasons: tuple[str, ...] = ()
    """Why they wait afterwards: `NodeResourcesFit, managed node group workers: Insufficient cpu`."""
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A workload whose pods are on other instance types than before."""

    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PodsAsked:
    """A workload with another number of pods, or pods that request something else."""

    name: str
    before: str
    """How many pods: `3`, `3 to 10`; empty where there was no such workload."""
    after: str
    requests_before: str = ""
    """What a pod requests: `500m cpu, 1Gi memory`."""
    requests_after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What changes in one cluster."""

    cluster: str
    before: Totals | None = None
    """None where the base has no such cluster."""
    after: Totals | None = None
    """None where it is no more."""
    most_before: Totals | None = None
    """With as many pods as there can be; None where nothing scales on either side."""
    most_after: Totals | None = None
    nodes: tuple[NodesMoved, ...] = ()
    waiting: tuple[PodsWaiting, ...] = ()
    waiting_at_most: tuple[PodsWaiting, ...] = ()
    """The same with as many pods as there can be, of workloads that are not in `waiting`."""
    moved: tuple[Moved, ...] = ()
    pods: tuple[PodsAsked, ...] = ()
    unsure: tuple[str, ...] = ()
    """What is not known afterwards and could change the answer."""
    newly_unsure: tuple[str, ...] = ()
    """What of it was known before."""
    unpriced: tuple[str, ...] = ()
    """Types that come, or of which there are more nodes, and that no table has a price of."""

    @property
    def changed(self) -> bool:
        """Whether anything is other than before, or newly not known."""
        same = self.before == self.after and self.most_before == self.most_after
        lists = (self.nodes, self.waiting, self.waiting_at_most, self.moved, self.pods, self.newly_unsure)
        return not same or any(lists)

    @property
    def newly_waiting(self) -> tuple[PodsWaiting, ...]:
        """Workloads of which more pods wait than before."""
        return tuple(each for each in self.waiting if each.after > each.before)

    @property
    def newly_waiting_at_most(self) -> tuple[PodsWaiting, ...]:
        """The same with as many pods as there can be."""
        return tuple(each for each in self.waiting_at_most if each.after > each.before)

    @property
    def rise(self) -> float:
        """US dollars that a month costs more, at the end that rises more; less than 0 where it costs less."""
        low, high = self._moves
        return max(low[1] - low[0], high[1] - high[0])

    @property
    def share(self) -> float | None:
        """By what share of itself a month's cost rises at most; None where there was none before."""
        found = [(after - before) / before for before, after in self._moves if before > 0]
        return max(found) if found else None

    @property
    def _moves(self) -> tuple[tuple[float, float], tuple[float, float]]:
        before, after = self.before or Totals(), self.after or Totals()
        return (before.low, after.low), (before.high, after.high)
