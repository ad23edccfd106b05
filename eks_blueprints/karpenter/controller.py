"""How Karpenter's controller works and where it runs, as values of its chart."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field, field_validator

from eks_blueprints.core.errors import shown
from eks_blueprints.core.spec import Spec
from eks_blueprints.karpenter.durations import nanoseconds
from eks_blueprints.karpenter.quantities import Quantity

SERVICE_ACCOUNT = "karpenter"

_BATCH = re.compile(r"(?:[0-9]+(?:ms|[smh]))+")
_GATES = {
    "node_repair": "nodeRepair",
    "node_overlay": "nodeOverlay",
    "reserved_capacity": "reservedCapacity",
    "spot_to_spot_consolidation": "spotToSpotConsolidation",
    "static_capacity": "staticCapacity",
}


class KarpenterFeatureGates(Spec):
    """What Karpenter can do and does only where it is asked to."""

    node_repair: bool | None = None
    """Whether unhealthy nodes are replaced. Default: no."""
    node_overlay: bool | None = None
    """Whether NodeOverlay objects can correct prices and resources of instance types. Default: no."""
    reserved_capacity: bool | None = None
    """Whether capacity reservations are used. Default: yes."""
    spot_to_spot_consolidation: bool | None = None
    """Whether spot nodes are replaced by cheaper spot nodes. Default: no, they are only taken away."""
    static_capacity: bool | None = None
    """Whether pools with `replicas` work. Default: yes where a pool has them, otherwise no."""


class KarpenterSettings(Spec):
    """How the controller decides; the fields are those of the chart's `settings`."""

    batch_max_duration: str | None = None
    """Longest that pending pods are gathered before nodes are launched for them, such as `10s`. Default: 10s."""
    batch_idle_duration: str | None = None
    """How long without a new pending pod ends the gathering, such as `1s`. Default: 1s."""
    preference_policy: Literal["Respect", "Ignore"] | None = None
    """Whether what pods merely prefer counts when nodes are chosen. Default: Respect."""
    min_values_policy: Literal["Strict", "BestEffort"] | None = None
    """Whether a pool launches nothing where `min_values` of a requirement cannot be met, or less choice then does.
    Default: Strict."""
    isolated_vpc: bool | None = None
    """Whether AWS services without an endpoint in the VPC, such as prices and IAM, are out of reach. Instance profiles
    are then made by the platform and not by Karpenter. Default: no."""
    enable_zonal_shift: bool | None = None
    """Whether no nodes are launched in a zone from which EKS has shifted traffic away. Default: no."""
    reserved_enis: int | None = Field(default=None, ge=0, le=15)
    """Network interfaces of each node that pods get no addresses from: 1 with custom networking of the VPC CNI.
    Default: 0."""
    vm_memory_overhead_percent: float | None = Field(default=None, ge=0, lt=1)
    """Share of an instance's memory that its system is expected to take, such as 0.075. Default: 0.075."""

    @field_validator("batch_max_duration", "batch_idle_duration")
    @classmethod
    def _is_a_duration(cls, text: str | None) -> str | None:
        if text is not None and not _BATCH.fullmatch(text):
            raise ValueError(f"is no duration; got {shown(text)}; write it like 10s or 500ms")
        if text is not None:
            nanoseconds(text)
        return text

    def values(self) -> dict[str, Any]:
        """What is said, in the chart's words."""
        said: dict[str, Any] = {
            "batchMaxDuration": self.batch_max_duration,
            "batchIdleDuration": self.batch_idle_duration,
            "preferencePolicy": self.preference_policy,
            "minValuesPolicy": self.min_values_policy,
            "isolatedVPC": self.isolated_vpc,
            "enableZonalShift": self.enable_zonal_shift,
            "reservedENIs": None if self.reserved_enis is None else str(self.reserved_enis),
            "vmMemoryOverheadPercent": self.vm_memory_overhead_percent,
        }
        return {name: value for name, value in said.items() if value is not None}


class KarpenterResources(Spec):
    """Processor and memory of each pod of the controller."""

    cpu: Quantity = "1"
    """Processors that are set aside for it; it may take more."""
    memory: Quantity = "1Gi"
    """Memory that is set aside for it, and the most that it may take."""

    def values(self) -> dict[str, Any]:
        """It as Kubernetes writes it."""
        return {"requests": {"cpu": self.cpu, "memory": self.memory}, "limits": {"memory": self.memory}}


def gates(given: KarpenterFeatureGates, *, static_pools: bool) -> dict[str, bool]:
    """The feature gates in the chart's words; what a pool needs is turned on unless it is forbidden."""
    said = {chart: getattr(given, field) for field, chart in _GATES.items()}
    if static_pools and said["staticCapacity"] is None:
        said["staticCapacity"] = True
    return {name: value for name, value in said.items() if value is not None}


OWN_VALUES = ("settings.clusterName", "settings.clusterEndpoint", "settings.interruptionQueue", "serviceAccount.name")
"""Values of the chart that follow from the platform, and that nobody can say otherwise without breaking it."""

PLACEMENT: dict[str, Any] = {
    # Its own nodes would go with it, and it could never come back.
    "affinity": {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [
                    {"matchExpressions": [{"key": "karpenter.sh/nodepool", "operator": "DoesNotExist"}]}
                ]
            }
        },
        "podAntiAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "kubernetes.io/hostname"}]
        },
    },
    # The cluster's DNS may be waiting for a node that only Karpenter can launch: it asks that of the VPC.
    "dnsPolicy": "Default",
}
"""Where the controller runs: never on nodes that it, or EKS Auto Mode, launched."""
