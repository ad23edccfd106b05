"""Pods, workloads and nodes, as they stand at one moment of a simulation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from eks_blueprints.capacity.model import Demand
from eks_blueprints.capacity.time.record import OfWorkload
from eks_blueprints.provisioning.fargate import Size
from eks_blueprints.provisioning.karpenter.disruption.state import Traits
from eks_blueprints.provisioning.machine import Machine
from eks_blueprints.provisioning.makers import FARGATE, Profile
from eks_blueprints.scheduling.node import Node
from eks_blueprints.scheduling.pod import Pod, Shape


@dataclass(slots=True, eq=False)
class Work:
    """A workload."""

    demand: Demand
    shape: Shape
    kept: OfWorkload
    want: int = 0
    """How many pods there are to be."""
    surge: int = 0
    """How many there may be above that while a rollout lasts."""
    pods: dict[str, Item] = field(default_factory=dict)
    ready: int = 0
    profile: Profile | None = None
    """The Fargate profile that runs its pods; None where they run on nodes."""
    size: Size | None = None
    """The machine of Fargate that each has; None where they run on nodes, or Fargate does not run them."""
    born: int = 0
    """How many pods were ever made, which numbers the next one."""

    @property
    def name(self) -> str:
        """Namespace, kind and name."""
        return self.demand.name

    @property
    def traits(self) -> Traits:
        """What holds its pods."""
        return self.demand.traits

    @property
    def one_by_one(self) -> bool:
        """Whether a pod is made anew only when the one before it has ended, as a StatefulSet does."""
        return "/StatefulSet/" in self.name

    @property
    def short(self) -> str:
        """Namespace and name."""
        first, *_, last = self.name.split("/") if "/" in self.name else ("", self.name)
        return f"{first}/{last}" if first else last


@dataclass(slots=True, eq=False)
class Item:
    """A pod."""

    pod: Pod
    work: Work
    node: Host | None = None
    comes_to: Host | None = None
    """A node that comes, for which it waits."""
    ready: bool = False
    since: int = 0
    """Since when it waits for a node, or has one."""
    turn: int = 0
    """Counts its starts, so that what was meant for an earlier one is known."""
    old: bool = False
    """Whether a rollout replaces it."""
    ending: bool = False
    """Whether it has been evicted, and what makes it waits for its end before it makes another."""

    @property
    def name(self) -> str:
        """Its name."""
        return self.pod.name

    @property
    def kept_until(self) -> int | None:
        """When it stops to keep its node by itself (`karpenter.sh/do-not-disrupt: "1h"`); None where it does not."""
        keeps = self.work.traits.keeps
        if self.node is None or not isinstance(keeps, timedelta):
            return None
        return self.since + int(keeps.total_seconds())

    def keeps_at(self, now: int) -> bool:
        """Whether Karpenter does not evict it."""
        until = self.kept_until
        return self.work.traits.keeps is True if until is None else until > now


@dataclass(slots=True, eq=False)
class Host:
    """A node, from its launch on."""

    node: Node
    maker: str
    kind: str
    machine: str
    """Its instance type."""
    zone: str
    capacity_type: str
    born: int
    price: float | None = None
    most: float | None = None
    of: Machine | None = None
    ready: bool = False
    gone: bool = False
    leaving: str = ""
    """Why it is about to go; empty where it stays."""
    touched: int = 0
    """When a pod last came to it or went."""
    stays: bool = False
    """Whether it has the annotation `karpenter.sh/do-not-disrupt`."""
    grace: int | None = None
    """How many seconds it waits for its pods as it goes; None for ever."""
    drifted: int | None = None
    """Since when it is not what its pool asks for."""
    stale: bool = False
    """Whether its group replaces it in an update."""
    planned: dict[str, Item] = field(default_factory=dict)
    """Pods that wait for it."""
    items: dict[str, Item] = field(default_factory=dict)
    """Pods on it that are of no DaemonSet."""

    @property
    def name(self) -> str:
        """Its name."""
        return self.node.name

    @property
    def alone(self) -> bool:
        """Whether it is a machine of Fargate, of which one pod alone knows."""
        return self.kind == FARGATE

    @property
    def of_karpenter(self) -> bool:
        """Whether Karpenter, or EKS Auto Mode, takes it away."""
        return self.kind in {"karpenter", "auto_mode"}
