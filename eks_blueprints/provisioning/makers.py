"""What makes nodes: pools of Karpenter and EKS Auto Mode, groups of instances, profiles of Fargate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from eks_blueprints.karpenter.requirements import Allowed
from eks_blueprints.karpenter.tolerating import Taint
from eks_blueprints.provisioning.karpenter.disruption.rules import Rules
from eks_blueprints.provisioning.machine import Machine
from eks_blueprints.scheduling.amounts import Amounts
from eks_blueprints.scheduling.selectors import Labels

FARGATE = "fargate"
"""The kind of machines that run one pod each."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pool:
    """A NodePool of Karpenter or of EKS Auto Mode, with the instance types that its node class allows."""

    name: str
    weight: int = 0
    """Pools of a greater weight are tried first."""
    requirements: Mapping[str, Allowed] = field(default_factory=dict)
    """Values that its nodes may have of labels, by the labels' newer names."""
    min_values: Mapping[str, int] = field(default_factory=dict)
    """How many different values of a label the instance types to choose from must have."""
    labels: Labels = field(default_factory=dict)
    """Labels that all its nodes have."""
    taints: tuple[Taint, ...] = ()
    """Its taints without those that are there at start alone."""
    limits: Amounts = field(default_factory=dict)
    """What all its nodes may have together, `nodes` among it; a resource that is not named has no limit."""
    machines: tuple[Machine, ...] = ()
    """Every instance type that it could launch, before its requirements are looked at."""
    machines_for: Callable[[Mapping[str, Allowed]], tuple[Machine, ...]] | None = None
    """The instance types that it could launch if its requirements were others; None where those in `machines` alone
    are known."""
    replicas: int | None = None
    """How many nodes it keeps, whatever pods there are; None where pods decide."""
    auto_mode: bool = False
    """Whether EKS Auto Mode runs it."""
    rules: Rules | None = None
    """When Karpenter takes its nodes away; None for Karpenter's defaults."""

    @property
    def kind(self) -> str:
        """The kind of its nodes."""
        return "auto_mode" if self.auto_mode else "karpenter"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Group:
    """A managed node group, or an Auto Scaling group of self-managed nodes."""

    name: str
    kind: str = "managed_node_group"
    """The key of its kind in stack files, such as `managed_node_group` or `self_managed_node_group`."""
    least: int = 0
    start: int = 0
    """How many nodes it begins with."""
    most: int = 0
    machines: tuple[Machine, ...] = ()
    """Its instance types, in its own order: a group of on-demand instances launches the first that there is."""
    labels: Labels = field(default_factory=dict)
    taints: tuple[Taint, ...] = ()
    zones: tuple[str, ...] = ()
    """The zones of its subnets, over which it spreads its nodes."""
    capacity_type: str = "on-demand"
    priority: int | None = None
    """Its rank for Cluster Autoscaler's expander `priority`: the greatest wins; None where no rank names it."""
    scales: bool = True
    """Whether Cluster Autoscaler finds it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Profile:
    """A Fargate profile."""

    name: str
    selectors: tuple[tuple[str, Labels], ...] = ()
    """Namespaces, with wildcards, and labels of pods that run on it."""
    zones: tuple[str, ...] = ()
    rates: tuple[float, float, float] | None = None
    """US dollars an hour of a vCPU, a GB of memory, and a GB of storage above what is free; None without a price."""

    @property
    def kind(self) -> str:
        """The kind of its machines."""
        return FARGATE


def by_weight(pools: Iterable[Pool]) -> list[Pool]:
    """Pools in the order in which Karpenter tries them: by weight, and of two that weigh the same the later name first.

    Source: `OrderByWeight` in Karpenter's pkg/utils/nodepool, 1.14.1.
    """
    by_name = sorted(pools, key=lambda each: each.name, reverse=True)
    return sorted(by_name, key=lambda each: -each.weight)


Maker = Pool | Group | Profile
