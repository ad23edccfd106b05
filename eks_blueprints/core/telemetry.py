"""What on a cluster collects what its pods send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Telemetry:
    """What on a cluster collects metrics, traces and logs, as far as its add-ons tell."""

    prometheus_home: str | None = None
    """Namespace of the Prometheus that follows PodMonitors and PrometheusRules; None where there is none."""
    prometheus_url: str | None = None
    """Where it answers queries; None where that is not known."""
    monitor_labels: Mapping[str, str] = field(default_factory=dict)
    """Labels that it wants them to carry."""
    replaced_rules: tuple[str, ...] = ()
    """Alerts that it comes with, and that rules of the platform take the place of."""
    reads_annotations: bool = False
    """Whether something reads metrics of pods with the annotations `prometheus.io/...`."""
    otlp_url: str | None = None
    """Where pods send telemetry by OTLP over HTTP; None where nothing takes it."""
    traces_url: str | None = None
    """Where they send traces alone; None where `otlp_url` takes them, or nothing does."""
    instrumented_by: Literal["cloudwatch", "operator"] | None = None
    """What instruments pods when they start: the CloudWatch agent's operator, or OpenTelemetry's."""
    log_collectors: frozenset[str] = frozenset()
    """Kinds of the add-ons that collect logs, and `fargate` for its log router."""
    log_parsers: bool = False
    """Whether one of them takes lines apart as pods ask for it."""
    log_exclusion: bool = False
    """Whether one of them leaves out pods that ask for it, and none takes them nevertheless."""
    closed: frozenset[str] = frozenset()
    """Namespaces whose network policy denies what it does not allow."""
    container_insights: bool = False
    """Whether the CloudWatch agent sends Container Insights."""
    application_signals: bool = False
    """Whether it sends Application Signals."""
    grafana_home: str | None = None
    """Namespace of the Grafana that reads dashboards from ConfigMaps; None where there is none."""
    grafana_operator_home: str | None = None
    """Namespace of the Grafana Operator; None where there is none."""
    dashboards: bool = False
    """Whether the platform has dashboards for it."""
    cert_manager_home: str | None = None
    """Namespace of cert-manager; None where there is none."""
