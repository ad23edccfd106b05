"""Alarms of CloudWatch: names of metrics, and their verdicts on sample values by CloudWatch's own rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from eks_blueprints.observability.alarm_spec import KINDS, Alarms
from eks_blueprints.observability.boards import SIGNALS, Formula, Series, boards
from eks_blueprints.observability.metrics import (
    CERTIFICATES,
    CONTROL_PLANE,
    INSIGHTS,
    NEEDS_INSIGHTS,
    NO_METRIC,
    Watch,
    watches,
)

ARN = "arn:aws:acm:eu-west-1:111122223333:certificate/0f0f0f0f-1111"

_CLUSTER = ("ClusterName",)
_NODE = ("ClusterName", "InstanceId", "NodeName")
_POD = ("ClusterName", "Namespace", "PodName")
SENT: dict[str, dict[str, tuple[tuple[str, ...], ...]]] = {
    INSIGHTS: {
        **dict.fromkeys(("cluster_node_count", "cluster_number_of_running_pods"), (_CLUSTER,)),
        **dict.fromkeys(
            (
                "node_cpu_reserved_capacity",
                "node_cpu_utilization",
                "node_filesystem_utilization",
                "node_memory_reserved_capacity",
                "node_memory_utilization",
                "node_network_total_bytes",
                "node_number_of_running_pods",
                "node_status_condition_disk_pressure",
                "node_status_condition_memory_pressure",
                "node_status_condition_pid_pressure",
            ),
            (_CLUSTER, _NODE),
        ),
        **dict.fromkeys(
            (
                "pod_container_status_terminated_reason_oom_killed",
                "pod_cpu_utilization_over_pod_limit",
                "pod_memory_utilization_over_pod_limit",
                "pod_number_of_container_restarts",
                "pod_status_pending",
            ),
            (_CLUSTER, _POD),
        ),
        "namespace_number_of_running_pods": (_CLUSTER, ("ClusterName", "Namespace")),
    },
    CONTROL_PLANE: dict.fromkeys(
        (
            "apiserver_request_duration_seconds_GET_P99",
            "apiserver_request_duration_seconds_POST_P99",
            "apiserver_request_total",
            "apiserver_request_total_5XX",
            "scheduler_pending_pods_UNSCHEDULABLE",
        ),
        (_CLUSTER,),
    ),
    CERTIFICATES: {"DaysToExpiry": (("CertificateArn",),)},
    SIGNALS: dict.fromkeys(("Fault", "Latency"), (("Environment", "Service"),)),
}
"""Metrics by namespace and name, and the sets of dimensions that each is sent with.

