"""Objects that observe a platform and its workloads on a real API server, by the CRDs of their operators."""

from __future__ import annotations

from typing import Any

import pytest

from tests.observability.said import AGENT, STACK, WEB, made

from .started import ApiServer
from .test_manifests import objects, refusals

OPERATOR: dict[str, Any] = {"opentelemetry_operator": {}, "opentelemetry_collector": {}, "cert_manager": {}}
OBSERVE: dict[str, Any] = {"metrics": {"path": "/stats", "interval_seconds": 15}, "traces": "java", "logs": True}
CLOSED: dict[str, Any] = {"ingress": [], "egress": []}


@pytest.mark.parametrize("addons", [{**STACK, **AGENT}, {**STACK, **OPERATOR, "aws_for_fluent_bit": {}}])
def test_what_observes_is_accepted(addons: dict[str, Any], server: ApiServer) -> None:
    found = made(
        addons={**addons, "cert_manager": {}},
        namespaces={},
        workloads={"web": {**WEB, "namespace": "observed", "observe": OBSERVE, "network_policy": CLOSED}},
        observability={"alarms": {"prometheus": True}, "dashboards": {"grafana": True}},
    )
    kinds = {manifest["kind"] for _, manifest in objects(found)}
    assert {"PrometheusRule", "PodMonitor", "ConfigMap", "NetworkPolicy"} <= kinds
    assert ("Instrumentation" in kinds) == ("opentelemetry_operator" in addons)
    assert refusals(found, server) == {}


def test_the_server_refuses_what_is_none(server: ApiServer) -> None:
    found = dict(objects(made(addons=STACK, observability={"alarms": {}})))
    rule: Any = found["acme-observability-rules"]
    wrong = {**rule, "spec": {"groups": [{"name": "a", "rules": [{"alert": "A", "expr": "up", "for": "soon"}]}]}}
    assert "for" in server.refusal(wrong)
