"""What the dashboards show, for Grafana and for CloudWatch: the cluster, its nodes, its workloads.

Names of metrics: as in `promql.py` and `metrics.py`; besides, node_exporter 1.12, the semantic conventions of
OpenTelemetry for HTTP servers (1.23 and later), and the CloudWatch user guide, "Application Signals metrics".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from eks_blueprints.observability.alarm_spec import Alarms
from eks_blueprints.observability.metrics import CONTROL_PLANE, INSIGHTS, Watch, watches
from eks_blueprints.observability.promql import Rule, rules

Unit = Literal["count", "percent", "bytes", "seconds", "per_second", "days"]
SIGNALS = "ApplicationSignals"
NAMESPACE = "CHOSEN_NAMESPACE"
"""Stands in metrics of CloudWatch for the namespace that a reader of the dashboard chooses."""

_OF_WORKLOAD = '{namespace="$namespace",workload="$workload"}'
_OWNER = f"on (namespace, pod) group_left (workload) namespace_workload_pod:kube_pod_owner:relabel{_OF_WORKLOAD}"
"""Which pods are a workload's, by a recording rule that kube-prometheus-stack comes with."""
_HTTP = "http_server_request_duration_seconds"
_NETWORK = 'device!~"lo|veth.*|eni.*"'


@dataclass(frozen=True, slots=True)
class Query:
    """A line, or several, of a panel in Grafana."""

    expr: str
    legend: str


@dataclass(frozen=True, slots=True)
class Series:
    """A line of a panel in CloudWatch; with dimensions besides the cluster's name, one for each value of them."""

    namespace: str
    name: str
    statistic: str
    label: str
    by: tuple[str, ...] = ()
    where: tuple[tuple[str, str], ...] = ()
    scale: str = ""
    """What its values are multiplied by or divided by, such as `/ 60`; of one with dimensions left open."""


