"""Settings of the API server, the scheduler and the controller manager that EKS lets one change."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from eks_blueprints.cluster.durations import between
from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.leaves import repeated
from eks_blueprints.core.spec import Many, Spec


class ServiceNodePortRange(Spec):
    """The ports that Services of type NodePort may have."""

    min_port: int = Field(default=30000, ge=10260, le=32767)
    """First port, 10260 to 32767."""

    max_port: int = Field(default=32767, ge=10260, le=32767)
    """Last port, 10260 to 32767."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        faults = Faults()
        if self.max_port < self.min_port:
            faults.add("max_port", f"is below min_port {self.min_port}; got {self.max_port}; raise it")
        faults.raise_if_any()
        return self


class KubeApiServerConfig(Spec):
    """Settings of the Kubernetes API server."""

    event_ttl: str | None = None
    """How long events are kept, in one unit, `10m` to `60m`. Default: EKS's own, 1h."""

    service_node_port_range: ServiceNodePortRange | None = None
    """Ports for NodePort Services. Default: 30000 to 32767."""

    @field_validator("event_ttl")
    @classmethod
    def _in_range(cls, event_ttl: str | None) -> str | None:
        return None if event_ttl is None else between(event_ttl, "10m", "60m")


class ScoringResource(Spec):
    """How much a resource weighs when nodes are scored."""

    name: str = Field(min_length=1, max_length=253)
    """Resource, such as `cpu`, `memory` or `nvidia.com/gpu`."""

    weight: int = Field(default=1, ge=1, le=100)
    """Weight, 1 to 100."""


class ScoringStrategy(Spec):
    """How the scheduler ranks the nodes that a pod fits on."""

    type: Literal["LeastAllocated", "MostAllocated"] = "LeastAllocated"
    """Spread pods over nodes (`LeastAllocated`), or fill nodes up (`MostAllocated`)."""

    resources: Many[ScoringResource] = ()
    """Resources that count, and how much. Default: the scheduler's own, cpu and memory alike."""

    @field_validator("resources")
    @classmethod
    def _once_each(cls, resources: tuple[ScoringResource, ...]) -> tuple[ScoringResource, ...]:
        if twice := repeated(resource.name for resource in resources):
            raise ValueError(f"gives one resource two weights; got {shown(twice)}; remove one of them")
        return resources


class NodeResourcesFit(Spec):
    """The scheduler plugin that looks at free resources."""

    scoring_strategy: ScoringStrategy
    """How nodes are ranked."""


class KubeSchedulerConfig(Spec):
    """Settings of the Kubernetes scheduler."""

    node_resources_fit: NodeResourcesFit
    """How free resources decide where a pod goes."""


class HorizontalPodAutoscalerControllerConfig(Spec):
    """Settings of the horizontal pod autoscaler. They need a control plane scaling tier above `standard`."""

    horizontal_pod_autoscaler_sync_period: str
    """How often it looks, `10s` to `15s`."""

    @field_validator("horizontal_pod_autoscaler_sync_period")
    @classmethod
    def _in_range(cls, period: str) -> str:
        return between(period, "10s", "15s")


class PodGcControllerConfig(Spec):
    """Settings of the collector of finished pods."""

    terminated_pod_gc_threshold: int = Field(ge=0, le=12500)
    """How many finished pods may be kept, 0 to 12500."""


class KubeControllerManagerConfig(Spec):
    """Settings of the Kubernetes controller manager."""

    horizontal_pod_autoscaler_controller_config: HorizontalPodAutoscalerControllerConfig | None = None
    """The horizontal pod autoscaler. Default: EKS's own."""

    pod_gc_controller_config: PodGcControllerConfig | None = None
    """The collector of finished pods. Default: EKS's own."""
