"""What is wrong with workloads, told at the field that it comes from."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workloads.said import BASE, WEB, told

DB: dict[str, Any] = {**WEB, "kind": "stateful_set"}
HPA = {"min_replicas": 1, "max_replicas": 3, "cpu": 70}
LONG = "a" * 60

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"image": None}, "image: is required"),
    ({"namespace": "Shop"}, "namespace: is no name of a namespace"),
    ({"ports": {"HTTP": 80}}, "ports.HTTP: is no name of a port"),
    ({"ports": {"http": 0}}, "ports.http: is no port"),
    ({"ports": {"http": 80, "web": 80}}, "ports.web: is the port http too"),
    ({"env": {"A": 1}}, 'env.A: needs text; got 1; quote it: "1"'),
    ({"env": {"A": True}}, 'env.A: needs text; got true; quote it: "true"'),
    ({"env": {"A": {"secretRef": "b"}}}, "env.A: is no value of a variable"),
    ({"env": {"A": {"secretKeyRef": {"name": "b"}}}}, "env.A: "),
    ({"requests": {"cpu": "two"}}, "requests.cpu: is no quantity"),
    ({"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}, "limits.cpu: is below what is requested"),
    ({"readiness_probe": "/ready"}, "readiness_probe: is a path and there is no port to ask"),
    ({"readiness_probe": "ready"}, "readiness_probe: is no path"),
    ({"service": {}}, "service: leads to a port of the container"),
    ({"ports": {"http": 80}, "service": {"ports": {"htp": 80}}}, "service.ports.htp: no such port"),
    ({"ports": {"http": 80}, "service": {"headless": True, "type": "NodePort"}}, "service.headless: is for type"),
    ({"ports": {"http": 80}, "service": {"type": "LoadBalancer"}}, "service.type: needs AWS Load Balancer Controller"),
    ({"ports": {"http": 80}, "ingress": {}}, "ingress: needs AWS Load Balancer Controller"),
    ({"ports": {"http": 80}, "ingress": {"port": "web"}}, "ingress.port: is no port of the service"),
    (
        {"replicas": 2, "requests": {"cpu": "1"}, "horizontal_pod_autoscaler": HPA},
        "replicas: is what horizontal_pod_autoscaler says",
    ),
    ({"horizontal_pod_autoscaler": HPA}, "horizontal_pod_autoscaler.cpu: is a share of what is requested"),
    ({"horizontal_pod_autoscaler": {**HPA, "max_replicas": 0}}, "horizontal_pod_autoscaler.max_replicas: is too small"),
    ({"run_on": "node"}, 'run_on: no such compute; got "node"; did you mean nodes?'),
    ({"volumes": {"data": {"claim": {}}}}, "volumes.data.claim.size: is required"),
    ({"volumes": {"data": {"claim": {"size": "1Gi"}}}, "replicas": 2}, "volumes.data.claim: is mounted by one node"),
    ({"volumes": {"data": {"mount_path": "data"}}}, "volumes.data.mount_path: is not absolute"),
    ({"config_maps": {"app": {}}}, "config_maps.app.data: is required"),
    (
        {"secrets": {"app": {"data": {"a": "b"}, "external": {"store": "s", "data": {"a": "b"}}}}},
        "secrets.app.data: or",
    ),
    ({"sidecars": {"web": {"image": "a:1"}}}, "sidecars.web: is the name of the main container"),
    ({"sidecars": {"log": {}}}, "sidecars.log.image: is required"),
    ({"labels": {"a b": "c"}}, 'labels["a b"]: '),
    ({"pod_disruption_budget": {}}, "pod_disruption_budget.max_unavailable: or min_available is required"),
    ({"network_policy": {}}, "network_policy.ingress: or egress is required"),
    (
        {"service_account": {"allow": [{"actions": ["s3:GetObject"], "resources": []}]}},
        "service_account.allow[0].resources: ",
    ),
    ({"service_account": {"existing": True}}, "service_account.name: is required"),
    (
        {"patches": {"servce": {}}, "ports": {"http": 80}, "service": {}},
        "patches.servce: no such object of this workload",
    ),
    ({"patches": {"deployment": None}}, "patches.deployment: is the workload itself"),
    ({"patches": {"deployment": {"kind": "Job"}}}, "patches.deployment.kind: cannot be changed"),
    ({"patches": {"deployment": {"spec": {"replica": 1}}}}, "patches.deployment.spec.replica: no such field"),
    ({"container_name": "a b"}, "container_name: is no short name"),
    ({"config_maps": {"app": {"name": "A", "data": {"a": "b"}}}}, "config_maps.app.name: is no name of an object"),
    ({"object_name": "a.b"}, "object_name: is no short name"),
    # What Kubernetes itself would refuse, in its own words.
    ({"pod": {"restartPolcy": "Always"}}, "pod.restartPolcy: no such field"),
    ({"pod": {"tolerations": [{"key": "a", "effect": "NoSchedul"}]}}, "pod.tolerations[0].effect: is not one of"),
    ({"pod": {"containers": [{"name": "web", "lifecyle": {}}]}}, "pod.containers[0].lifecyle: no such field"),
    ({"pod": {"containers": [{"name": "b", "image": "c:1", "ports": "80"}]}}, "pod.containers[0].ports: needs a list"),
    ({"spec": {"strategy": {"typ": "Recreate"}}}, "spec.strategy.typ: no such field"),
    ({"security_context": {"privileged": "yes"}}, "security_context.privileged: needs true or false"),
    ({"ports": {"http": 80}, "liveness_probe": {"httpGet": {"path": "/"}}}, "liveness_probe.httpGet.port: is required"),
    ({"network_policy": {"ingress": [{"form": []}]}}, "network_policy.ingress[0].form: no such field"),
    ({"volumes": {"a": {"source": {"emptyDirr": {}}}}}, "volumes.a.source"),
]


@pytest.mark.parametrize(("fields", "message"), WRONG, ids=[message for _, message in WRONG])
def test_a_slip_is_told_at_its_field(fields: dict[str, Any], message: str) -> None:
    found = told({"web": {key: value for key, value in {**WEB, **fields}.items() if value is not None}})
    assert [each for each in found if not each.startswith("warning")] == [found[0]]
    assert found[0].startswith(f"workloads.web.{message}"), found


@pytest.mark.parametrize(
    ("workload", "message"),
    [
        ({**WEB, "kind": "cron_job", "schedule": "61 * * * *"}, "schedule: is no minute"),
        ({**WEB, "kind": "cron_job", "schedule": "@daily", "time_zone": "Europe/Berln"}, "time_zone: is no time zone"),
        ({**WEB, "kind": "job", "restart_policy": "Always"}, "restart_policy: "),
        ({**WEB, "kind": "daemon_set", "volumes": {"a": {"claim": {"size": "1Gi"}}}}, "volumes.a.claim: would be one"),
        ({**DB, "object_name": LONG}, "object_name: is longer than 52"),
        ({**DB, "replicas": -1}, "replicas: is too small"),
    ],
)
def test_a_slip_of_one_sort_of_workload(workload: dict[str, Any], message: str) -> None:
    (found,) = told({"web": workload})
    assert found.startswith(f"workloads.web.{message}"), found


def test_a_namespace_that_nobody_makes_is_a_warning() -> None:
    (found,) = told({"web": {**WEB, "namespace": "elsewhere"}})
    assert found.startswith("warning: workloads.web.namespace: is a namespace that nothing here makes")


def test_two_workloads_cannot_make_the_same_object() -> None:
    found = told({"web": WEB, "other": {**WEB, "object_name": "web"}})
    assert [each.partition(";")[0] for each in found] == [
        "workloads.other.object_name: is written down twice",
        "workloads.other.object_name: is written down twice",
    ]


def test_a_kind_that_is_not_there_is_told_with_the_nearest() -> None:
    (found,) = told({"web": {**WEB, "kind": "deploymnt"}})
    assert "did you mean deployment?" in found
    (found,) = told({"metrics_server": {"namespace": "shop"}})
    assert "which is addons; write it below addons" in found


def test_a_workload_that_is_right_is_not_doubted() -> None:
    assert told({"web": {**WEB, "ports": {"http": 8080}, "service": {}}}) == []


def test_daemon_sets_do_not_run_on_fargate() -> None:
    compute = {"nodes": BASE["compute"]["nodes"], "fargate": {"selectors": [{"namespace": "shop"}]}}
    (found,) = told({"agent": {**WEB, "kind": "daemon_set", "run_on": "fargate"}}, compute=compute)
    assert found.startswith("workloads.agent.run_on: is Fargate, which runs no DaemonSets")
    (found,) = told({"web": {**WEB, "namespace": "default", "run_on": "fargate"}}, compute=compute)
    assert found.startswith("workloads.web.run_on: selects no pods of this namespace; got default")
