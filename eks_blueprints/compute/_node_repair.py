"""How EKS repairs the nodes of a managed group."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.spec import Many, Spec


class NodeRepairOverride(Spec):
    """What to do about one kind of fault, instead of EKS's choice."""

    node_monitoring_condition: str = Field(min_length=1)
    """Condition that the node monitoring agent reports, such as `AcceleratedHardwareReady`."""
    node_unhealthy_reason: str = Field(min_length=1)
    """Reason that it reports, such as `NvidiaXID13Error`."""
    min_repair_wait_time_mins: int = Field(ge=1)
    """Minutes to wait before repairing."""
    repair_action: Literal["Replace", "Reboot", "NoAction"]
    """What to do then."""


class NodeRepairConfig(Spec):
    """EKS replaces or reboots nodes that stay unhealthy; most faults are seen by the node monitoring agent add-on."""

    enabled: bool = True
    """Whether EKS does so."""
    max_unhealthy_node_threshold_count: int | None = Field(default=None, ge=1)
    """More unhealthy nodes than this, and EKS repairs none."""
    max_unhealthy_node_threshold_percentage: int | None = Field(default=None, ge=1, le=100)
    """More unhealthy nodes than this percentage, and EKS repairs none. Default: 20, in groups of more than five."""
    max_parallel_nodes_repaired_count: int | None = Field(default=None, ge=1)
    """Nodes repaired at once."""
    max_parallel_nodes_repaired_percentage: int | None = Field(default=None, ge=1, le=100)
    """Percentage of the unhealthy nodes repaired at once."""
    node_repair_config_overrides: Many[NodeRepairOverride] = ()
    """Other actions for some faults."""

    @model_validator(mode="after")
    def _count_or_percentage(self) -> Self:
        faults = Faults()
        for field in ("max_unhealthy_node_threshold", "max_parallel_nodes_repaired"):
            if getattr(self, f"{field}_count") is not None and getattr(self, f"{field}_percentage") is not None:
                faults.add(f"{field}_count", f"cannot be combined with {field}_percentage; got both; keep one")
        faults.raise_if_any()
        return self
