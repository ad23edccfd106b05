"""How Karpenter's controller works and where it runs, as values of its chart."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.go_durations import nanoseconds
from eks_blueprints.core.spec import Spec
from eks_blueprints.karpenter.quantities import Quantity

SERVICE_ACCOUNT = "karpenter"
IMAGE = "public.ecr.aws/karpenter/controller"
"""Where the chart takes the controller's image from."""

_BATCH = Form(r"(?:[0-9]+(?:ms|[smh]))+")
_GATES = {
    "capacity_buffer": "featureGates.capacityBuffer",
    "node_repair": "featureGates.nodeRepair",
    "node_overlay": "featureGates.nodeOverlay",
    "pod_deletion_cost_management": "featureGates.podDeletionCostManagement",
    "reserved_capacity": "featureGates.reservedCapacity",
    "spot_to_spot_consolidation": "featureGates.spotToSpotConsolidation",
    "static_capacity": "featureGates.staticCapacity",
    "terminate_first_drift": "featureGates.terminateFirstDrift",
    "terminate_first_repair": "featureGates.terminateFirstRepair",
    "dra_efa": "awsFeatureGates.draEFA",
    "dra_nvidia_gpu": "awsFeatureGates.draNVIDIAGPU",
    "node_class_cel": "awsFeatureGates.nodeClassCEL",
    "reboot_for_repair": "awsFeatureGates.rebootForRepair",
}
_SETTINGS = {
    "batch_max_duration": "batchMaxDuration",
    "batch_idle_duration": "batchIdleDuration",
    "preference_policy": "preferencePolicy",
    "min_values_policy": "minValuesPolicy",
    "isolated_vpc": "isolatedVPC",
    "enable_zonal_shift": "enableZonalShift",
    "reserved_enis": "reservedENIs",
    "vm_memory_overhead_percent": "vmMemoryOverheadPercent",
    "ami_refresh_interval": "amiRefreshInterval",
    "subnet_refresh_interval": "subnetRefreshInterval",
    "security_group_refresh_interval": "securityGroupRefreshInterval",
    "enable_dra": "enableDRA",
    "ignore_dra_requests": "ignoreDRARequests",
    "legacy_node_repair": "legacyNodeRepair",
    "disable_dry_run": "disableDryRun",
}
_MINUTE = 60 * 10**9


