"""What changes the number of a workload's pods by metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core import versions
from eks_blueprints.core.errors import Faults, Problem
from eks_blueprints.core.json_values import JsonValues
from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.core.versions import HPA_TOLERANCE
from eks_blueprints.workloads._metrics import (
    ContainerUse,
    ExternalMetric,
    ObjectMetric,
    PodsMetric,
    Use,
    metric_names,
)
from eks_blueprints.workloads._words import MOST_PODS, MaxReplicas, by_name

_HAS_TOLERANCE = 33
"""Minor version from which on `behavior` has the field tolerance."""


_MADE = AfterValidator(metric_names)
_OF_PODS = by_name("{requests: {average_value: 10}}")


class HorizontalPodAutoscaler(Spec):
    """Changes the number of pods by what they use, or by other metrics. Nothing else then sets the number.

    Of several metrics the one that wants most pods counts. `eks-blueprints explain hpa` computes what it does.
    """

    min_replicas: int = Field(ge=0, le=MOST_PODS)
    """Fewest pods, at least 1: no EKS version lets a HorizontalPodAutoscaler scale to 0; `scaled_object` can."""

    max_replicas: MaxReplicas
    """Most pods."""

    cpu: Use | None = None
    """Processor time that pods are to use on average: percent of what they request, or an amount such as `500m`."""

    memory: Use | None = None
    """Memory that pods are to use on average, in the same forms."""

    containers: Annotated[dict[str, ContainerUse], by_name("{web: {cpu: 70}}")] = {}
    """The same for one container of each pod, by its name."""

    pods_metrics: Annotated[dict[str, PodsMetric], _OF_PODS, _MADE] = {}
    """Metrics of each pod, by name; they need an add-on that serves custom.metrics.k8s.io, such as
    prometheus_adapter."""

    object_metrics: Annotated[dict[str, ObjectMetric], by_name("{requests: {kind: Ingress, …}}"), _MADE] = {}
    """Metrics of one object, by name; they need the same."""

    external_metrics: Annotated[dict[str, ExternalMetric], by_name("{queue: {average_value: 30}}"), _MADE] = {}
    """Metrics of something outside of the cluster, by name; they need an add-on that serves external.metrics.k8s.io.
    For those of CloudWatch use `scaled_object`."""

    metrics: Many[JsonValues] = ()
    """Further metrics as in Kubernetes (MetricSpec)."""

    behavior: JsonValues = {}
    """How fast it scales, as in Kubernetes (HorizontalPodAutoscalerBehavior). Default: at most twice the pods, or 4,
    at once, and fewer only when fewer have been wanted for five minutes."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if self.min_replicas == 0:
            do = "use 1 or more, or scaled_object, with KEDA"
            what = "cannot be 0, as EKS does not turn on the feature gate HPAScaleToZero"
            faults.add("min_replicas", f"{what}; got 0; {do}")
        if not self._specs and not self.metrics:
            faults.add("cpu", "or memory or metrics is required; got none; write one such as cpu: 70")
        faults.raise_if_any()
        return self

    @property
    def _specs(self) -> list[dict[str, Any]]:
        """Its metrics as MetricSpecs, besides those that are written as such."""
        found: list[dict[str, Any]] = []
        for resource in ("cpu", "memory"):
            if (use := getattr(self, resource)) is not None:
                found.append({"type": "Resource", "resource": {"name": resource, "target": _target(use)}})
        for container, uses in self.containers.items():
            for resource in ("cpu", "memory"):
                if (use := getattr(uses, resource)) is not None:
                    held = {"name": resource, "container": container, "target": _target(use)}
                    found.append({"type": "ContainerResource", "containerResource": held})
        for metrics in (self.pods_metrics, self.object_metrics, self.external_metrics):
            found += [each.spec(name) for name, each in metrics.items()]
        return found

    @property
    def all_metrics(self) -> list[dict[str, Any]]:
        """Its metrics as MetricSpecs."""
        return [*self._specs, *map(dict, self.metrics)]

    @property
    def manifest(self) -> dict[str, Any]:
        """The fields of its spec, besides what it scales."""
        return {
            "minReplicas": self.min_replicas,
            "maxReplicas": self.max_replicas,
            "metrics": self.all_metrics,
            **({"behavior": dict(self.behavior)} if self.behavior else {}),
        }

    @property
    def resources(self) -> frozenset[str]:
        """Resources whose use it follows."""
        return frozenset(resource for resource, _, _ in self.uses)

    @property
    def uses(self) -> list[tuple[str, str | None, bool]]:
        """What it follows: a resource, the container where it is of one, and whether as a share of its request."""
        found = []
        for each in self.all_metrics:
            for word in ("resource", "containerResource"):
                part = each.get(word)
                if isinstance(part, Mapping) and isinstance(part.get("name"), str):
                    target = part.get("target")
                    share = isinstance(target, Mapping) and target.get("averageUtilization") is not None
                    container = part.get("container") if word == "containerResource" else None
                    found.append((part["name"], container, share))
        return found

    @property
    def apis(self) -> dict[str, str]:
        """API groups that serve its metrics, each with the field that needs it."""
        found: dict[str, str] = {}
        own: dict[str, tuple[str, ...]] = {
            "metrics.k8s.io": ("cpu", "memory", "containers"),
            "custom.metrics.k8s.io": ("pods_metrics", "object_metrics"),
            "external.metrics.k8s.io": ("external_metrics",),
        }
        for group, fields in own.items():
            for field in fields:
                if getattr(self, field):
                    found.setdefault(group, field)
        for each in self.metrics:
            if (served := _SERVED.get(str(each.get("type")))) is not None:
                found.setdefault(served, "metrics")
        return found

    def problems_at(self, version: str | None) -> Iterator[Problem]:
        """What a Kubernetes version makes of its behavior."""
        minor = HPA_TOLERANCE if version is None else versions.minor(version)
        for direction in ("scaleUp", "scaleDown"):
            rules = self.behavior.get(direction)
            # Before it has the field, the schema of that version refuses it.
            said = isinstance(rules, Mapping) and rules.get("tolerance") is not None
            if said and _HAS_TOLERANCE <= minor < HPA_TOLERANCE:
                what = f"is ignored before Kubernetes 1.{HPA_TOLERANCE}, where the tolerance is 0.1; got {version}"
                at = ("behavior", direction, "tolerance")
                yield Problem(at, f"{what}; upgrade the cluster, or remove it", severity="warning")


_SERVED: Mapping[str, Literal["metrics.k8s.io", "custom.metrics.k8s.io", "external.metrics.k8s.io"]] = {
    "ContainerResource": "metrics.k8s.io",
    "External": "external.metrics.k8s.io",
    "Object": "custom.metrics.k8s.io",
    "Pods": "custom.metrics.k8s.io",
    "Resource": "metrics.k8s.io",
}


def _target(use: int | str) -> dict[str, Any]:
    if isinstance(use, int):
        return {"type": "Utilization", "averageUtilization": use}
    return {"type": "AverageValue", "averageValue": use}
