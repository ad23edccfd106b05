"""Pools of nodes: what Karpenter, run by the platform or by EKS Auto Mode, may launch, keep and take away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.karpenter import pool_rules
from eks_blueprints.karpenter.disruption import DEFAULT_BUDGETS, Disruption, Reason, allowed_disruptions
from eks_blueprints.karpenter.durations import Duration, DurationOrNever
from eks_blueprints.karpenter.forms import Some
from eks_blueprints.karpenter.labels import (
    ARCHITECTURE,
    AUTO_MODE,
    CAPACITY_TYPE,
    INSTANCE_TYPE,
    KARPENTER,
    OPERATING_SYSTEM,
    ZONE,
    Flavor,
    object_name,
)
from eks_blueprints.karpenter.object_metadata import ObjectMetadata
from eks_blueprints.karpenter.quantities import Quantity
from eks_blueprints.karpenter.requirements import Requirement
from eks_blueprints.karpenter.taints import Taint

CapacityType = Literal["spot", "on-demand", "reserved"]


class Pool(Spec):
    """What pools of both flavors have."""

    flavor: ClassVar[Flavor]
    """Which controller makes the nodes."""

    name: str
    """Name of the NodePool, and of the label `karpenter.sh/nodepool` of its nodes."""
    metadata: ObjectMetadata | None = None
    """Labels and annotations of the NodePool itself; those of its nodes are `labels` and `annotations`."""
    node_class: str = "default"
    """Name of the class of nodes that says which subnets, security groups, images and disks they get."""
    architectures: Some[Literal["amd64", "arm64"]] | None = None
    """Processor architectures. Default: any."""
    zones: Some[str] | None = None
    """Availability zones by name, such as `us-west-2a`. Default: those of the subnets of the class."""
    capacity_types: Some[CapacityType] | None = None
    """How instances are bought. If several are allowed, reserved capacity is used first, then spot, and on-demand if
    there is no spot capacity; their order here does not matter. Default: any.
    """
    instance_types: Some[str] | None = None
    """Instance types, such as `m7g.large`. Default: any."""
    instance_categories: Some[str] | None = None
    """First letters of instance types, such as `c`, `m`, `r`. Default: any."""
    instance_families: Some[str] | None = None
    """Instance types without their size, such as `m7g`. Default: any."""
    instance_sizes: Some[str] | None = None
    """Sizes of instances, such as `xlarge`. Default: any."""
    min_instance_generation: int | None = Field(default=None, ge=1, le=99)
    """Lowest generation: 5 leaves m5 and m7g and not m4. Default: any."""
    requirements: Many[Requirement] = Field(default=(), max_length=100)
    """Further conditions on the labels of nodes. A label is either here or in its own field above."""
    labels: dict[str, str] = Field(default={}, max_length=100)
    """Labels that every node gets."""
    annotations: dict[str, str] = {}
    """Annotations that every node gets."""
    taints: Many[Taint] = ()
    """Taints that every node gets."""
    startup_taints: Many[Taint] = ()
    """Taints that nodes start with and something, mostly a DaemonSet, removes; pods need not tolerate them."""
    limits: dict[str, Quantity] = {}
    """Most of each resource that all nodes together may have, such as `cpu: "1000"`, `memory: 1000Gi`, `nodes: "20"`;
    launches stop at the limit. Default: none."""
    weight: int | None = Field(default=None, ge=1, le=100)
    """Priority among pools that fit: the pool with the highest weight is used first. Default: 0."""
    replicas: int | None = Field(default=None, ge=0, le=2**31 - 1)
    """Number of nodes of a static pool, independent of pods. A pool cannot become static, or stop being static, later.
    Default: Karpenter adds and removes nodes for pods.
    """
    disruption: Disruption | None = None
    """How nodes are consolidated, and how many may be away at once. Default: as soon as possible, 10% at a time."""
    expire_after: DurationOrNever | None = None
    """Age at which nodes are replaced, budgets or not, such as `720h`."""
    termination_grace_period: Duration | None = None
    """Longest that a leaving node waits for its pods, past which disruption budgets of pods and `do-not-disrupt` no
    longer hold, such as `24h`."""

    @field_validator("name", "node_class")
    @classmethod
    def _name_has_the_form(cls, name: str) -> str:
        return object_name(name)

    @model_validator(mode="after")
    def _rules_hold(self) -> Self:
        faults = Faults()
        pool_rules.check(self, faults)
        self._check_flavor(faults)
        faults.raise_if_any()
        return self

    def _check_flavor(self, faults: Faults) -> None:
        """Note what only this flavor refuses."""

    @property
    def shorthands(self) -> dict[str, Requirement]:
        """The conditions that fields of their own say, by field."""
        domain = self.flavor.group
        lists: dict[str, tuple[str, Sequence[str] | None]] = {
            "architectures": (ARCHITECTURE, self.architectures),
            "zones": (ZONE, self.zones),
            "capacity_types": (CAPACITY_TYPE, self.capacity_types),
            "instance_types": (INSTANCE_TYPE, self.instance_types),
            "instance_categories": (f"{domain}/instance-category", self.instance_categories),
            "instance_families": (f"{domain}/instance-family", self.instance_families),
            "instance_sizes": (f"{domain}/instance-size", self.instance_sizes),
        }
        found = {
            field: Requirement.model_construct(key=key, operator="In", values=tuple(values))
            for field, (key, values) in lists.items()
            if values
        }
        if self.min_instance_generation is not None:
            number = str(self.min_instance_generation - 1)
            key = f"{domain}/instance-generation"
            found["min_instance_generation"] = Requirement.model_construct(key=key, operator="Gt", values=(number,))
        return found

    @property
    def all_requirements(self) -> tuple[Requirement, ...]:
        """All conditions on labels: those of the fields of their own, then the further ones."""
        return (*self.shorthands.values(), *self.requirements)

    def allowed_disruptions(self, nodes: int, reason: Reason, at: datetime) -> int:
        """How many of so many nodes may be on their way out at a moment for a reason.

        Raises:
            ValueError: if the moment has no time zone.
        """
        budgets = DEFAULT_BUDGETS if self.disruption is None else self.disruption.budgets_in_force
        return allowed_disruptions(budgets, nodes, reason, at)


class NodePool(Pool):
    """A pool of the Karpenter that the platform runs; its class is an `Ec2NodeClass`."""

    flavor: ClassVar[Flavor] = KARPENTER

    operating_systems: Some[Literal["linux", "windows"]] | None = None
    """Operating systems. Default: that of the image of the class."""

    @property
    def shorthands(self) -> dict[str, Requirement]:
        found = super().shorthands
        if self.operating_systems:
            requirement = Requirement.model_construct(
                key=OPERATING_SYSTEM, operator="In", values=tuple(self.operating_systems)
            )
            found["operating_systems"] = requirement
        return found


class AutoModeNodePool(Pool):
    """A pool of EKS Auto Mode's own; its class is a `NodeClass`, by default the one that Auto Mode brings."""

    flavor: ClassVar[Flavor] = AUTO_MODE

    def _check_flavor(self, faults: Faults) -> None:
        pool_rules.check_auto_mode(self, faults)