class KarpenterFeatureGates(Spec):
    """What Karpenter can do and does only where it is asked to."""

    capacity_buffer: bool | None = None
    """Whether CapacityBuffer objects keep spare capacity. Default: no."""
    node_repair: bool | None = None
    """Whether unhealthy nodes are replaced. Default: no."""
    node_overlay: bool | None = None
    """Whether NodeOverlay objects can correct prices and resources of instance types. Default: yes where there are
    `node_overlays`, otherwise no."""
    pod_deletion_cost_management: bool | None = None
    """Whether ReplicaSets that shrink are asked to remove pods from nodes that are to go anyway. Default: no."""
    reserved_capacity: bool | None = None
    """Whether capacity reservations are used. Default: yes."""
    spot_to_spot_consolidation: bool | None = None
    """Whether spot nodes are replaced by cheaper spot nodes. Default: no, they are only taken away."""
    static_capacity: bool | None = None
    """Whether pools with `replicas` work. Default: yes where a pool has them, otherwise no."""
    terminate_first_drift: bool | None = None
    """Whether a drifted node may be removed before its replacement exists, in a pool at its limits. Default: no."""
    terminate_first_repair: bool | None = None
    """Whether an unhealthy node may be removed before its replacement exists, in a pool at its limits. Default: no."""
    dra_efa: bool | None = None
    """Whether claims of EFA devices (dra.net) count when nodes are chosen. Default: no."""
    dra_nvidia_gpu: bool | None = None
    """Whether claims of NVIDIA's GPUs (gpu.nvidia.com) count when nodes are chosen. Default: no."""
    node_class_cel: bool | None = None
    """Whether classes of nodes may hold expressions (CEL) in their kubelet settings. Default: no."""
    reboot_for_repair: bool | None = None
    """Whether faults of GPUs that a reboot clears are repaired by one, with `node_repair`. Default: no."""

    @model_validator(mode="after")
    def _repair_is_on(self) -> Self:
        faults = Faults()
        for field in ("reboot_for_repair", "terminate_first_repair"):
            if getattr(self, field) and not self.node_repair:
                faults.add(field, "has no effect without node repair; got true; add node_repair: true")
        faults.raise_if_any()
        return self

    @staticmethod
    def chart_names() -> dict[str, str]:
        """Where the chart's settings take each gate."""
        return dict(_GATES)


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
    are then created by the platform and not by Karpenter. Default: no.
    """
    enable_zonal_shift: bool | None = None
    """Whether no nodes are launched in a zone from which EKS has shifted traffic away. Default: no."""
    reserved_enis: int | None = Field(default=None, ge=0, le=15)
    """Network interfaces of each node that pods get no addresses from: 1 with custom networking of the VPC CNI.
    Default: 0."""
    vm_memory_overhead_percent: float | None = Field(default=None, ge=0, lt=1)
    """Share of an instance's memory that its system is expected to take, such as 0.075. Default: 0.075."""

    ami_refresh_interval: str | None = None
    """Time between two looks at images, at least `1m`. Default: 1m."""
    subnet_refresh_interval: str | None = None
    """Time between two looks at subnets, at least `1m`. Default: 1m."""
    security_group_refresh_interval: str | None = None
    """Time between two looks at security groups, at least `1m`. Default: 1m."""
    enable_dra: bool | None = None
    """Whether claims of devices count for all drivers that Karpenter knows. Default: no."""
    ignore_dra_requests: bool | None = None
    """Whether pods' claims of devices are ignored when nodes are chosen. Default: yes."""
    legacy_node_repair: bool | None = None
    """Whether unhealthy nodes are replaced as before 1.15, apart from disruption budgets. Default: no."""
    disable_dry_run: bool | None = None
    """Whether classes of nodes are taken without a trial of the permissions that they need. Default: no."""

    @field_validator("ami_refresh_interval", "subnet_refresh_interval", "security_group_refresh_interval")
    @classmethod
    def _is_a_minute_or_more(cls, text: str | None) -> str | None:
        if text is not None and nanoseconds(text) < _MINUTE:
            raise ValueError(f"is too short; got {shown(text)}; use at least 1m")
        return text

    @model_validator(mode="after")
    def _says_it_once(self) -> Self:
        if self.enable_dra and self.ignore_dra_requests is not None:
            faults = Faults()
            faults.add("ignore_dra_requests", "follows from enable_dra; got both; leave one out")
            faults.raise_if_any()
        return self

    @field_validator("batch_max_duration", "batch_idle_duration")
    @classmethod
    def _is_a_duration(cls, text: str | None) -> str | None:
        if text is not None and not _BATCH.fullmatch(text):
            raise ValueError(f"is not a valid duration; got {shown(text)}; write it like 10s or 500ms")
        if text is not None:
            nanoseconds(text)
        return text

    def values(self) -> dict[str, Any]:
        """What is said, in the chart's words."""
        said = {chart: getattr(self, field) for field, chart in _SETTINGS.items()}
        if self.reserved_enis is not None:
            said["reservedENIs"] = str(self.reserved_enis)
        return {name: value for name, value in said.items() if value is not None}

    @staticmethod
    def chart_name(field: str) -> str:
        """What the chart calls a setting."""
        return _SETTINGS[field]


class KarpenterResources(Spec):
    """Processor and memory of each pod of the controller."""

    cpu: Quantity = "1"
    """Processors that are set aside for it; it may take more."""
    memory: Quantity = "1Gi"
    """Memory that is set aside for it, and the most that it may take."""

    def values(self) -> dict[str, Any]:
        """It as Kubernetes writes it."""
        return {"requests": {"cpu": self.cpu, "memory": self.memory}, "limits": {"memory": self.memory}}


def gates(given: KarpenterFeatureGates, needed: Collection[str] = ()) -> dict[str, dict[str, bool]]:
    """The feature gates in the chart's settings; those needed are turned on unless they are said."""
    said: dict[str, dict[str, bool]] = {}
    for field, place in _GATES.items():
        value = getattr(given, field)
        if value is None and field in needed:
            value = True
        if value is not None:
            group, _, name = place.partition(".")
            said.setdefault(group, {})[name] = value
    return said


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
