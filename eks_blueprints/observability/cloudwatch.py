"""Dashboards as CloudWatch reads them.

Source: CloudWatch API reference, "Dashboard body structure and syntax", and its user guide, "Dashboard variables" and
"Search expression syntax".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from eks_blueprints.observability.boards import NAMESPACE, SIGNALS, Board, Formula, Panel, Series

_WIDTH, _HEIGHT, _PERIOD = 12, 6, 60
_LABELS = {
    "count": "",
    "percent": "%",
    "bytes": "bytes a second",
    "seconds": "seconds",
    "per_second": "a second",
    "days": "days",
}


def body(board: Board, cluster: str, region: str) -> str | None:
    """The body of a dashboard as JSON; None where CloudWatch has no metric for it."""
    shown = [panel for panel in board.panels if panel.series]
    if not shown:
        return None
    widgets = [_widget(index, panel, cluster, region) for index, panel in enumerate(shown)]
    variables = {"variables": [_namespaces(cluster)]} if board.key == "workloads" else {}
    return json.dumps({"start": "-PT3H", **variables, "widgets": widgets})


def _namespaces(cluster: str) -> dict[str, Any]:
    search = '{ContainerInsights,ClusterName,Namespace} MetricName="namespace_number_of_running_pods" '
    return {
        "type": "pattern",
        "pattern": NAMESPACE,
        "inputType": "select",
        "id": "namespace",
        "label": "Namespace",
        "defaultValue": "default",
        "visible": True,
        "search": f'{search}ClusterName="{cluster}"',
        "populateFrom": "Namespace",
    }


def _widget(index: int, panel: Panel, cluster: str, region: str) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "title": panel.title,
        "view": "timeSeries",
        "stacked": False,
        "region": region,
        "period": _PERIOD,
        "metrics": [line for n, each in enumerate(panel.series) for line in _lines(n, each, cluster)],
        "yAxis": {"left": {"label": _LABELS[panel.unit], "showUnits": False, **({} if panel.below else {"min": 0})}},
    }
    if panel.threshold is not None:
        line = {"label": "alarm", "value": panel.threshold, "fill": "below" if panel.below else "above"}
        properties["annotations"] = {"horizontal": [line]}
    place = {"x": index % 2 * _WIDTH, "y": index // 2 * _HEIGHT, "width": _WIDTH, "height": _HEIGHT}
    return {"type": "metric", **place, "properties": properties}


def _lines(index: int, series: Series | Formula, cluster: str) -> Iterator[list[Any]]:
    if isinstance(series, Formula):
        expression = {"expression": series.expression, "label": series.label, "id": f"e{index}"}
        yield [expression]
        for id_, each in series.of:
            yield [*_metric(each, cluster), {"id": id_, "stat": each.statistic, "visible": False}]
    elif series.by or series.where:
        yield [{"expression": _search(series, cluster), "id": f"e{index}"}]
    else:
        yield [*_metric(series, cluster), {"stat": series.statistic, "label": series.label}]


def _metric(series: Series, cluster: str) -> list[str]:
    return [series.namespace, series.name, "ClusterName", cluster]


def _search(series: Series, cluster: str) -> str:
    """A line for each value of the dimensions that are left open."""
    where = dict(series.where)
    if series.namespace == SIGNALS:
        where["Environment"] = f"eks:{cluster}/{where['Environment']}"
    else:
        where["ClusterName"] = cluster
    schema = ",".join((series.namespace, *sorted({*where, *series.by})))
    chosen = " ".join(f'{name}="{value}"' for name, value in sorted(where.items()))
    search = f'{{{schema}}} MetricName="{series.name}" {chosen}'
    return f"SEARCH('{search}', '{series.statistic}', {_PERIOD}) {series.scale}".rstrip()
