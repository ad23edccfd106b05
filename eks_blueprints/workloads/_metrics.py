"""What a HorizontalPodAutoscaler follows: what pods use, their own metrics, those of objects, and of the outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import Spec
from eks_blueprints.karpenter.quantities import Quantity, exact
from eks_blueprints.workloads._words import MOST_PODS, check_one

_PERCENT = Form(r"([1-9][0-9]{0,8})%")
_METRIC = Form(
    r"(?!\.{1,2}$)[^/%]{1,253}", what="is not a valid name of a metric", do="use a name without / and %, such as queue"
)


def _use(value: Any) -> Any:
    """A share of what pods request, in percent, or an amount.

    Raises:
        ValueError: if it is neither.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        if not 1 <= value <= MOST_PODS:
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


def metric_names(found: dict[str, Any]) -> dict[str, Any]:
    """Metrics by name, as they are.

    Raises:
        ValueError: if a name is none.
    """
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
        check_one(self, "value", "average_value", faults)
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
