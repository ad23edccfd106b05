"""Dashboards as Grafana reads them.

Source: Grafana 13, "Dashboard JSON model" (classic, schema version 39), and its Prometheus data source.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from eks_blueprints.observability.boards import Board, Panel

LABEL = {"grafana_dashboard": "1"}
"""What the sidecar of Grafana's charts looks for. Source: charts grafana 12 and kube-prometheus-stack 88."""
_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
_UNITS = {
    "count": "short",
    "percent": "percent",
    "bytes": "Bps",
    "seconds": "s",
    "per_second": "reqps",
    "days": "d",
}
_WIDTH, _HEIGHT = 12, 8


def dashboard(board: Board) -> str:
    """A dashboard as JSON, the same text for the same board."""
    model = {
        "uid": f"eks-{board.key}",
        "title": board.title,
        "tags": ["eks"],
        "editable": False,
        "graphTooltip": 1,
        "panels": [_panel(index, each) for index, each in enumerate(_shown(board))],
        "refresh": "1m",
        "schemaVersion": 39,
        "templating": {"list": _variables(board)},
        "time": {"from": "now-3h", "to": "now"},
        "timezone": "browser",
    }
    return json.dumps(model, indent=1)


def config_map(board: Board, namespace: str) -> dict[str, Any]:
    """The ConfigMap that the sidecar reads a dashboard from."""
    name = f"eks-dashboard-{board.key}"
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace, "labels": dict(LABEL)},
        "data": {f"eks-{board.key}.json": dashboard(board)},
    }


def of_operator(board: Board, namespace: str, labels: Mapping[str, str]) -> dict[str, Any]:
    """The object from which the Grafana Operator puts a dashboard into each Grafana with some labels.

    Source: Grafana Operator 5.24, API reference, GrafanaDashboard.
    """
    return {
        "apiVersion": "grafana.integreatly.org/v1beta1",
        "kind": "GrafanaDashboard",
        "metadata": {"name": f"eks-dashboard-{board.key}", "namespace": namespace},
        "spec": {
            "allowCrossNamespaceImport": True,
            "instanceSelector": {"matchLabels": dict(labels)},
            "json": dashboard(board),
        },
    }


def _shown(board: Board) -> list[Panel]:
    return [panel for panel in board.panels if panel.queries]


def _panel(index: int, panel: Panel) -> dict[str, Any]:
    place = {"x": index % 2 * _WIDTH, "y": index // 2 * _HEIGHT, "w": _WIDTH, "h": _HEIGHT}
    fields: dict[str, Any] = {"unit": _UNITS[panel.unit], "custom": {"drawStyle": "line", "fillOpacity": 10}}
    if not panel.below:
        fields["min"] = 0
    if panel.threshold is not None:
        steps = _steps(panel.threshold, below=panel.below)
        fields["thresholds"] = {"mode": "absolute", "steps": steps}
        fields["custom"]["thresholdsStyle"] = {"mode": "line"}
    return {
        "id": index + 1,
        "type": "timeseries",
        "title": panel.title,
        "datasource": _SOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": fields, "overrides": []},
        "options": {
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
        "targets": [
            {"refId": chr(ord("A") + i), "datasource": _SOURCE, "expr": each.expr, "legendFormat": each.legend}
            for i, each in enumerate(panel.queries)
        ],
    }


def _steps(threshold: float, *, below: bool) -> list[dict[str, Any]]:
    colors = ("red", "green") if below else ("green", "red")
    return [{"color": colors[0], "value": None}, {"color": colors[1], "value": threshold}]


def _variables(board: Board) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus", "hide": 0}
    ]
    if board.key == "workloads":
        owner = "namespace_workload_pod:kube_pod_owner:relabel"
        found.append(_choice("namespace", f"label_values({owner}, namespace)"))
        found.append(_choice("workload", f'label_values({owner}{{namespace="$namespace"}}, workload)'))
    return found


def _choice(name: str, query: str) -> dict[str, Any]:
    return {
        "name": name,
        "type": "query",
        "datasource": _SOURCE,
        "query": {"query": query, "refId": name},
        "refresh": 2,
        "sort": 1,
    }