@dataclass(frozen=True, slots=True)
class Formula:
    """What is computed of series of CloudWatch, by their names in it."""

    expression: str
    label: str
    of: tuple[tuple[str, Series], ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """A graph."""

    title: str
    unit: Unit
    queries: tuple[Query, ...] = ()
    series: tuple[Series | Formula, ...] = ()
    threshold: float | None = None
    """Where an alarm begins."""
    below: bool = False
    """Whether the alarm is about what is below."""


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard."""

    key: Literal["cluster", "nodes", "workloads"]
    title: str
    panels: tuple[Panel, ...]


def boards(alarms: Alarms, *, insights: bool, signals: bool) -> tuple[Board, ...]:
    """The dashboards, with the thresholds of the alarms.

    Args:
        alarms: the alarms, as they are or would be.
        insights: whether Container Insights is on the cluster.
        signals: whether Application Signals is.
    """
    found = {rule.alert: rule for _, rule in rules(alarms)}
    watched = {watch.key: watch for _, watch in watches(alarms, insights=insights, certificates=())}
    told = tuple(_told(found, watched))
    cluster = (*_cluster(insights=insights), *(panel for panel in told if panel.title not in _ELSEWHERE))
    nodes = (*_nodes(insights=insights), *(panel for panel in told if panel.title == _PRESSURE))
    workloads = (*_requests(signals=signals), *_saturation(insights=insights))
    return (
        Board("cluster", "EKS / Cluster", cluster),
        Board("nodes", "EKS / Nodes", nodes),
        Board("workloads", "EKS / Workloads", workloads),
    )


_CONTAINER = "{{namespace}}/{{pod}} {{container}}"
_PRESSURE = "Node pressure"
_ELSEWHERE = (_PRESSURE,)
_TOLD: tuple[tuple[str, Unit, str, str, str], ...] = (
    ("Errors of the API server", "percent", "ApiServerErrors", "errors", "api-server-errors"),
    ("Pending pods", "count", "PodPending", "{{namespace}}/{{pod}}", "pending-pods"),
    (
        "Restarts of containers",
        "count",
        "ContainerRestarts",
        _CONTAINER,
        "container-restarts",
    ),
    ("OOM kills", "count", "ContainerOomKilled", _CONTAINER, "oom-kills"),
    ("CPU throttling", "percent", "ContainerCpuThrottled", _CONTAINER, ""),
    ("Autoscalers, of their maximum", "percent", "HpaAtMaximum", "{{namespace}}/{{horizontalpodautoscaler}}", ""),
    ("Free space of volumes", "percent", "VolumeFillsUp", "{{namespace}}/{{persistentvolumeclaim}}", ""),
    ("Certificates, until they expire", "days", "CertificateExpires", "{{namespace}}/{{name}}", ""),
    (_PRESSURE, "count", "NodePressure", "{{node}} {{condition}}", "node-"),
)
"""Panels of alarms: title, unit, the rule, the legend, and the alarm of CloudWatch."""
_SHOWN = {
    "ContainerOomKilled": "sum by (namespace, pod, container) "
    '(kube_pod_container_status_last_terminated_reason{reason="OOMKilled"})',
    "PodPending": 'sum by (namespace, pod) (kube_pod_status_phase{phase="Pending"}) > 0',
}
"""What a panel shows in place of what its rule looks at."""


def _told(found: dict[str, Rule], watched: dict[str, Watch]) -> Iterator[Panel]:
    for title, unit, alert, legend, key in _TOLD:
        if (rule := found.get(alert)) is None:
            continue
        queries = (Query(_SHOWN.get(alert, rule.value), legend),)
        sign, number, *_ = rule.condition.split(" ")
        # What is more than none begins at one.
        limit = float(number) or 1.0
        own = [watch for name, watch in watched.items() if key and (name == key or (key[-1] == "-" and key in name))]
        series = tuple(line for watch in own for line in _lines(watch))
        yield Panel(title, unit, queries, series, limit, below=sign == "<")


def _lines(watch: Watch) -> Iterator[Series | Formula]:
    lines = {id_: Series(metric.namespace, metric.name, metric.statistic, id_) for id_, metric in watch.metrics.items()}
    if watch.expression is None:
        yield from lines.values()
    else:
        yield Formula(watch.expression, next(iter(lines)), tuple(lines.items()))


def _cluster(*, insights: bool) -> Iterator[Panel]:
    def of(name: str, statistic: str, label: str) -> tuple[Series, ...]:
        return (Series(INSIGHTS, name, statistic, label),) if insights else ()

    yield Panel(
        "Nodes and running pods",
        "count",
        (Query("count(kube_node_info)", "nodes"), Query('sum(kube_pod_status_phase{phase="Running"})', "pods")),
        (*of("cluster_node_count", "Average", "nodes"), *of("cluster_number_of_running_pods", "Average", "pods")),
    )
    requested = "100 * sum(kube_pod_container_resource_requests{{resource={0!r}}}) "
    requested += "/ sum(kube_node_status_allocatable{{resource={0!r}}})"
    yield Panel(
        "Requested, of what nodes have",
        "percent",
        (
            Query(requested.format("cpu").replace("'", '"'), "CPU"),
            Query(requested.format("memory").replace("'", '"'), "memory"),
        ),
        (
            *of("node_cpu_reserved_capacity", "Average", "CPU"),
            *of("node_memory_reserved_capacity", "Average", "memory"),
        ),
    )
    bucket = 'apiserver_request_duration_seconds_bucket{job="apiserver",verb!~"WATCH|CONNECT"}'
    yield Panel(
        "Latency of the API server, 99th percentile",
        "seconds",
        (Query(f"histogram_quantile(0.99, sum by (le, verb) (rate({bucket}[5m])))", "{{verb}}"),),
        tuple(
            Series(CONTROL_PLANE, f"apiserver_request_duration_seconds_{verb}_P99", "Average", verb)
            for verb in ("GET", "POST")
        ),
    )
    yield Panel(
        "Requests to the API server",
        "per_second",
        (Query('sum by (verb) (rate(apiserver_request_total{job="apiserver"}[5m]))', "{{verb}}"),),
        (
            Formula(
                "requests / PERIOD(requests)",
                "requests",
                (("requests", Series(CONTROL_PLANE, "apiserver_request_total", "Sum", "requests")),),
            ),
        ),
    )


def _nodes(*, insights: bool) -> Iterator[Panel]:
    node = ("InstanceId", "NodeName")

    def each(name: str) -> tuple[Series, ...]:
        return (Series(INSIGHTS, name, "Average", "", by=node),) if insights else ()

    idle = 'avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))'
    memory = "node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes"
    disk = 'node_filesystem_avail_bytes{mountpoint="/"} / node_filesystem_size_bytes{mountpoint="/"}'
    network = f"sum by (instance) (rate(node_network_receive_bytes_total{{{_NETWORK}}}[5m]) "
    network += f"+ rate(node_network_transmit_bytes_total{{{_NETWORK}}}[5m]))"
    yield Panel("CPU in use", "percent", (Query(f"100 * (1 - {idle})", "{{instance}}"),), each("node_cpu_utilization"))
    yield Panel(
        "Memory in use", "percent", (Query(f"100 * (1 - {memory})", "{{instance}}"),), each("node_memory_utilization")
    )
    yield Panel(
        "Disk in use", "percent", (Query(f"100 * (1 - {disk})", "{{instance}}"),), each("node_filesystem_utilization")
    )
    yield Panel("Network", "bytes", (Query(network, "{{instance}}"),), each("node_network_total_bytes"))
    yield Panel(
        "Pods",
        "count",
        (Query("sum by (node) (kube_pod_info)", "{{node}}"),),
        each("node_number_of_running_pods"),
    )


def _requests(*, signals: bool) -> Iterator[Panel]:
    """Rate, errors, duration."""

    def of(name: str, statistic: str, scale: str) -> tuple[Series, ...]:
        at = (("Environment", NAMESPACE),)
        return (Series(SIGNALS, name, statistic, "", by=("Service",), where=at, scale=scale),) if signals else ()

    def counted(more: str = "") -> str:
        return f'sum(rate({_HTTP}_count{{namespace="$namespace"{more}}}[5m]) * {_OWNER})'

    failed = ',http_response_status_code=~"5.."'
    bucket = f'{_HTTP}_bucket{{namespace="$namespace"}}'
    yield Panel("Requests", "per_second", (Query(counted(), "requests"),), of("Latency", "SampleCount", "/ 60"))
    yield Panel(
        "Requests that fail",
        "percent",
        (Query(f"100 * {counted(failed)} / {counted()}", "5xx"),),
        of("Fault", "Average", "* 100"),
    )
    yield Panel(
        "Duration of requests",
        "seconds",
        tuple(
            Query(f"histogram_quantile({share}, sum by (le) (rate({bucket}[5m]) * {_OWNER}))", name)
            for share, name in ((0.5, "half"), (0.99, "99%"))
        ),
        of("Latency", "p99", "/ 1000"),
    )


def _saturation(*, insights: bool) -> Iterator[Panel]:
    def of(name: str, statistic: str = "Average") -> tuple[Series, ...]:
        at = (("Namespace", NAMESPACE),)
        return (Series(INSIGHTS, name, statistic, "", by=("PodName",), where=at),) if insights else ()

    def by_pod(expr: str) -> str:
        return f"sum by (pod) ({expr} * {_OWNER})"

    own = 'namespace="$namespace",container!=""'
    cpu = f"sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{{{own}}}[5m]))"
    memory = f"sum by (namespace, pod) (container_memory_working_set_bytes{{{own}}})"

    def least(what: str, resource: str) -> str:
        chosen = f'namespace="$namespace",resource="{resource}"'
        return f"sum by (namespace, pod) (kube_pod_container_resource_{what}{{{chosen}}})"

    throttled, every = (
        f"sum by (namespace, pod) (increase(container_cpu_cfs_{word}periods_total{{{own}}}[5m]))"
        for word in ("throttled_", "")
    )
    restarts = (
        'sum by (namespace, pod) (increase(kube_pod_container_status_restarts_total{namespace="$namespace"}[1h]))'
    )
    yield Panel(
        "CPU saturation",
        "percent",
        (Query(by_pod(f"(100 * {cpu} / {least('requests', 'cpu')})"), "{{pod}}, of the request"),),
        of("pod_cpu_utilization_over_pod_limit"),
    )
    yield Panel(
        "Memory saturation",
        "percent",
        (Query(by_pod(f"(100 * {memory} / {least('limits', 'memory')})"), "{{pod}}, of the limit"),),
        of("pod_memory_utilization_over_pod_limit"),
    )
    yield Panel("CPU throttling", "percent", (Query(by_pod(f"(100 * {throttled} / {every})"), "{{pod}}"),))
    yield Panel(
        "Restarts within an hour",
        "count",
        (Query(by_pod(restarts), "{{pod}}"),),
        of("pod_number_of_container_restarts", "Sum"),
    )
