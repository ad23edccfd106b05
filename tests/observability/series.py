"""Sample series for each alarm, and which alarms fire when, as people who know the metrics expect it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

POD = 'namespace="shop",pod="web-1",container="web"'
CLAIM = 'namespace="shop",persistentvolumeclaim="data"'
HPA = 'namespace="shop",horizontalpodautoscaler="web"'
WEB = {"namespace": "shop", "pod": "web-1", "container": "web"}
DAY = 86400


@dataclass(frozen=True)
class Case:
    """Series, one value a minute from minute 0, and the labels of the alerts that fire at some minutes."""

    name: str
    alarm: str
    series: dict[str, str]
    firing: dict[int, list[dict[str, str]]]
    settings: dict[str, Any] = field(default_factory=dict)


def told(alert: str, severity: str, **labels: str) -> dict[str, str]:
    return {"alertname": alert, "severity": severity, **labels}


def _restarts(values: str) -> dict[str, str]:
    return {f"kube_pod_container_status_restarts_total{{{POD}}}": values}


def _last_killed(values: str) -> str:
    return f'kube_pod_container_status_last_terminated_reason{{{POD},reason="OOMKilled"}}:{values}'


def _throttled(share: int) -> dict[str, str]:
    return {
        f"container_cpu_cfs_throttled_periods_total{{{POD}}}": f"0+{share}x60",
        f"container_cpu_cfs_periods_total{{{POD}}}": "0+100x60",
        # That of the pod as a whole has no container.
        'container_cpu_cfs_throttled_periods_total{namespace="shop",pod="web-1",container=""}': "0+100x60",
        'container_cpu_cfs_periods_total{namespace="shop",pod="web-1",container=""}': "0+100x60",
    }


def _hpa(current: str, most: str, least: str = "2x60") -> dict[str, str]:
    return {
        f"kube_horizontalpodautoscaler_status_current_replicas{{{HPA}}}": current,
        f"kube_horizontalpodautoscaler_spec_max_replicas{{{HPA}}}": most,
        f"kube_horizontalpodautoscaler_spec_min_replicas{{{HPA}}}": least,
    }


def _node(condition: str, values: str, unschedulable: str = "0x60") -> dict[str, str]:
    return {
        f'kube_node_status_condition{{node="a",condition="{condition}",status="true"}}': values,
        'kube_node_spec_unschedulable{node="a"}': unschedulable,
    }


def _volume(available: str, **more: str) -> dict[str, str]:
    return {
        f"kubelet_volume_stats_available_bytes{{{CLAIM}}}": available,
        f"kubelet_volume_stats_capacity_bytes{{{CLAIM}}}": "1000x600",
        **more,
    }


def _api(failed: str, fine: str, job: str = "apiserver") -> dict[str, str]:
    return {
        f'apiserver_request_total{{job="{job}",code="500",verb="GET"}}': failed,
        f'apiserver_request_total{{job="{job}",code="200",verb="GET"}}': fine,
    }


def _client(below: int) -> dict[str, str]:
    """Clients whose certificates all end within some seconds."""
    name = "apiserver_client_certificate_expiration_seconds"
    ends = (3600, 21600, 43200, 86400, 172800, 345600, 604800, 2592000, 31536000)
    found = {f'{name}_bucket{{job="apiserver",le="{each}"}}': f"0+{10 if each >= below else 0}x120" for each in ends}
    return {
        **found,
        f'{name}_bucket{{job="apiserver",le="+Inf"}}': "0+10x120",
        f'{name}_count{{job="apiserver"}}': "0+10x120",
    }


OOM = {_last_killed("").partition(":")[0]: "0x20 1x40"}
RESTARTED = told("ContainerRestarts", "warning", **WEB)
KILLED = told("ContainerOomKilled", "warning", **WEB)
CERTIFICATE = 'certmanager_certificate_expiration_timestamp_seconds{namespace="shop",name="tls"}'
EXPIRES = told("CertificateExpires", "warning", namespace="shop", name="tls")

CASES = [
    Case(
        "restarts that go on",
        "container_restarts",
        _restarts("0x9 1x9 2x9 3x9 4x9"),
        {25: [], 32: [RESTARTED], 45: [RESTARTED]},
    ),
    Case("restarts that are over", "container_restarts", _restarts("0x9 1x4 2x4 3x90"), {22: [RESTARTED], 70: []}),
    Case("two restarts", "container_restarts", _restarts("0x9 1x4 2x90"), {20: [], 40: []}),
    Case("restarts long ago", "container_restarts", _restarts("50x90"), {20: [], 60: []}),
    Case(
        "as few restarts as one likes",
        "container_restarts",
        _restarts("0x9 1x50"),
        {12: [told("ContainerRestarts", "critical", **WEB)], 30: []},
        {"restarts": 1, "window_minutes": 10, "severity": "critical"},
    ),
    Case("a kill", "oom_kills", {**_restarts("0x20 1x40"), **OOM}, {15: [], 22: [KILLED], 40: []}),
    Case("a restart for another reason", "oom_kills", _restarts("0x20 1x40"), {22: [], 40: []}),
    Case(
        "a kill of a container that is not restarted",
        "oom_kills",
        {f'kube_pod_container_status_terminated_reason{{{POD},reason="OOMKilled"}}': "_x20 1x40"},
        {15: [], 24: [KILLED], 40: []},
    ),
    Case(
        "a container that is held back",
        "cpu_throttling",
        _throttled(40),
        {15: [], 25: [told("ContainerCpuThrottled", "info", **WEB)]},
    ),
    Case("a container that is seldom held back", "cpu_throttling", _throttled(20), {25: [], 50: []}),
    Case(
        "a pod that waits",
        "pending_pods",
        {'kube_pod_status_phase{namespace="shop",pod="web-1",phase="Pending"}': "1x40"},
        {14: [], 16: [told("PodPending", "warning", namespace="shop", pod="web-1")]},
    ),
    Case(
        "a pod that waited",
        "pending_pods",
        {'kube_pod_status_phase{namespace="shop",pod="web-1",phase="Pending"}': "1x10 0x30"},
        {16: [], 30: []},
    ),
    Case(
        "a pod that is to wait",
        "pending_pods",
        {
            'kube_pod_status_phase{namespace="shop",pod="web-1",phase="Pending"}': "1x40",
            'kube_pod_status_reason{namespace="shop",pod="web-1",reason="SchedulingGated"}': "1x40",
        },
        {20: [], 39: []},
    ),
    Case(
        "an autoscaler at its maximum",
        "hpa_at_maximum",
        _hpa("10x60", "10x60"),
        {14: [], 16: [told("HpaAtMaximum", "warning", namespace="shop", horizontalpodautoscaler="web")]},
    ),
    Case("an autoscaler below it", "hpa_at_maximum", _hpa("9x60", "10x60"), {16: [], 40: []}),
    Case("an autoscaler without a choice", "hpa_at_maximum", _hpa("3x60", "3x60", "3x60"), {16: [], 40: []}),
    Case(
        "a node without memory",
        "node_pressure",
        _node("MemoryPressure", "1x60"),
        {9: [], 12: [told("NodePressure", "info", node="a", condition="MemoryPressure")]},
    ),
    Case(
        "a node without process IDs",
        "node_pressure",
        _node("PIDPressure", "1x60"),
        {12: [told("NodePressure", "info", node="a", condition="PIDPressure")]},
    ),
    Case(
        "a node without disk, where nobody asks for that",
        "node_pressure",
        _node("DiskPressure", "1x60"),
        {12: [], 30: []},
        {"conditions": ["MemoryPressure"]},
    ),
    Case("a node that is drained", "node_pressure", _node("DiskPressure", "1x60", "1x60"), {12: [], 30: []}),
    Case("a node that is not ready", "node_pressure", _node("Ready", "1x60"), {12: [], 30: []}),
    Case(
        "a volume that fills up",
        "volume_nearly_full",
        _volume("200-0.25x600"),
        # Below 15% after 200 minutes, and an hour later it is told.
        {230: [], 265: [told("VolumeFillsUp", "warning", namespace="shop", persistentvolumeclaim="data")]},
    ),
    Case("a volume that stays as it is", "volume_nearly_full", _volume("100x600"), {300: [], 500: []}),
    Case(
        "a volume that is full",
        "volume_nearly_full",
        _volume("20x600"),
        {3: [told("VolumeNearlyFull", "critical", namespace="shop", persistentvolumeclaim="data")]},
    ),
    Case(
        "a full volume that is only read",
        "volume_nearly_full",
        _volume("20x600", **{f'kube_persistentvolumeclaim_access_mode{{{CLAIM},access_mode="ReadOnlyMany"}}': "1x600"}),
        {3: [], 300: []},
    ),
    Case(
        "an API server with errors",
        "api_server_errors",
        _api("0+10x60", "0+90x60"),
        {9: [], 14: [told("ApiServerErrors", "critical")]},
    ),
    Case("an API server with few errors", "api_server_errors", _api("0+2x60", "0+98x60"), {14: [], 40: []}),
    Case("another server with errors", "api_server_errors", _api("0+10x60", "0+90x60", "metrics"), {14: [], 40: []}),
    Case("an API server without any", "api_server_errors", {**_api("0x60", "0+90x60")}, {14: [], 40: []}),
    Case("a certificate that ends", "certificate_expiry", {CERTIFICATE: f"{20 * DAY}x120"}, {59: [], 61: [EXPIRES]}),
    Case("a certificate that ended", "certificate_expiry", {CERTIFICATE: "60x120"}, {61: [EXPIRES]}),
    Case("a certificate that lasts", "certificate_expiry", {CERTIFICATE: f"{30 * DAY}x120"}, {61: [], 110: []}),
    Case("a certificate that is not issued yet", "certificate_expiry", {CERTIFICATE: "0x120"}, {61: [], 110: []}),
    Case(
        "clients whose certificates end",
        "certificate_expiry",
        _client(172800),
        {70: [told("ClientCertificateExpires", "warning")]},
    ),
    Case("clients whose certificates last", "certificate_expiry", _client(31536000), {70: [], 110: []}),
]
