"""The alarms as alarms of CloudWatch.

Names, dimensions and meaning of metrics: `ContainerInsights` by the declarations of amazon-cloudwatch-agent and its
receiver (2026-08; the agent of the EKS add-on sends them as "enhanced observability" does), `AWS/EKS` by the EKS user
guide, "Basic metrics in Amazon CloudWatch", `AWS/CertificateManager` by the ACM user guide, "Supported CloudWatch
metrics".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from eks_blueprints.observability.alarm_spec import (
    Alarms,
    ApiServerErrors,
    CertificateExpiry,
    ContainerRestarts,
    NodePressure,
    OomKills,
    PendingPods,
)

INSIGHTS = "ContainerInsights"
CONTROL_PLANE = "AWS/EKS"
CERTIFICATES = "AWS/CertificateManager"

NO_METRIC = ("cpu_throttling", "hpa_at_maximum", "volume_nearly_full")
"""Alarms that no metric of CloudWatch tells: neither Container Insights nor EKS measure throttled periods, bounds of
autoscalers, or how full a claim is."""
NEEDS_INSIGHTS = ("container_restarts", "oom_kills", "node_pressure")
"""Alarms whose metrics come from Container Insights alone."""

_PRESSURES = {
    "MemoryPressure": ("memory", "node_status_condition_memory_pressure"),
    "DiskPressure": ("disk", "node_status_condition_disk_pressure"),
    "PIDPressure": ("pid", "node_status_condition_pid_pressure"),
}
_DAY = 86400


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of CloudWatch; its dimensions are the cluster's name, unless others are given."""

    namespace: str
    name: str
    statistic: Literal["Average", "Maximum", "Minimum", "Sum"]
    dimensions: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """An alarm of CloudWatch."""

    key: str
    """What its resource's name ends with."""
    metrics: Mapping[str, Metric]
    """By their ids in the expression."""
    threshold: float
    severity: str
    description: str
    expression: str | None = None
    """What is compared, where it is not the only metric."""
    below: bool = False
    """Whether it tells what falls to the threshold, rather than what reaches it."""
    period: int = 60
    """Seconds that one value is of."""
    periods: int = 1
    """How many values in a row have to be beyond the threshold."""
    missing: Literal["notBreaching", "ignore"] = "notBreaching"
    """What a value that is not there counts as."""
    source: tuple[str, ...] = field(default=())
    """The field of the alarm that it comes from, below that of the alarm."""

    @property
    def operator(self) -> str:
        """How a value is compared with the threshold."""
        return "LessThanOrEqualToThreshold" if self.below else "GreaterThanOrEqualToThreshold"


def watches(alarms: Alarms, *, insights: bool, certificates: Iterable[str]) -> Iterator[tuple[str, Watch]]:
    """The alarms that are enabled and that CloudWatch has a metric of, each with its field.

    Args:
        alarms: what is asked for.
        insights: whether Container Insights is on the cluster.
        certificates: ARNs of the certificates of the platform's workloads.
    """
    for name, make in _WATCHES.items():
        alarm = getattr(alarms, name)
        if alarm.enabled and (insights or name not in NEEDS_INSIGHTS):
            for watch in make(alarm, insights, certificates):
                yield name, watch


def _restarts(alarm: ContainerRestarts, _insights: bool, _certificates: Any) -> Iterator[Watch]:
    metric = Metric(INSIGHTS, "pod_number_of_container_restarts", "Sum")
    window = alarm.window_minutes * 60
    yield Watch(
        "container-restarts",
        {"restarts": metric},
        alarm.restarts,
        alarm.severity,
        f"Containers restarted {alarm.restarts} times or more in {alarm.window_minutes} minutes.",
        period=window,
        # Windows that overlap would count the same restart again; values that follow each other do not.
        periods=min(max(1, -(-alarm.for_minutes * 60 // window)), _DAY // window),
    )


def _oom_kills(alarm: OomKills, _insights: bool, _certificates: Any) -> Iterator[Watch]:
    window = alarm.window_minutes * 60
    yield Watch(
        "oom-kills",
        {"kills": Metric(INSIGHTS, "pod_container_status_terminated_reason_oom_killed", "Maximum")},
        1,
        alarm.severity,
        "A container was killed because it used more memory than its limit, and its pod is still there.",
        period=window,
        periods=min(max(1, -(-alarm.for_minutes * 60 // window)), _DAY // window),
    )


def _pending(alarm: PendingPods, insights: bool, _certificates: Any) -> Iterator[Watch]:
    # The scheduler's own metric is free and knows pods alone that no node takes, not those without their image.
    scheduler = Metric(CONTROL_PLANE, "scheduler_pending_pods_UNSCHEDULABLE", "Sum")
    yield Watch(
        "pending-pods",
        {"pending": Metric(INSIGHTS, "pod_status_pending", "Maximum") if insights else scheduler},
        1,
        alarm.severity,
        f"Pods are pending for {_minutes(alarm.for_minutes)}."
        if insights
        else f"Pods find no node for {_minutes(alarm.for_minutes)}.",
        periods=max(1, alarm.for_minutes),
    )


def _pressure(alarm: NodePressure, _insights: bool, _certificates: Any) -> Iterator[Watch]:
    for condition in alarm.conditions:
        word, name = _PRESSURES[condition]
        yield Watch(
            f"node-{word}-pressure",
            {word: Metric(INSIGHTS, name, "Maximum")},
            1,
            alarm.severity,
            f"A node has the condition {condition} for {_minutes(alarm.for_minutes)} and evicts pods.",
            periods=max(1, alarm.for_minutes),
            source=("conditions",),
        )


def _api_server(alarm: ApiServerErrors, _insights: bool, _certificates: Any) -> Iterator[Watch]:
    yield Watch(
        "api-server-errors",
        {
            "errors": Metric(CONTROL_PLANE, "apiserver_request_total_5XX", "Sum"),
            "requests": Metric(CONTROL_PLANE, "apiserver_request_total", "Sum"),
        },
        alarm.percent,
        alarm.severity,
        f"{alarm.percent:g}% of the requests to the Kubernetes API, or more, fail with errors of the server.",
        expression="100 * FILL(errors, 0) / requests",
        periods=max(1, alarm.for_minutes),
    )


def _certificates(alarm: CertificateExpiry, _insights: bool, certificates: Iterable[str]) -> Iterator[Watch]:
    for arn in dict.fromkeys((*alarm.certificate_arns, *certificates)):
        id_ = arn.rpartition("/")[2]
        yield Watch(
            f"certificate-{id_}",
            {"days": Metric(CERTIFICATES, "DaysToExpiry", "Minimum", {"CertificateArn": arn})},
            alarm.days,
            alarm.severity,
            f"Certificate {id_} of ACM expires within {alarm.days} days and was not renewed.",
            below=True,
            period=_DAY,
            # ACM tells twice a day, and nothing any more of a certificate that has expired.
            missing="ignore",
        )


def _minutes(count: int) -> str:
    return "a minute" if count <= 1 else f"{count} minutes"


_WATCHES: dict[str, Callable[[Any, bool, Iterable[str]], Iterator[Watch]]] = {
    "container_restarts": _restarts,
    "oom_kills": _oom_kills,
    "pending_pods": _pending,
    "node_pressure": _pressure,
    "api_server_errors": _api_server,
    "certificate_expiry": _certificates,
}
