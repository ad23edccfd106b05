"""The alarms as rules of Prometheus.

Names of metrics: kube-state-metrics 2.19 (docs/metrics), cAdvisor and kubelet of Kubernetes 1.35, cert-manager 1.21.
Conditions, durations and severities: kubernetes-mixin (2026-08), and cert-manager-mixin for its certificates, as far
as they have such an alert.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from eks_blueprints.observability.alarm_spec import (
    Alarms,
    ApiServerErrors,
    CertificateExpiry,
    ContainerRestarts,
    CpuThrottling,
    HpaAtMaximum,
    NodePressure,
    OomKills,
    PendingPods,
    VolumeNearlyFull,
)

_CONTAINER = "namespace, pod, container"
_POD = "{{ $labels.namespace }}/{{ $labels.pod }}"
_CLAIM = "namespace, persistentvolumeclaim"
_HPA = "namespace, horizontalpodautoscaler"
_CLIENT = "apiserver_client_certificate_expiration_seconds"
_ACCESS = 'kube_persistentvolumeclaim_access_mode{access_mode="ReadOnlyMany"}'

REPLACED: dict[str, tuple[str, ...]] = {
    "container_restarts": ("KubePodCrashLooping",),
    "cpu_throttling": ("CPUThrottlingHigh",),
    "hpa_at_maximum": ("KubeHpaMaxedOut",),
    "node_pressure": ("KubeNodePressure",),
    "volume_nearly_full": ("KubePersistentVolumeFillingUp",),
    "certificate_expiry": ("KubeClientCertificateExpiration",),
}
"""Rules of kube-prometheus-stack that tell the same as an alarm."""


@dataclass(frozen=True, slots=True)
class Rule:
    """An alerting rule."""

    alert: str
    value: str
    """What it looks at, which a dashboard shows."""
    condition: str
    """The rest of the expression: the comparison, and when it holds at all."""
    minutes: int
    severity: str
    summary: str
    description: str

    @property
    def expr(self) -> str:
        """The expression."""
        return f"{self.value} {self.condition}"

    @property
    def manifest(self) -> dict[str, Any]:
        """The rule as Prometheus writes it."""
        held = {"for": f"{self.minutes}m"} if self.minutes else {}
        return {
            "alert": self.alert,
            "expr": self.expr,
            **held,
            "labels": {"severity": self.severity},
            "annotations": {"summary": self.summary, "description": self.description},
        }


def rules(alarms: Alarms) -> Iterator[tuple[str, Rule]]:
    """The rules of the alarms that are enabled, each with the field of its alarm."""
    for field, make in _RULES.items():
        alarm = getattr(alarms, field)
        if alarm.enabled:
            for rule in make(alarm):
                yield field, rule


def _restarts(alarm: ContainerRestarts) -> Iterator[Rule]:
    counted = f"increase(kube_pod_container_status_restarts_total[{alarm.window_minutes}m])"
    yield Rule(
        "ContainerRestarts",
        f"sum by ({_CONTAINER}) ({counted})",
        f">= {alarm.restarts}",
        alarm.for_minutes,
        alarm.severity,
        "A container restarts again and again",
        f"Container {{{{ $labels.container }}}} of {_POD} restarted {{{{ $value | humanize }}}} times in "
        f"{alarm.window_minutes} minutes.",
    )


def _oom_kills(alarm: OomKills) -> Iterator[Rule]:
    window = f"{alarm.window_minutes}m"
    last = f'max by ({_CONTAINER}) (kube_pod_container_status_last_terminated_reason{{reason="OOMKilled"}})'
    ended = 'kube_pod_container_status_terminated_reason{reason="OOMKilled"}'
    # A container that is not restarted, as that of a Job, stays terminated: only the kill itself is told.
    once = f"max by ({_CONTAINER}) ({ended}) == 1 unless on ({_CONTAINER}) "
    once += f"max by ({_CONTAINER}) ({ended} offset {window}) == 1"
    yield Rule(
        "ContainerOomKilled",
        f"sum by ({_CONTAINER}) (increase(kube_pod_container_status_restarts_total[{window}]))",
        f"> 0 and on ({_CONTAINER}) {last} == 1 or ({once})",
        alarm.for_minutes,
        alarm.severity,
        "A container used more memory than its limit and was killed",
        f"Container {{{{ $labels.container }}}} of {_POD} was killed: it used more memory than its limit.",
    )


def _throttling(alarm: CpuThrottling) -> Iterator[Rule]:
    def periods(name: str) -> str:
        return f'sum by ({_CONTAINER}) (increase({name}{{container!=""}}[5m]))'

    held, every = periods("container_cpu_cfs_throttled_periods_total"), periods("container_cpu_cfs_periods_total")
    yield Rule(
        "ContainerCpuThrottled",
        f"100 * {held} / {every}",
        f"> {alarm.percent:g}",
        alarm.for_minutes,
        alarm.severity,
        "A container is held back by its CPU limit",
        f"Container {{{{ $labels.container }}}} of {_POD} had to wait in {{{{ $value | humanize }}}}% of the periods.",
    )


def _pending(alarm: PendingPods) -> Iterator[Rule]:
    pod = "namespace, pod"
    gated = 'kube_pod_status_reason{reason="SchedulingGated"}'
    yield Rule(
        "PodPending",
        f'max by ({pod}) (kube_pod_status_phase{{phase="Pending"}})',
        f"> 0 unless on ({pod}) max by ({pod}) ({gated}) == 1",
        alarm.for_minutes,
        alarm.severity,
        "A pod waits to run",
        f"Pod {_POD} is pending for {alarm.for_minutes} minutes: no node takes it, or its image or volume is missing.",
    )


def _hpa(alarm: HpaAtMaximum) -> Iterator[Rule]:
    def of(what: str) -> str:
        return f"max by ({_HPA}) (kube_horizontalpodautoscaler_{what})"

    # One whose least is its most is always there, by choice.
    varies = f"{of('spec_max_replicas')} > {of('spec_min_replicas')}"
    yield Rule(
        "HpaAtMaximum",
        f"100 * {of('status_current_replicas')} / {of('spec_max_replicas')}",
        f">= 100 and on ({_HPA}) {varies}",
        alarm.for_minutes,
        alarm.severity,
        "An autoscaler has as many pods as it may have",
        "HorizontalPodAutoscaler {{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} is at its maximum for "
        f"{alarm.for_minutes} minutes.",
    )


def _pressure(alarm: NodePressure) -> Iterator[Rule]:
    chosen = "|".join(alarm.conditions)
    told = f'kube_node_status_condition{{condition=~"{chosen}",status="true"}}'
    yield Rule(
        "NodePressure",
        f"max by (node, condition) ({told})",
        "== 1 and on (node) max by (node) (kube_node_spec_unschedulable) == 0",
        alarm.for_minutes,
        alarm.severity,
        "A node is short of memory, disk or process IDs",
        "Node {{ $labels.node }} has the condition {{ $labels.condition }} and evicts pods.",
    )


def _volumes(alarm: VolumeNearlyFull) -> Iterator[Rule]:
    def of(what: str) -> str:
        return f"min by ({_CLAIM}) (kubelet_volume_stats_{what})"

    value = f"100 * {of('available_bytes')} / {of('capacity_bytes')}"
    # What only readers mount is as full as it was made.
    readers = f"unless on ({_CLAIM}) max by ({_CLAIM}) ({_ACCESS}) == 1"
    ahead = f"predict_linear(kubelet_volume_stats_available_bytes[6h], {alarm.full_within_days} * 86400)"
    what = "Volume of the claim {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }}"
    left = "{{ $value | humanize }}% of it are free"
    yield Rule(
        "VolumeFillsUp",
        value,
        f"< {alarm.free_percent:g} and on ({_CLAIM}) min by ({_CLAIM}) ({ahead}) < 0 {readers}",
        alarm.for_minutes,
        alarm.severity,
        "A volume fills up",
        f"{what} will be full within {alarm.full_within_days} days; {left}.",
    )
    yield Rule(
        "VolumeNearlyFull",
        value,
        f"< {alarm.critical_free_percent:g} {readers}",
        1,
        "critical",
        "A volume is nearly full",
        f"{what} is nearly full; {left}.",
    )


def _api_server(alarm: ApiServerErrors) -> Iterator[Rule]:
    # Other servers of APIs, such as the metrics server, have a metric of the same name.
    failed = 'sum(rate(apiserver_request_total{job="apiserver",code=~"5.."}[5m]))'
    every = 'sum(rate(apiserver_request_total{job="apiserver"}[5m]))'
    yield Rule(
        "ApiServerErrors",
        f"100 * {failed} / {every}",
        f"> {alarm.percent:g}",
        alarm.for_minutes,
        alarm.severity,
        "The Kubernetes API answers with errors",
        "{{ $value | humanize }}% of the requests to the Kubernetes API fail with errors of the server.",
    )


def _certificates(alarm: CertificateExpiry) -> Iterator[Rule]:
    # It is 0 for a certificate that was not issued yet.
    ends = "min by (namespace, name) (certmanager_certificate_expiration_timestamp_seconds > 0)"
    yield Rule(
        "CertificateExpires",
        f"({ends} - time()) / 86400",
        f"< {alarm.days}",
        alarm.for_minutes,
        alarm.severity,
        "A certificate expires soon",
        "Certificate {{ $labels.namespace }}/{{ $labels.name }} of cert-manager expires in {{ $value | humanize }} "
        "days and was not renewed.",
    )
    client = f'sum by (le) (rate({_CLIENT}_bucket{{job="apiserver"}}[5m]))'
    yield Rule(
        "ClientCertificateExpires",
        f"histogram_quantile(0.01, {client}) / 86400",
        f'< {alarm.client_days} and sum({_CLIENT}_count{{job="apiserver"}}) > 0',
        alarm.for_minutes,
        alarm.severity,
        "A certificate of a client of the Kubernetes API expires soon",
        "A client of the Kubernetes API shows a certificate that expires in {{ $value | humanize }} days.",
    )


_RULES: dict[str, Callable[[Any], Iterator[Rule]]] = {
    "container_restarts": _restarts,
    "oom_kills": _oom_kills,
    "cpu_throttling": _throttling,
    "pending_pods": _pending,
    "hpa_at_maximum": _hpa,
    "node_pressure": _pressure,
    "volume_nearly_full": _volumes,
    "api_server_errors": _api_server,
    "certificate_expiry": _certificates,
}
