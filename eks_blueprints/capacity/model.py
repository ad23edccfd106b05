"""What is asked for, what there is to give, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from eks_blueprints.provisioning.karpenter.disruption.pod_budgets import PodBudget
from eks_blueprints.provisioning.karpenter.disruption.state import PLAIN, Traits
from eks_blueprints.provisioning.machine import Offering
from eks_blueprints.provisioning.makers import Group, Pool, Profile
from eks_blueprints.scheduling.amounts import Amounts
from eks_blueprints.scheduling.node import Node
from eks_blueprints.scheduling.pod import Shape
from eks_blueprints.scheduling.selectors import Labels

At = Literal["least", "most"]
"""How many pods there are of what scales: as few, or as many, as its scaler allows."""


class Doubt(str):
    """A sentence on what is not known of instance types that have others beside them: which is taken and what it costs
    may differ, and no pod waits for it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Demand:
    """Pods that are alike: those of one workload."""

    name: str
    """Namespace, kind and name of what makes them, such as `shop/Deployment/web`; of a CSV its own name."""
    shape: Shape
    least: int
    """How many there are at least: replicas, or the minimum of what scales them."""
    most: int
    """How many there are at most: replicas, or the maximum of what scales them."""
    scaled_by: str = ""
    """What scales them, such as `HorizontalPodAutoscaler web`; empty where nothing does."""
    target: int | None = None
    """Use of the cores that they request, in per cent, at which their HorizontalPodAutoscaler aims; None without."""
    largest: Shape | None = None
    """One pod as large as what sizes it (VerticalPodAutoscaler) lets it become; None where nothing sizes it."""
    position: Any = None
    """Where it is written: file, line and column; None where that is not known."""
    barred: tuple[tuple[str, str], ...] = ()
    """What of its pods' spec Fargate refuses: in one word, and why."""
    traits: Traits = PLAIN
    """What keeps Karpenter from its pods' nodes, and how long they take to end."""
    lasts: timedelta | None = None
    """How long its pods run at most (`activeDeadlineSeconds` of their Job); None where nothing ends them."""
    asked: str = ""
    """What is not known of it and was taken for something, such as a request that an Output holds; empty if nothing."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Daemon:
    """Pods of which each node that takes them has one."""

    name: str
    shape: Shape
    position: Any = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Running:
    """A node that is there already, with the pods that are bound to it."""

    node: Node
    pods: tuple[tuple[str, Shape], ...] = ()
    """Names, each of which there is once, and shapes. A name is that of what makes the pod, as in `Demand.name`, with
    `#` and the pod's own behind it; that of a DaemonSet's pod ends in `@` and the node."""
    machine: str = ""
    capacity_type: str = ""
    maker: str = ""
    """The pool or group that made it; empty where nobody knows."""
    do_not_disrupt: bool = False
    """Whether it has the annotation `karpenter.sh/do-not-disrupt: "true"`."""
    traits: Mapping[str, Traits] = field(default_factory=dict)
    """What holds its pods, by their names; nothing holds those that are not named."""
    offerings: tuple[Offering, ...] = ()
    """What it costs; none where its type has no price."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Expansion:
    """Cluster Autoscaler, as it is installed."""

    expanders: tuple[str, ...] = ("random",)
    """How it chooses a group, in order: `random`, `least-waste`, `most-pods`, `priority`, `least-nodes`."""
    balances: bool = False
    """Whether it keeps groups alike that differ in their zone alone (`--balance-similar-node-groups`)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Platform:
    """A cluster before its pods are placed."""

    name: str
    region: str = ""
    demands: tuple[Demand, ...] = ()
    daemons: tuple[Daemon, ...] = ()
    pools: tuple[Pool, ...] = ()
    groups: tuple[Group, ...] = ()
    profiles: tuple[Profile, ...] = ()
    running: tuple[Running, ...] = ()
    autoscaler: Expansion | None = None
    namespaces: Mapping[str, Labels] = field(default_factory=dict)
    """Labels of namespaces."""
    pod_budgets: tuple[PodBudget, ...] = ()
    """PodDisruptionBudgets; what they allow at a time is not known here."""
    unknown: tuple[str, ...] = ()
    """What is not known and could change the answer, in sentences without a full stop; `Doubt`s where little hangs
    on it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placed:
    """A pod on a node."""

    name: str
    """The name of its demand or daemon."""
    number: int
    """Which of them it is, from 0."""
    requests: Amounts
    daemon: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlannedNode:
    """A node and what runs on it."""

    name: str
    maker: str
    """The pool, group or profile that makes it."""
    kind: str
    """`karpenter`, `auto_mode`, `managed_node_group`, `self_managed_node_group`, `fargate` or `running`."""
    machine: str
    """Its instance type; of Fargate its size, such as `0.25 vCPU, 0.5 GB`."""
    zone: str
    """Its zone; empty where nothing decides it."""
    capacity_type: str
    allocatable: Amounts
    pods: tuple[Placed, ...] = ()
    alternatives: tuple[str, ...] = ()
    """Every instance type that Karpenter lets EC2 choose from, cheapest first."""
    zones: tuple[str, ...] = ()
    """The zones that it could be in."""
    price: float | None = None
    """US dollars an hour at least; None without a price in the table."""
    most: float | None = None
    """US dollars an hour at most."""
    new: bool = True
    """Whether a provisioner adds it for the pods; not where its group has it anyway."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Refusal:
    """Why a node, a pool, a group or a profile cannot take a pod."""

    where: str
    """Its name."""
    kind: str
    """As in `PlannedNode.kind`; `node` for one node."""
    predicate: str
    """The plugin of kube-scheduler that says so, such as NodeResourcesFit, or `limits`, `minValues`, `offerings`."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Waiting:
    """Pods that nothing takes."""

    name: str
    """The name of their demand."""
    count: int
    refusals: tuple[Refusal, ...] = ()
    remedy: str = ""
    """What would take them, such as `set max_size of workers to 7`; empty where nothing simple does."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """Where all pods of a platform are, at one number of replicas."""

    platform: Platform
    nodes: tuple[PlannedNode, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    evicted: tuple[tuple[str, str, int], ...] = ()
    """Pods that gave way to others: their demand, that of the other, and how many."""
    notes: tuple[str, ...] = ()
    """What the reader should know of how this came about, in sentences without a full stop."""
