"""What changes the number of a workload's pods by metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from eks_blueprints.core import versions
from eks_blueprints.core.errors import Faults, Problem, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.json_values import JsonValues
from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.karpenter.quantities import Quantity, exact
from eks_blueprints.workloads._words import by_name, check_bounds

MOST = 2**31 - 1
"""As many pods Kubernetes counts."""
_PERCENT = Form(r"([1-9][0-9]{0,8})%")
_NO_TOLERANCE, _TOLERANT = 33, 35
"""Minor versions from which on `behavior` has the field tolerance, and from which on it counts: the feature gate
HPAConfigurableTolerance is off in 1.33 and 1.34, and EKS lets no gate be changed.

Source: pkg/features/kube_features.go of Kubernetes 1.36, 2026-11."""
_METRIC = Form(
    r"(?!\.{1,2}$)[^/%]{1,253}", what="is not a valid name of a metric", do="use a name without / and %, such as queue"
)


def _use(value: Any) -> Any:
    """A share of what pods request, in percent, or an amount.

    Raises:
        ValueError: if it is neither.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        if not 1 <= value <= MOST:
            raise ValueError(f"is no share; got {value}; write percent of what pods request, such as 70")
        return value
    if isinstance(value, str):
        if match := _PERCENT.fullmatch(value):
            return int(match[1])
        if exact(value) > 0:
            return value
    raise ValueError(f"is neither a share nor an amount; got {shown(value)}; write percent such as 70, or 500m")


Use = Annotated[
    int | str,
    BeforeValidator(_use),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string"}]}),
]
"""How much pods are to use on average: percent of what they request, or an amount such as `500m`."""


def _positive(value: str) -> str:
    if exact(value) <= 0:
        raise ValueError(f"needs more than 0; got {shown(value)}; raise it")
    return value


Amount = Annotated[Quantity, AfterValidator(_positive)]


def _metric_names(found: dict[str, Any]) -> dict[str, Any]:
    faults = Faults()
    for name in found:
        if fault := _METRIC.fault(name):
            faults.add((name,), fault)
    faults.raise_if_any()
    return found


class ContainerUse(Spec):
    """How much one container of each pod is to use on average."""

    cpu: Use | None = None
    """Processor time: percent of what it requests, or an amount such as `500m`."""

    memory: Use | None = None
    """Memory, in the same forms."""

    @model_validator(mode="after")
    def _says_one(self) -> Self:
        faults = Faults()
        if self.cpu is None and self.memory is None:
            faults.add("cpu", "or memory is required; got neither; write one such as cpu: 70")
        faults.raise_if_any()
        return self


class PrometheusSeries(Spec):
    """Where the Prometheus Adapter takes a metric of pods from."""

    series: str = Field(pattern=r"^[a-zA-Z_:][a-zA-Z0-9_:]*$", max_length=253)
    """Name of the series in Prometheus, such as `http_requests_total`; it has the labels `namespace` and `pod`."""

    query: str | None = Field(default=None, min_length=1)
    """Query in the adapter's own form, with `<<.Series>>`, `<<.LabelMatchers>>` and `<<.GroupBy>>`. Default: the rate
    within two minutes of a series that ends in `_total`, and the average of any other."""

    def rule(self, metric: str) -> dict[str, Any]:
        """The adapter's rule for it."""
        rate = "sum(rate(<<.Series>>{<<.LabelMatchers>>}[2m])) by (<<.GroupBy>>)"
        mean = "avg(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)"
        return {
            "seriesQuery": f'{self.series}{{namespace!="",pod!=""}}',
            "resources": {"overrides": {each: {"resource": each} for each in ("namespace", "pod")}},
            "name": {"as": metric},
            "metricsQuery": self.query or (rate if self.series.endswith("_total") else mean),
        }


class PodsMetric(Spec):
    """A metric of each pod, which custom.metrics.k8s.io serves."""

    average_value: Amount
    """What it is to be on average."""

    selector: dict[str, str] = {}
    """Labels of the metric."""

    prometheus: PrometheusSeries | None = None
    """The series that the Prometheus Adapter of the platform makes it from. Default: its rules say so."""

    def spec(self, name: str) -> dict[str, Any]:
        """It as a MetricSpec."""
        target = {"type": "AverageValue", "averageValue": self.average_value}
        return {"type": "Pods", "pods": {"metric": _identified(name, self.selector), "target": target}}


class _OneOfTwo(Spec):
    value: Amount | None = None
    """What it is to be, whatever the number of pods."""

    average_value: Amount | None = None
    """What it is to be for each pod, divided by their number."""

    selector: dict[str, str] = {}
    """Labels of the metric."""

    @model_validator(mode="after")
    def _says_one(self) -> Self:
        faults = Faults()
        if (self.value is None) == (self.average_value is None):
            got = "neither" if self.value is None else "both"
            faults.add("value", f"or average_value is required, and one alone; got {got}; write one of them")
        faults.raise_if_any()
        return self

    @property
    def target(self) -> dict[str, Any]:
        """It as a MetricTarget."""
        if self.value is not None:
            return {"type": "Value", "value": self.value}
        return {"type": "AverageValue", "averageValue": self.average_value}


class ObjectMetric(_OneOfTwo):
    """A metric of one object, such as an Ingress, which custom.metrics.k8s.io serves."""

    api_version: str = Field(min_length=1)
    """API version of the object, such as `networking.k8s.io/v1`."""

    kind: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9]*$")
    """Its kind, such as `Ingress`."""

    object_name: str = Field(pattern=r"^[^/%]+$")
    """Its name; it is in the namespace of the workload."""

    def spec(self, name: str) -> dict[str, Any]:
        """It as a MetricSpec."""
        described = {"apiVersion": self.api_version, "kind": self.kind, "name": self.object_name}
        held = {"describedObject": described, "metric": _identified(name, self.selector), "target": self.target}
        return {"type": "Object", "object": held}


class ExternalMetric(_OneOfTwo):
    """A metric of something outside of the cluster, which external.metrics.k8s.io serves."""

    def spec(self, name: str) -> dict[str, Any]:
        """It as a MetricSpec."""
        held = {"metric": _identified(name, self.selector), "target": self.target}
        return {"type": "External", "external": held}


def _identified(name: str, selector: Mapping[str, str]) -> dict[str, Any]:
    return {"name": name, **({"selector": {"matchLabels": dict(selector)}} if selector else {})}


_MADE = AfterValidator(_metric_names)
_OF_PODS = by_name("{requests: {average_value: 10}}")


class HorizontalPodAutoscaler(Spec):
    """Changes the number of pods by what they use, or by other metrics. Nothing else then sets the number.

    Of several metrics the one that wants most pods counts. `eks-blueprints explain hpa` computes what it does.
    """

    min_replicas: int = Field(ge=0, le=MOST)
    """Fewest pods, at least 1: no EKS version lets a HorizontalPodAutoscaler scale to 0; `scaled_object` can."""

    max_replicas: int = Field(ge=1, le=MOST)
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
        check_bounds(self.min_replicas, self.max_replicas, faults)
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
        minor = _TOLERANT if version is None else versions.minor(version)
        for direction in ("scaleUp", "scaleDown"):
            rules = self.behavior.get(direction)
            # Before it has the field, the schema of that version refuses it.
            if isinstance(rules, Mapping) and rules.get("tolerance") is not None and _NO_TOLERANCE <= minor < _TOLERANT:
                what = f"is ignored before Kubernetes 1.{_TOLERANT}, where the tolerance is 0.1; got {version}"
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
