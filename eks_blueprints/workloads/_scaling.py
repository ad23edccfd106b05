"""How many pods a workload has, how large they are, and how many may be gone at once."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.json_values import JsonValues
from eks_blueprints.core.spec import Many, Spec

_PERCENT = Form(r"(100|[1-9]?[0-9])%")


def _count(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str) and _PERCENT.fullmatch(value):
        return value
    raise ValueError(f"is neither a count nor a share; got {shown(value)}; write a number such as 1, or 25%")


CountOrShare = Annotated[
    int | str, BeforeValidator(_count), WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string"}]})
]


class PodDisruptionBudget(Spec):
    """How many pods may be gone at once while nodes are drained."""

    max_unavailable: CountOrShare | None = None
    """Pods that may be gone: a count, or a share such as `25%`."""

    min_available: CountOrShare | None = None
    """Pods that have to stay: a count, or a share."""

    unhealthy_pod_eviction_policy: Literal["IfHealthyBudget", "AlwaysAllow"] = "AlwaysAllow"
    """Whether pods that are not ready can always be evicted, so that a broken release does not hold up a drain."""

    @model_validator(mode="after")
    def _says_one(self) -> Self:
        faults = Faults()
        if (self.max_unavailable is None) == (self.min_available is None):
            got = "neither" if self.max_unavailable is None else "both"
            faults.add("max_unavailable", f"or min_available is required, and one alone; got {got}; write one of them")
        faults.raise_if_any()
        return self

    @property
    def manifest(self) -> dict[str, Any]:
        """The fields of its spec, besides the selector."""
        found = {"maxUnavailable": self.max_unavailable, "minAvailable": self.min_available}
        said = {key: value for key, value in found.items() if value is not None}
        return {**said, "unhealthyPodEvictionPolicy": self.unhealthy_pod_eviction_policy}


class HorizontalPodAutoscaler(Spec):
    """Changes the number of pods by what they use, or by other metrics. Nothing else then sets the number."""

    min_replicas: int = Field(ge=0)
    """Fewest pods. 0 needs a metric of an object or an external one, and the feature gate HPAScaleToZero."""

    max_replicas: int = Field(ge=1)
    """Most pods."""

    cpu: int | None = Field(default=None, ge=1)
    """Processor time that pods are to use on average, in percent of what they request."""

    memory: int | None = Field(default=None, ge=1)
    """Memory that pods are to use on average, in percent of what they request."""

    metrics: Many[JsonValues] = ()
    """Further metrics as in Kubernetes (MetricSpec)."""

    behavior: JsonValues = {}
    """How fast it scales, as in Kubernetes (HorizontalPodAutoscalerBehavior)."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if self.min_replicas > self.max_replicas:
            got = f"{self.min_replicas} and {self.max_replicas}"
            faults.add("max_replicas", f"is below min_replicas; got {got}; raise it")
        if self.cpu is None and self.memory is None and not self.metrics:
            faults.add("cpu", "or memory or metrics is required; got none; write one such as cpu: 70")
        faults.raise_if_any()
        return self

    @property
    def manifest(self) -> dict[str, Any]:
        """The fields of its spec, besides what it scales."""
        used = {"cpu": self.cpu, "memory": self.memory}
        targets = {
            name: {"type": "Utilization", "averageUtilization": share}
            for name, share in used.items()
            if share is not None
        }
        metrics = [{"type": "Resource", "resource": {"name": name, "target": each}} for name, each in targets.items()]
        return {
            "minReplicas": self.min_replicas,
            "maxReplicas": self.max_replicas,
            "metrics": [*metrics, *map(dict, self.metrics)],
            **({"behavior": dict(self.behavior)} if self.behavior else {}),
        }

    @property
    def resources(self) -> frozenset[str]:
        """Resources whose use it follows."""
        own = {name for name in ("cpu", "memory") if getattr(self, name) is not None}
        named = {
            each.get("resource", {}).get("name") for each in self.metrics if isinstance(each.get("resource"), dict)
        }
        return frozenset(own | {name for name in named if isinstance(name, str)})


class VerticalPodAutoscaler(Spec):
    """Changes what pods request by what they use; it needs the Vertical Pod Autoscaler on the cluster."""

    update_mode: Literal["Off", "Initial", "Recreate", "InPlaceOrRecreate"] = "Off"
    """What it does with its recommendation: nothing, set it when a pod is created, or change running pods too."""

    resource_policy: JsonValues = {}
    """Bounds for each container with its own names (PodResourcePolicy)."""

    @property
    def manifest(self) -> dict[str, Any]:
        """The fields of its spec, besides what it scales."""
        policy = {"resourcePolicy": dict(self.resource_policy)} if self.resource_policy else {}
        return {"updatePolicy": {"updateMode": self.update_mode}, **policy}


class ScaledObject(Spec):
    """Changes the number of pods by events, such as the length of a queue; it needs KEDA on the cluster."""

    min_replicas: int = Field(default=0, ge=0)
    """Fewest pods; 0 where there is nothing to do."""

    max_replicas: int = Field(default=100, ge=1)
    """Most pods."""

    triggers: Many[JsonValues] = Field(min_length=1)
    """What it follows, as in KEDA, such as `{type: cron, metadata: {…}}`."""

    spec: JsonValues = {}
    """Further fields of the ScaledObjectSpec as in KEDA."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if self.min_replicas > self.max_replicas:
            got = f"{self.min_replicas} and {self.max_replicas}"
            faults.add("max_replicas", f"is below min_replicas; got {got}; raise it")
        faults.raise_if_any()
        return self

    @property
    def manifest(self) -> dict[str, Any]:
        """The fields of its spec, besides what it scales."""
        counts = {"minReplicaCount": self.min_replicas, "maxReplicaCount": self.max_replicas}
        return {**counts, "triggers": [dict(each) for each in self.triggers], **self.spec}
