"""The Kubernetes objects that a platform is observed by: rules of Prometheus, and dashboards of Grafana."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from eks_blueprints.core.errors import Path, Problem
from eks_blueprints.core.telemetry import Telemetry
from eks_blueprints.observability import grafana
from eks_blueprints.observability.alarm_spec import Alarms
from eks_blueprints.observability.boards import boards
from eks_blueprints.observability.promql import rules
from eks_blueprints.observability.spec import Dashboards, ObservabilityArgs

_OPERATOR = "monitoring.coreos.com/v1"
_NAME = "eks-alarms"


@dataclass(frozen=True, slots=True)
class ObservingObject:
    """An object, with the key that its resource's name ends with."""

    key: str
    manifest: Mapping[str, Any]
    source: Path
    """The field that it comes from."""

    def at_its_field(self, problem: Problem) -> Problem:
        """A problem of the object, at that field."""
        return Problem(self.source, problem.message, severity=problem.severity)


def in_prometheus(alarms: Alarms | None, telemetry: Telemetry) -> bool:
    """Whether alarms are rules of Prometheus."""
    if alarms is None or telemetry.prometheus_home is None:
        return False
    return alarms.prometheus is not False


def in_grafana(args: ObservabilityArgs, telemetry: Telemetry) -> bool:
    """Whether dashboards are Grafana's."""
    if args.dashboards is None or telemetry.grafana_home is None:
        return False
    return args.dashboards.grafana is not False


def by_operator(dashboards: Dashboards, telemetry: Telemetry) -> bool:
    """Whether the Grafana Operator has dashboards."""
    return telemetry.grafana_operator_home is not None and dashboards.grafana_operator is not False


def objects(args: ObservabilityArgs, telemetry: Telemetry) -> Iterator[ObservingObject]:
    """All of them, on a cluster with such add-ons."""
    if args.alarms is not None and in_prometheus(args.alarms, telemetry):
        yield from _rules(args.alarms, telemetry)
    if in_grafana(args, telemetry):
        home = str(telemetry.grafana_home)
        for board in boards(args.alarms or Alarms(), insights=False, signals=False):
            yield ObservingObject(f"grafana-{board.key}", grafana.config_map(board, home), ("dashboards", "grafana"))
    if args.dashboards is not None and by_operator(args.dashboards, telemetry):
        home, labels = str(telemetry.grafana_operator_home), args.dashboards.grafana_labels
        for board in boards(args.alarms or Alarms(), insights=False, signals=False):
            made = grafana.of_operator(board, home, labels)
            yield ObservingObject(f"grafana-operator-{board.key}", made, ("dashboards", "grafana_operator"))


def _rules(alarms: Alarms, telemetry: Telemetry) -> Iterator[ObservingObject]:
    found = [rule.manifest for _, rule in rules(alarms)]
    metadata: dict[str, Any] = {"name": _NAME, "namespace": telemetry.prometheus_home}
    if telemetry.monitor_labels:
        metadata["labels"] = dict(telemetry.monitor_labels)
    if found:
        spec = {"groups": [{"name": _NAME, "rules": found}]}
        made = {"apiVersion": _OPERATOR, "kind": "PrometheusRule", "metadata": metadata, "spec": spec}
        yield ObservingObject("rules", made, ("alarms",))
    if alarms.certificate_expiry.enabled and telemetry.cert_manager_home is not None:
        # Its chart serves the metrics, and leaves it to others to read them.
        chosen = {"app.kubernetes.io/name": "cert-manager", "app.kubernetes.io/component": "controller"}
        follows: dict[str, Any] = {
            "namespaceSelector": {"matchNames": [telemetry.cert_manager_home]},
            "selector": {"matchLabels": chosen},
            "podMetricsEndpoints": [{"port": "http-metrics", "honorLabels": True}],
        }
        named = {**metadata, "name": "cert-manager"}
        made = {"apiVersion": _OPERATOR, "kind": "PodMonitor", "metadata": named, "spec": follows}
        yield ObservingObject("certificates", made, ("alarms", "certificate_expiry"))
