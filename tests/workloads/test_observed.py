"""What a workload sends, and what the platform's add-ons make of it."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.core.refs import Ground
from eks_blueprints.core.telemetry import Telemetry
from eks_blueprints.testing.recorded import Recorded
from eks_blueprints.workloads import Deployment
from tests.observability.said import AGENT, STACK, WEB, made, told
from tests.workloads.test_every_field import GROUND

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
MONITOR = "kubernetes:monitoring.coreos.com/v1:PodMonitor"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
INSTRUMENTATION = "kubernetes:opentelemetry.io/v1alpha1:Instrumentation"
COLLECTOR: dict[str, Any] = {"opentelemetry_collector": {}}
OPERATOR: dict[str, Any] = {"cert_manager": {}, "opentelemetry_operator": {}}
ADOT: dict[str, Any] = {"cert_manager": {}, "adot": {}}
FLUENT_BIT: dict[str, Any] = {"aws_for_fluent_bit": {}}


def web(addons: dict[str, Any], observe: Any, **fields: Any) -> Recorded:
    return made(addons=addons, workloads={"web": {**WEB, "observe": observe, **fields}})


def marks(found: Recorded) -> dict[str, str]:
    template: Any = found.one(DEPLOYMENT)["spec.template.metadata"]
    return dict(template.get("annotations", {}))


def env(found: Recorded) -> dict[str, str]:
    container: Any = found.one(DEPLOYMENT)["spec.template.spec.containers[0]"]
    return {each["name"]: each["value"] for each in container.get("env", ())}


def test_metrics_are_followed_by_a_pod_monitor() -> None:
    found = web(STACK, {"metrics": {"path": "/stats", "port": "http", "interval_seconds": 15}})
    monitor = found.one(MONITOR, "acme-web-pod-monitor")
    monitor.has({"spec.selector.matchLabels": {"app.kubernetes.io/name": "web"}, "metadata.namespace": "shop"})
    monitor.has({"spec.podMetricsEndpoints": [{"port": "http", "path": "/stats", "interval": "15s"}]})
    assert marks(found) == {}


def test_it_carries_the_labels_that_prometheus_asks_for() -> None:
    found = web({"kube_prometheus_stack": {"select_all_monitors": False}}, {"metrics": "/metrics"})
    found.one(MONITOR).has({"metadata.labels.release": "kube-prometheus-stack"})


def test_without_prometheus_an_agent_that_is_set_up_for_it_reads_annotations() -> None:
    values = {"agent": {"prometheus": {"config": {"scrape_configs": []}}}}
    found = web({"amazon_cloudwatch_observability": {"configuration_values": values}}, {"metrics": "/stats"})
    assert marks(found) == {
        "prometheus.io/scrape": "true",
        "prometheus.io/port": "8080",
        "prometheus.io/path": "/stats",
    }
    found.none(MONITOR)


def test_cloudwatch_instruments_pods_and_takes_traces() -> None:
    assert marks(web(AGENT, {"traces": "python"})) == {"instrumentation.opentelemetry.io/inject-python": "true"}
    found = env(web(AGENT, {"traces": True}))
    assert found["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] == "http://cloudwatch-agent.amazon-cloudwatch.svc:4316/v1/traces"
    assert (found["OTEL_METRICS_EXPORTER"], found["OTEL_SERVICE_NAME"]) == ("none", "web")


def test_a_collector_takes_all_signals() -> None:
    found = env(web({**AGENT, **COLLECTOR}, {"traces": True}))
    assert found["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://opentelemetry-collector.opentelemetry.svc:4318"
    assert "OTEL_METRICS_EXPORTER" not in found


def test_tempo_takes_traces_alone() -> None:
    found = env(web({"tempo": {}}, {"traces": True}))
    assert found["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] == "http://tempo.tempo.svc:4318/v1/traces"


@pytest.mark.parametrize(
    ("addons", "endpoint"),
    [
        ({**OPERATOR, **COLLECTOR}, "http://opentelemetry-collector.opentelemetry.svc:4318"),
        ({**OPERATOR, "tempo": {}}, "http://tempo.tempo.svc:4318"),
        (
            {**ADOT, "adot": {"configuration_values": {"collector": {"otlpIngest": {"pipelines": {}}}}}},
            "http://adot-col-otlp-ingest-collector.opentelemetry-operator-system.svc:4318",
        ),
    ],
)
def test_the_operator_instruments_pods_that_name_an_instrumentation(addons: dict[str, Any], endpoint: str) -> None:
    found = web(addons, {"traces": "java"})
    found.one(INSTRUMENTATION, "acme-web-instrumentation").has({"spec.exporter.endpoint": endpoint})
    assert marks(found) == {"instrumentation.opentelemetry.io/inject-java": "web"}
    found.one(DEPLOYMENT).waits_for("acme-web-instrumentation")


def test_what_is_written_oneself_stays() -> None:
    own = {"pod_annotations": {"instrumentation.opentelemetry.io/inject-java": "other/one"}}
    assert marks(web(AGENT, {"traces": "java"}, **own)) == own["pod_annotations"]
    endpoint = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://mine:4318"}
    assert env(web(AGENT, {"traces": True}, env=endpoint)) == endpoint
    named = env(web(AGENT, {"traces": True}, env={"OTEL_SERVICE_NAME": "shop"}))
    assert named["OTEL_SERVICE_NAME"] == "shop"
    assert "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" in named


def test_logs_are_taken_apart_or_left_out() -> None:
    assert marks(web(FLUENT_BIT, {"logs": "json"})) == {"fluentbit.io/parser": "json"}
    assert marks(web(FLUENT_BIT, {"logs": False})) == {"fluentbit.io/exclude": "true"}
    assert marks(web(FLUENT_BIT, {"logs": True})) == {}


def test_network_policies_let_prometheus_in_and_traces_out() -> None:
    closed = {"network_policy": {"ingress": [], "egress": []}}
    found = web({**STACK, **AGENT}, {"metrics": "/metrics", "traces": True}, **closed)
    policy = found.one(POLICY, "acme-web-telemetry-policy")
    policy.has({"spec.policyTypes": ["Ingress", "Egress"]})
    at = "namespaceSelector.matchLabels"
    assert policy["spec.ingress[0].from[0]." + at] == {"kubernetes.io/metadata.name": "monitoring"}
    assert policy["spec.egress[0].to[0]." + at] == {"kubernetes.io/metadata.name": "amazon-cloudwatch"}
    half = web({**STACK, **AGENT}, {"metrics": "/metrics", "traces": True}, network_policy={"ingress": []})
    half.one(POLICY, "acme-web-telemetry-policy").has({"spec.policyTypes": ["Ingress"]})


def test_open_pods_are_not_closed_by_it() -> None:
    web({**STACK, **AGENT}, {"metrics": "/metrics", "traces": True}).none(POLICY)


def test_a_closed_namespace_is_opened_for_it() -> None:
    shop = {"shop": {"network_policy": {}}}
    addons = {**STACK, "vpc_cni": {"network_policy": "standard"}}
    found = made(addons=addons, namespaces=shop, workloads={"web": {**WEB, "observe": {"metrics": "/metrics"}}})
    found.one(POLICY, "acme-web-telemetry-policy").has({"spec.ingress[0].ports": [{"port": "http"}]})


def test_a_team_and_the_platform_say_it_for_all() -> None:
    job = {"kind": "job", "image": "example.com/a:1"}
    teams = {
        "shop": {"workloads": {"web": {k: v for k, v in WEB.items() if k != "namespace"}, "job": job}},
        "quiet": {"observe": {}, "workloads": {"web": {k: v for k, v in WEB.items() if k != "namespace"}}},
    }
    addons = {**STACK, **AGENT, "vpc_cni": {"network_policy": "standard"}}
    said = {"workloads": {"metrics": "/metrics", "traces": "java"}}
    own = {**WEB, "namespace": "own", "observe": {"metrics": "/own"}}
    found = made(addons=addons, namespaces={"own": {}}, teams=teams, workloads={"own": own}, observability=said)
    assert {each.name for each in found.all(MONITOR)} == {"acme-team-shop-web-pod-monitor", "acme-own-pod-monitor"}
    java = [each.name for each in found.all() if "inject-java" in str(each.inputs)]
    assert sorted(java) == ["acme-team-shop-job-job", "acme-team-shop-web-deployment"]


OTHERS: dict[str, Any] = {
    "helm": {"kind": "helm", "chart": "a", "repository": "https://example.com", "version": "1.0.0", "namespace": "a"}
}

LACKING: list[tuple[dict[str, Any], Any, str]] = [
    ({}, {"metrics": "/metrics"}, 'metrics: are read by nothing on this platform; got "/metrics"; add kube_prometheus'),
    (AGENT, {"metrics": "/metrics"}, "metrics: are read by nothing on this platform"),
    (COLLECTOR, {"metrics": "/metrics"}, "metrics: are read by nothing on this platform"),
    ({}, {"traces": True}, "traces: are taken by nothing on this platform; got true; add amazon_cloudwatch"),
    ({}, {"traces": "java"}, "traces: need what instruments pods; got java and no such add-on"),
    (OPERATOR, {"traces": "java"}, "traces: are taken by nothing on this platform; got java, and an operator alone"),
    (ADOT, {"traces": "java"}, "traces: are taken by nothing on this platform"),
    ({}, {"logs": True}, "logs: are collected by nothing on this platform; got no such add-on; add amazon_cloudwatch"),
    ({"loki": {}, "aws_ebs_csi_driver": {}}, {"logs": True}, "logs: are collected by nothing on this platform"),
    (AGENT, {"logs": False}, "logs: cannot be left out pod by pod; got false with amazon_cloudwatch_observability"),
    (
        {"amazon_cloudwatch_observability": {"container_logs": False}},
        {"logs": True},
        "logs: are collected by nothing on this platform",
    ),
    (
        {"amazon_cloudwatch_observability": {"configuration_values": {"applicationSignals": {"enabled": False}}}},
        {"traces": True},
        "traces: are taken by nothing on this platform",
    ),
    (STACK, {"metrics": {"port": "htp"}}, 'metrics.port: no such port of the container; got "htp"; did you mean http?'),
    (STACK, {"metrics": "metrics"}, "metrics.path: is no path"),
    (STACK, {"metrics": {"interval_seconds": 1}}, "metrics.interval_seconds: is too small"),
    (AGENT, {"traces": "cobol"}, "traces: "),
    (AGENT, {"traces": "Java"}, "traces: "),
    (AGENT, {"log": True}, 'log: no such field; got "log"; did you mean logs?'),
    (AGENT, {"logs": {"parser": "a b"}}, "logs.parser: "),
    (AGENT, {"logs": 1}, "logs: "),
    (AGENT, {"logs": {"parser": "json", "exclude": True}}, "logs.parser: is for logs that are collected"),
    (AGENT, [], ""),
]


@pytest.mark.parametrize(("addons", "observe", "wanted"), LACKING, ids=[wanted[:50] for *_, wanted in LACKING])
def test_what_nothing_collects_is_refused(addons: dict[str, Any], observe: Any, wanted: str) -> None:
    found = told("workloads", addons=addons, workloads={"web": {**WEB, "observe": observe}})
    assert len(found) == 1
    assert found[0].startswith("workloads.web.observe" + (f".{wanted}" if wanted else ""))


def test_metrics_need_a_port() -> None:
    bare = {key: value for key, value in WEB.items() if key != "ports"}
    (said,) = told("workloads", addons=STACK, workloads={"web": {**bare, "observe": {"metrics": "/metrics"}}})
    assert said.startswith("workloads.web.observe.metrics: are read from a port of the container; got no ports")


def test_charts_of_ones_own_may_collect_it() -> None:
    observe = {"metrics": "/metrics", "logs": True}
    assert told("workloads", addons=OTHERS, workloads={"web": {**WEB, "observe": observe}}) == []
    assert "prometheus.io/scrape" in marks(web(OTHERS, observe))


def test_fargate_has_a_log_router_of_its_own() -> None:
    compute: dict[str, Any] = {
        "nodes": {"kind": "managed_nodes"},
        "serverless": {"kind": "fargate", "selectors": [{"namespace": "shop"}]},
    }
    workloads = {"web": {**WEB, "run_on": "serverless", "observe": {"logs": True}}}
    (said,) = told("workloads", addons=FLUENT_BIT, compute=compute, workloads=workloads)
    assert said.startswith("workloads.web.observe.logs: are collected by nothing on Fargate; got no logging")
    compute["serverless"]["logging"] = {"cloudwatch_logs": {}}
    assert told("workloads", addons=FLUENT_BIT, compute=compute, workloads=workloads) == []


def test_what_is_said_for_all_is_refused_where_it_is_said() -> None:
    (said,) = told(addons=STACK, observability={"workloads": {"traces": True}}, workloads={"web": WEB})
    assert said.startswith("observability.workloads.traces: are taken by nothing on this platform")
    teams = {"shop": {"observe": {"logs": True}}}
    found = told("teams", addons={"vpc_cni": {"network_policy": "standard"}}, teams=teams)
    assert found[0].startswith("teams.shop.observe.logs: are collected by nothing on this platform")


def test_on_a_cluster_that_no_platform_describes_one_says_what_collects() -> None:
    spec = Deployment(**{**{k: v for k, v in WEB.items() if k != "kind"}, "name": "web", "observe": {"metrics": "/m"}})
    ground = Ground(
        version="1.36",
        network=GROUND.network,
        oidc_provider=True,
        telemetry=Telemetry(prometheus_home="mon", monitor_labels={"release": "mine"}),
    )
    (monitor,) = [each.manifest for each in spec.objects(ground) if each.manifest["kind"] == "PodMonitor"]
    assert monitor["metadata"]["labels"]["release"] == "mine"