Source: aws/amazon-cloudwatch-agent, translator/translate/otel/exporter/awsemf/kubernetes.go at ab55b8d (2026-08); EKS
user guide, "Basic metrics in Amazon CloudWatch"; ACM user guide, "Supported CloudWatch metrics"; CloudWatch user guide,
"Metrics collected by Application Signals".
"""


def named(insights: bool = True, **fields: Any) -> dict[str, Watch]:
    alarms = Alarms.model_validate(fields)
    return {watch.key: watch for _, watch in watches(alarms, insights=insights, certificates=[ARN])}


def test_names_and_dimensions_are_those_that_are_sent() -> None:
    for insights in (True, False):
        for watch in named(insights).values():
            for metric in watch.metrics.values():
                own = tuple(metric.dimensions or ("ClusterName",))
                assert own in SENT[metric.namespace][metric.name]


def test_dashboards_show_metrics_that_are_sent() -> None:
    shown = [each for board in boards(Alarms(), insights=True, signals=True) for each in board.panels]
    series = [line for panel in shown for line in panel.series]
    flat = [each for line in series for each in ([s for _, s in line.of] if isinstance(line, Formula) else [line])]
    assert len(flat) > 20
    for each in flat:
        assert isinstance(each, Series)
        where = {name for name, _ in each.where}
        own = {*each.by, *where} | (set() if each.namespace == SIGNALS else {"ClusterName"})
        assert tuple(sorted(own)) in SENT[each.namespace][each.name]


def test_every_alarm_has_one_or_is_said_to_have_no_metric() -> None:
    alarms = Alarms()
    told = {field for field, _ in watches(alarms, insights=True, certificates=[ARN])}
    assert told | {*NO_METRIC} == {*KINDS}
    assert not told & {*NO_METRIC}
    without = {field for field, _ in watches(alarms, insights=False, certificates=[ARN])}
    assert told - without == {*NEEDS_INSIGHTS}


Value = float | None


def state(watch: Watch, values: Sequence[dict[str, Value]], before: str = "OK") -> str:
    """The state of an alarm after some values, one a period, the last ones deciding.

    Source: CloudWatch user guide, "Alarm evaluation" and "Configuring how CloudWatch alarms treat missing data": with
    as many values out of as many, all of the last ones have to be beyond the threshold.
    """
    window = [measured(watch, each) for each in values[-watch.periods :]]
    if watch.missing == "ignore" and all(each is None for each in window):
        return before
    sign = -1 if watch.below else 1
    beyond = [each is not None and sign * each >= sign * watch.threshold for each in window]
    return "ALARM" if len(window) == watch.periods and all(beyond) else "OK"


def measured(watch: Watch, values: dict[str, Value]) -> Value:
    if watch.expression is None:
        return values.get(next(iter(watch.metrics)))
    assert watch.expression == "100 * FILL(errors, 0) / requests"
    requests = values.get("requests")
    return None if not requests else 100 * (values.get("errors") or 0) / requests


def each(id_: str, *values: Value) -> list[dict[str, Value]]:
    return [{id_: value} for value in values]


@pytest.mark.parametrize(
    ("key", "values", "wanted"),
    [
        ("container-restarts", each("restarts", 2), "OK"),
        ("container-restarts", each("restarts", 3), "ALARM"),
        ("container-restarts", each("restarts", 3, 0), "OK"),
        ("container-restarts", each("restarts", None), "OK"),
        ("oom-kills", each("kills", 0), "OK"),
        ("oom-kills", each("kills", 1), "ALARM"),
        ("pending-pods", each("pending", *[1] * 14), "OK"),
        ("pending-pods", each("pending", *[1] * 15), "ALARM"),
        ("pending-pods", each("pending", *[1] * 14, 0), "OK"),
        ("pending-pods", each("pending", *[1] * 20, None, 1), "OK"),
        ("node-memory-pressure", each("memory", *[1] * 10), "ALARM"),
        ("node-disk-pressure", each("disk", *[0] * 9, 1), "OK"),
        ("node-pid-pressure", each("pid", *[1] * 10), "ALARM"),
        ("api-server-errors", [{"errors": 4, "requests": 100}] * 10, "ALARM"),
        ("api-server-errors", [{"errors": 2, "requests": 100}] * 10, "OK"),
        ("api-server-errors", [{"requests": 100}] * 10, "OK"),
        ("api-server-errors", [{}] * 10, "OK"),
        ("certificate-0f0f0f0f-1111", each("days", 22), "OK"),
        ("certificate-0f0f0f0f-1111", each("days", 21), "ALARM"),
        ("certificate-0f0f0f0f-1111", each("days", 300), "OK"),
    ],
)
def test_verdicts_on_sample_values(key: str, values: list[dict[str, Value]], wanted: str) -> None:
    assert state(named()[key], values) == wanted


def test_an_expired_certificate_stays_in_alarm() -> None:
    assert state(named()["certificate-0f0f0f0f-1111"], each("days", None), before="ALARM") == "ALARM"


def test_settings_change_thresholds_and_times() -> None:
    found = named(
        container_restarts={"restarts": 10, "window_minutes": 60, "for_minutes": 90, "severity": "critical"},
        node_pressure={"conditions": ["DiskPressure"], "for_minutes": 0},
        api_server_errors={"percent": 1, "for_minutes": 5},
        certificate_expiry={"days": 30},
        pending_pods={"enabled": False},
    )
    assert [*found] == [
        "container-restarts",
        "oom-kills",
        "node-disk-pressure",
        "api-server-errors",
        "certificate-0f0f0f0f-1111",
    ]
    restarts = found["container-restarts"]
    assert (restarts.threshold, restarts.period, restarts.periods, restarts.severity) == (10, 3600, 2, "critical")
    assert (found["node-disk-pressure"].periods, found["api-server-errors"].threshold) == (1, 1)
    assert found["certificate-0f0f0f0f-1111"].threshold == 30


@pytest.mark.parametrize("minutes", [0, 1, 15, 1440])
@pytest.mark.parametrize("window", [1, 7, 30, 1440])
def test_no_alarm_looks_back_longer_than_a_day(minutes: int, window: int) -> None:
    """CloudWatch refuses more: evaluation periods times period."""
    held = {"for_minutes": minutes}
    found = named(
        container_restarts={**held, "window_minutes": window},
        oom_kills={**held, "window_minutes": window},
        pending_pods=held,
        node_pressure=held,
        api_server_errors=held,
    )
    assert all(0 < watch.period * watch.periods <= 86400 and watch.period % 60 == 0 for watch in found.values())


def test_what_needs_no_agent_takes_what_eks_sends() -> None:
    found = named(insights=False)
    (metric,) = found["pending-pods"].metrics.values()
    assert (metric.namespace, metric.name, metric.statistic) == (
        CONTROL_PLANE,
        "scheduler_pending_pods_UNSCHEDULABLE",
        "Sum",
    )
    assert [*found] == ["pending-pods", "api-server-errors", "certificate-0f0f0f0f-1111"]
