"""What is kept of a simulation: what changed and when, and the sums over its time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["event", "scale", "nodes", "ready", "gone", "moved", "held", "waiting", "done"]
"""`event` is of the scenario; `nodes` are launched, `ready` take pods, `gone` are away; `held` is held back."""


@dataclass(slots=True, kw_only=True)
class Entry:
    """Something that changed, and how things stood then."""

    at: int
    """Seconds from the start."""
    kind: Kind
    what: str
    why: str = ""
    nodes: int = 0
    """Nodes that are paid for."""
    waiting: int = 0
    """Pods without a node."""
    rate: float = 0.0
    """US dollars an hour, at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """How things stand from a time on."""

    at: int
    nodes: int
    waiting: int
    pods: int
    """Pods that are ready."""
    rate: float
    most: float


@dataclass(slots=True, kw_only=True)
class OfWorkload:
    """What became of a workload."""

    name: str
    pods: int = 0
    """How many pods it was to have at the start."""
    fewest: int = 0
    """How many of its pods were ready when the smallest share of them was."""
    fewest_at: int = 0
    wanted_then: int = 0
    """How many pods it had reached before, of those that it was to have then."""
    reached: int = 0
    """As many pods as were ready at once since it was to have fewer the last time."""
    longest: int = 0
    """The longest wait of one of its pods for a node, in seconds."""
    longest_at: int = 0
    """When that wait began."""
    still: int = 0
    """Pods that wait at the end."""
    moved: int = 0
    """How often a pod of it had to leave its node."""
    cut: int = 0
    """How often a pod had less time to end than it takes."""

    def see(self, ready: int, wanted: int, now: int) -> None:
        """Keep how many pods are ready, if that is the smallest share yet.

        Pods that are still to come as a workload grows are not missing; all of them are where none is ready.
        """
        self.reached = min(wanted, max(self.reached, ready))
        if not wanted:
            return
        of = self.reached or wanted
        share = self.fewest / self.wanted_then if self.wanted_then else 1.0
        if (ready / of, ready) < (share, self.fewest):
            self.fewest, self.fewest_at, self.wanted_then = ready, now, of


@dataclass(slots=True, kw_only=True)
class Loss:
    """What a loss of nodes took of a workload."""

    at: int
    cause: str
    workload: str
    before: int
    """Pods that were ready."""
    lost: int
    least: int | None = None
    """How many its PodDisruptionBudget keeps; None without one."""
    back: int | None = None
    """Seconds until as many were ready again; None where that did not come."""

    @property
    def all(self) -> bool:
        """Whether it lost every pod."""
        return self.lost >= self.before

    @property
    def too_many(self) -> bool:
        """Whether fewer are left than its budget keeps, or without one less than half."""
        left = self.before - self.lost
        return left < self.least if self.least is not None else left * 2 < self.before


@dataclass(slots=True, kw_only=True)
class Wave:
    """Nodes that had to be replaced for one cause."""

    at: int
    cause: str
    nodes: int
    left: set[str] = field(default_factory=set)
    """Nodes that are still there."""
    ended: int | None = None
    """When the last one was gone; None where that did not come."""


@dataclass(slots=True)
class Record:
    """All that is kept."""

    entries: list[Entry] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    workloads: dict[str, OfWorkload] = field(default_factory=dict)
    hours: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Seconds of nodes by instance type and capacity type."""
    disrupted: Counter[str] = field(default_factory=Counter)
    """Nodes that had to go, by the reason."""
    moved: Counter[str] = field(default_factory=Counter)
    """Pods that had to move, by the reason."""
    held: dict[str, int] = field(default_factory=dict)
    """Seconds for which something held nodes back that were to go, by what it was."""
    losses: list[Loss] = field(default_factory=list)
    waves: list[Wave] = field(default_factory=list)
    unpriced: set[str] = field(default_factory=set)
    """Instance types without a price."""
    notes: list[str] = field(default_factory=list)
