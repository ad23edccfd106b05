"""Alarms and dashboards on the real engine: made, unchanged, changed alone, gone with the platform."""

from __future__ import annotations

import pytest

from .harness import Engine, Project
from .test_compute import PROGRAM

pytestmark = pytest.mark.engine

PLATFORM = """\
region: eu-west-1
network: {zone_count: 2, nat_gateways: single}
cluster: {version: "1.35"}
namespaces: {shop: {}}
compute: {nodes: {kind: managed_nodes}}
addons:
  vpc_cni: {}
  kube_proxy: {}
  eks_pod_identity_agent: {}
  coredns: {}
  amazon_cloudwatch_observability: {log_retention_in_days: 30}
  kube_prometheus_stack: {}
workloads:
  web:
    kind: deployment
    namespace: shop
    image: example.com/web:1.0
    ports: {http: 8080}
    observe: {metrics: /metrics, traces: java}
observability:
  alarms:
    emails: [oncall@example.com]
    pending_pods: {for_minutes: 15}
  dashboards: {}
"""


@pytest.fixture
def project(engine: Engine) -> Project:
    return engine.program(PROGRAM, files={"dev.yaml": PLATFORM})


def before(names: list[str], *order: str) -> bool:
    places = [names.index(f"dev-{name}") for name in order]
    return places == sorted(places)


def test_alarms_and_dashboards_live_change_alone_and_die(project: Project) -> None:
    made = project.up().order("create")
    assert before(made, "kube-prometheus-stack-crds", "kube-prometheus-stack-release", "observability-rules")
    assert before(made, "kube-prometheus-stack-release", "web-pod-monitor", "web-deployment")
    assert before(
        made,
        "amazon-cloudwatch-observability-logs-application",
        "amazon-cloudwatch-observability-addon",
        "web-deployment",
    )
    assert before(made, "observability-topic", "observability-pending-pods")
    assert project.up().unchanged

    project.edit("dev.yaml", "for_minutes: 15}", "for_minutes: 20}\n    oom_kills: {enabled: false}")
    changed = project.up().changed()
    assert changed.pop("dev-observability-oom-kills") == "delete"
    # The dashboard of the cluster shows it no more, in Grafana and in CloudWatch.
    assert changed == dict.fromkeys(
        (
            "dev-observability-dashboard-cluster",
            "dev-observability-grafana-cluster",
            "dev-observability-pending-pods",
            "dev-observability-rules",
        ),
        "update",
    )

    project.destroy()
    assert project.export() == []
    assert project.leftovers() == []
