"""What is measured while a workload is rolled out: AnalysisTemplates of Argo Rollouts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, Path, Problem
from eks_blueprints.core.leaves import short_names
from eks_blueprints.core.spec import Spec
from eks_blueprints.karpenter.durations import Duration

if TYPE_CHECKING:
    from eks_blueprints.core.refs import Ground


class PrometheusMetric(Spec):
    """A query of Prometheus."""

    query: str = Field(min_length=1)
    """The query, whose result is a vector: `result[0]` is its first value."""

    address: str | None = Field(default=None, pattern=r"^https?://\S+$")
    """URL of Prometheus. Default: that of kube_prometheus_stack on the cluster."""


class CloudWatchMetric(Spec):
    """A metric of CloudWatch, which the controller reads with its own IAM role."""

    namespace: str = Field(min_length=1)
    """Namespace of the metric, such as `AWS/ApplicationELB`."""

    metric: str = Field(min_length=1)
    """Name of the metric, such as `HTTPCode_Target_5XX_Count`."""

    dimensions: dict[str, str] = {}
    """Its dimensions by their names."""

    statistic: str = Field(default="Sum", min_length=1)
    """Statistic, such as `Sum`, `Average` or `p99`."""

    period_seconds: int = Field(default=300, ge=1, le=86400)
    """Seconds that each value is of."""

    lookback: Duration = "30m"
    """How far back it looks."""

    def manifest(self) -> dict[str, Any]:
        """It as Argo Rollouts takes it."""
        metric: dict[str, Any] = {"namespace": self.namespace, "metricName": self.metric}
        if self.dimensions:
            metric["dimensions"] = [{"name": key, "value": value} for key, value in sorted(self.dimensions.items())]
        stat = {"metric": metric, "period": self.period_seconds, "stat": self.statistic}
        return {
            "interval": self.lookback,
            "metricDataQueries": [{"id": "value", "metricStat": stat, "returnData": True}],
        }


class WebMetric(Spec):
    """An answer by HTTP in JSON."""

    url: str = Field(pattern=r"^https?://\S+$")
    """What is asked, by GET."""

    json_path: str = Field(default="{$}", pattern=r"^\{.+\}$")
    """What of the answer is the result: `{$.data.ok}`."""

    headers: dict[str, str] = {}
    """Headers by their names; everyone who can read the template sees them: do not put secrets here."""

    timeout_seconds: int = Field(default=10, ge=1)
    """Seconds after which there is no answer."""

    def manifest(self) -> dict[str, Any]:
        """It as Argo Rollouts takes it."""
        headers = [{"key": key, "value": value} for key, value in sorted(self.headers.items())]
        found = {"url": self.url, "jsonPath": self.json_path, "timeoutSeconds": self.timeout_seconds}
        return found | ({"headers": headers} if headers else {})


class Metric(Spec):
    """What is measured, and what is good or bad."""

    prometheus: PrometheusMetric | None = None
    """A query of Prometheus."""

    cloudwatch: CloudWatchMetric | None = None
    """A metric of CloudWatch."""

    web: WebMetric | None = None
    """An answer by HTTP."""

    success: str | None = Field(default=None, min_length=1)
    """When a measurement is good, such as `len(result) == 0 || result[0] < 0.05`."""

    failure: str | None = Field(default=None, min_length=1)
    """When it is bad."""

    interval: Duration | None = None
    """How often it is measured. Default: once."""

    count: int | None = Field(default=None, ge=1)
    """How often in all. Default: once, or with an interval as long as the release goes on."""

    failure_limit: int = Field(default=0, ge=0)
    """How many bad measurements are still fine; one more takes the release back."""

    initial_delay: Duration | None = None
    """How long it waits before it measures."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        faults = Faults()
        said = [name for name in ("prometheus", "cloudwatch", "web") if getattr(self, name) is not None]
        if len(said) != 1:
            got = ", ".join(said) or "none"
            faults.add("prometheus", f"or another source is required, and one alone; got {got}; write one of them")
        if self.success is None and self.failure is None:
            do = "write when it is good, or bad"
            faults.add("success", f"or failure is required: nothing would be decided; got neither; {do}")
        if self.count is not None and self.count > 1 and self.interval is None:
            faults.add("interval", f"is required to measure several times; got count {self.count}; write it like 1m")
        faults.raise_if_any()
        return self

    def manifest(self, name: str, prometheus: str | None) -> dict[str, Any]:
        """It as Argo Rollouts takes it; `prometheus` is the URL of the cluster's own."""
        if self.prometheus is not None:
            query = {
                "address": self.prometheus.address or prometheus or "http://prometheus",
                "query": self.prometheus.query,
            }
            provider: dict[str, Any] = {"prometheus": query}
        elif self.cloudwatch is not None:
            provider = {"cloudWatch": self.cloudwatch.manifest()}
        else:
            provider = {"web": self.web.manifest() if self.web is not None else {}}
        found = {
            "successCondition": self.success,
            "failureCondition": self.failure,
            "interval": self.interval,
            "count": self.count,
            "failureLimit": self.failure_limit or None,
            "initialDelay": self.initial_delay,
        }
        return {"name": name, **{key: value for key, value in found.items() if value is not None}, "provider": provider}


class Analysis(Spec):
    """Measurements that decide whether a release goes on or is taken back."""

    metrics: Annotated[dict[str, Metric], AfterValidator(short_names)] = Field(min_length=1)
    """What is measured, by names of your choice."""

    def manifest(self, prometheus: str | None) -> dict[str, Any]:
        """The spec of its AnalysisTemplate."""
        return {"metrics": [each.manifest(name, prometheus) for name, each in self.metrics.items()]}

    def problems_on(self, ground: Ground, at: Path) -> Iterator[Problem]:
        """Queries of a Prometheus that nobody knows."""
        known = ground.telemetry is None or ground.telemetry.prometheus_url is not None
        for name, each in self.metrics.items():
            if each.prometheus is not None and each.prometheus.address is None and not known:
                do = "write address, or add kube_prometheus_stack to addons"
                message = f"needs the URL of Prometheus; got none, and no kube_prometheus_stack; {do}"
                yield Problem((*at, "metrics", name, "prometheus", "address"), message)


Analyses = Annotated[dict[str, Analysis], AfterValidator(short_names)]
