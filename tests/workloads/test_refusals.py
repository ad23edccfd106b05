"""What is wrong with workloads, told at the field that it comes from."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workloads.said import BASE, STORAGE, WEB, told

DB: dict[str, Any] = {**WEB, "kind": "stateful_set"}
HPA = {"min_replicas": 1, "max_replicas": 3, "cpu": 70}
LONG = "a" * 60

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"image": None}, "image: is required"),
    ({"namespace": "Shop"}, "namespace: is not a valid name of a namespace"),
    ({"ports": {"HTTP": 80}}, "ports.HTTP: is not a valid name of a port"),
    ({"ports": {"http": 0}}, "ports.http: is not a valid port"),
    ({"ports": {"http": 80, "web": 80}}, "ports.web: is the port http too"),
    ({"env": {"A": 1}}, 'env.A: needs text; got 1; quote it: "1"'),
    ({"env": {"A": True}}, 'env.A: needs text; got true; quote it: "true"'),
    ({"env": {"A": {"secretRef": "b"}}}, "env.A: is no value of a variable"),
    ({"env": {"A": {"secretKeyRef": {"name": "b"}}}}, "env.A.secretKeyRef.key: is required"),
    ({"requests": {"cpu": "two"}}, "requests.cpu: is not a valid quantity"),
    ({"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}, "limits.cpu: is below what is requested"),
    ({"readiness_probe": "/ready"}, "readiness_probe: is a path, which needs a port"),
    ({"readiness_probe": "ready"}, "readiness_probe: is no path"),
    ({"service": {}}, "service: leads to a port of the container"),
    ({"ports": {"http": 80}, "service": {"ports": {"htp": 80}}}, "service.ports.htp: no such port"),
    ({"ports": {"http": 80}, "service": {"headless": True, "type": "NodePort"}}, "service.headless: is for type"),
    ({"ports": {"http": 80}, "service": {"type": "LoadBalancer"}}, "service.type: needs AWS Load Balancer Controller"),
    ({"ports": {"http": 80}, "ingress": {}}, "ingress: needs AWS Load Balancer Controller"),
    ({"ports": {"http": 80}, "ingress": {"port": "web"}}, "ingress.port: is not a valid port of the service"),
    (
        {"replicas": 2, "requests": {"cpu": "1"}, "horizontal_pod_autoscaler": HPA},
        "replicas: is what horizontal_pod_autoscaler says",
    ),
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
    ({"container_name": "a b"}, "container_name: is not a valid short name"),
    (
        {"config_maps": {"app": {"name": "A", "data": {"a": "b"}}}},
        "config_maps.app.name: is not a valid name of",
    ),
    ({"object_name": "a.b"}, "object_name: is not a valid short name"),
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


WORDS: list[tuple[dict[str, Any], str]] = [
    ({"containers": []}, "write the image, ports and env of the main container here, and others below sidecars"),
    ({"replicaCount": 3}, "did you mean replicas?"),
    ({"livenessProbe": {}}, "did you mean liveness_probe?"),
    ({"envFrom": []}, "did you mean env_from?"),
    ({"hpa": {}}, "write horizontal_pod_autoscaler: {min_replicas: 2, max_replicas: 10, cpu: 70}"),
    ({"pdb": {}}, "did you mean pod_disruption_budget?"),
    ({"resources": {}}, "write requests: {cpu: 250m, memory: 256Mi}, and limits beside it"),
    ({"tolerations": []}, "write it as pod: {tolerations: …}"),
    ({"topology_spread_constraints": []}, "write it as pod: {topologySpreadConstraints: …}"),
    ({"workingDir": "/"}, "write it as pod: {containers: [{name: NAME, workingDir: …}]}"),
    ({"minReadySeconds": 3}, "write it as spec: {minReadySeconds: …}"),
    ({"updateStrategy": {}}, "write it as spec: {strategy: …}"),
    ({"metadata": {}}, "write namespace, labels and annotations here; the key is the name"),
    ({"apiVersion": "apps/v1"}, "leave it out: kind says it"),
    ({"ports": [{"containerPort": 80}]}, "write {http: 8080}"),
    ({"env": [{"name": "A", "value": "b"}]}, "write {LEVEL: info}"),
    ({"env": {"A": {"value": "b"}}}, "write what stands in it, without value and valueFrom"),
    ({"env": {"A": {"secretkeyref": {}}}}, "did you mean secretKeyRef?"),
    ({"image": {"repository": "a", "tag": "b"}}, "write one such as example.com/web:1.0"),
    ({"sidecars": {"log": {"image": "a:1", "resources": {}}}}, "write requests: {cpu: 250m, memory: 256Mi}"),
    ({"volumes": {"a": {"emptyDir": {}}}}, "write it as source: {emptyDir: …}"),
    ({"volumes": {"a": {"claim": {"size": "1Gi", "volumeName": "x"}}}}, "write it as spec: {volumeName: …}"),
    ({"service": {"targetPort": 80}}, "write ports: {http: 80}, where http is the name of the container's port"),
    ({"service": {"sessionAffinity": "None"}}, "write it as spec: {sessionAffinity: …}"),
    ({"ingress": {"className": "alb"}}, "did you mean ingress_class?"),
    ({"config_maps": {"a": {"level": "info"}}}, "write values below data, as data: {level: …}"),
    ({"config_maps": {"a": {"dta": {"level": "info"}}}}, "did you mean data?"),
    ({"service_account": "web"}, "write {name: …}, with existing: true where it is made elsewhere"),
    ({"pod": {"replicas": 3}}, "write it as replicas, beside pod"),
    ({"pod": {"livenessProbe": {}}}, "write it as liveness_probe, beside pod"),
    ({"pod": {"strategy": {}}}, "write it as spec: {strategy: …}"),
    ({"pod": {"spec": {}}}, "leave it out, and write its fields beside it"),
    ({"spec": {"nodeSelector": {}}}, "write it as pod: {nodeSelector: …}"),
    ({"requests": {"CPU": 1}}, "did you mean cpu?"),
    ({"requests": {"gpus": 1}}, "or one of a device such as nvidia.com/gpu"),
    ({"requests": {"nvidia.com/gpu": "0.5"}}, "write one such as 1"),
    ({"requests": {"nvidia.com/gpu": 1}, "limits": {"memory": "1Gi"}}, "write the same amount in both"),
    ({"readiness_probe": {"path": "/"}}, "write the path alone, or {httpGet: {path: …, port: …}}"),
]
"""What people write who come from manifests and charts, and how the answer ends."""


@pytest.mark.parametrize(("fields", "answer"), WORDS, ids=[str(fields)[:40] for fields, _ in WORDS])
def test_a_word_of_manifests_and_charts_is_answered_with_what_to_write(fields: dict[str, Any], answer: str) -> None:
    found = told({"web": {**WEB, **fields}})
    assert found, "it was accepted"
    assert answer in found[0]


@pytest.mark.parametrize(
    ("kind", "fields", "answer"),
    [
        ("cron_job", {"successfulJobsHistoryLimit": 1}, "write it as spec: {successfulJobsHistoryLimit: …}"),
        ("cron_job", {"completionMode": "Indexed"}, "write it as spec: {jobTemplate: {spec: {completionMode: …}}}"),
        ("job", {"ttlSecondsAfterFinished": 1}, "write it as spec: {ttlSecondsAfterFinished: …}"),
        ("stateful_set", {"volumeClaimTemplates": []}, "write volumes: {data: {mount_path: /data"),
        ("stateful_set", {"podManagementPolicy": "Parallel"}, "did you mean pod_management?"),
        ("daemon_set", {"replicas": 1}, "leave it out: it is for a deployment or stateful_set"),
        ("sts", {}, "did you mean stateful_set?"),
        ("web_service", {}, "did you mean deployment?"),
    ],
)
def test_a_word_for_one_sort_of_workload(kind: str, fields: dict[str, Any], answer: str) -> None:
    times = {"schedule": "@daily"} if kind == "cron_job" else {}
    (found,) = told({"web": {**WEB, "kind": kind, **times, **fields}})
    assert answer in found


def test_devices_are_limited_to_what_is_requested() -> None:
    from tests.workloads.test_objects import pod_of

    found = pod_of({**WEB, "requests": {"cpu": 4, "memory": "8Gi", "nvidia.com/gpu": 1, "ephemeral-storage": "1Gi"}})
    assert found["containers"][0]["resources"]["limits"] == {"memory": "8Gi", "nvidia.com/gpu": "1"}


@pytest.mark.parametrize(("fields", "message"), WRONG, ids=[message for _, message in WRONG])
def test_a_slip_is_told_at_its_field(fields: dict[str, Any], message: str) -> None:
    found = told({"web": {key: value for key, value in {**WEB, **fields}.items() if value is not None}})
    assert [each for each in found if not each.startswith("warning")] == [found[0]]
    assert found[0].startswith(f"workloads.web.{message}"), found


@pytest.mark.parametrize(
    ("workload", "message"),
    [
        ({**WEB, "kind": "cron_job", "schedule": "61 * * * *"}, "schedule: is not a valid minute"),
        ({**WEB, "kind": "cron_job", "schedule": "@daily", "time_zone": "Europe/Berln"}, "time_zone: is no time zone"),
        ({**WEB, "kind": "job", "restart_policy": "Always"}, "restart_policy: "),
        (
            {**WEB, "kind": "daemon_set", "volumes": {"a": {"claim": {"size": "1Gi"}}}},
            "volumes.a.claim: would be shared",
        ),
        ({**DB, "object_name": LONG}, "object_name: is longer than 52"),
        ({**DB, "replicas": -1}, "replicas: is too small"),
    ],
)
def test_a_slip_of_one_sort_of_workload(workload: dict[str, Any], message: str) -> None:
    (found,) = told({"web": workload})
    assert found.startswith(f"workloads.web.{message}"), found


def test_a_namespace_that_nobody_makes_is_a_warning() -> None:
    (found,) = told({"web": {**WEB, "namespace": "elsewhere"}})
    assert found.startswith("warning: workloads.web.namespace: is a namespace that nothing here creates")


def test_two_workloads_cannot_make_the_same_object() -> None:
    found = told({"web": WEB, "other": {**WEB, "object_name": "web"}})
    assert [each.partition(";")[0] for each in found] == [
        "workloads.other.object_name: is defined twice",
        "workloads.other.object_name: is defined twice",
    ]


def test_a_kind_that_is_not_there_is_told_with_the_nearest() -> None:
    (found,) = told({"web": {**WEB, "kind": "deploymnt"}})
    assert "did you mean deployment?" in found
    (found,) = told({"metrics_server": {"namespace": "shop"}})
    assert "which is addons; write it below addons" in found


def test_a_workload_that_is_right_is_not_doubted() -> None:
    assert told({"web": {**WEB, "ports": {"http": 8080}, "service": {}}}) == []


def test_what_an_object_needs_comes_from_an_add_on_or_from_charts_of_ones_own() -> None:
    asked = {"ports": {"http": 80}, "ingress": {}, "vertical_pod_autoscaler": {}, "requests": {"cpu": 1}}
    workloads = {"web": {**WEB, **asked, "horizontal_pod_autoscaler": HPA}}
    first, *more = told(workloads)
    assert first.startswith("workloads.web.ingress: needs AWS Load Balancer Controller")
    assert [each.partition(";")[0] for each in more] == [
        "workloads.web.horizontal_pod_autoscaler: reads what pods use from the metrics server",
        "workloads.web.vertical_pod_autoscaler: needs vpa",
    ]
    given = {"aws_load_balancer_controller": {}, "vpa": {}, "metrics_server": {}}
    chart = {"namespace": "own", "chart": "own", "repository": "https://charts.example.com", "version": "1.0.0"}
    own = {"own": {"kind": "helm", **chart}}
    for addons in (given, own):
        assert [each for each in told(workloads, addons=addons) if not each.startswith("warning")] == []


def test_daemon_sets_do_not_run_on_fargate() -> None:
    compute = {"nodes": BASE["compute"]["nodes"], "fargate": {"selectors": [{"namespace": "shop"}]}}
    (found,) = told({"agent": {**WEB, "kind": "daemon_set", "run_on": "fargate"}}, compute=compute)
    assert found.startswith("workloads.agent.run_on: is Fargate, which runs no DaemonSets")
    (found,) = told({"web": {**WEB, "namespace": "default", "run_on": "fargate"}}, compute=compute)
    assert found.startswith("workloads.web.run_on: selects no pods of this namespace; got default")


DOUBTFUL: list[tuple[dict[str, Any], str]] = [
    (
        {"kind": "cron_job", "schedule": "0 0 31 2 *"},
        'schedule: never occurs, so no Job is started; got "0 0 31 2 *"; use a day that exists',
    ),
    (
        {"ports": {"http": 80}, "liveness_probe": {"tcpSocket": {"port": "htp"}}},
        'liveness_probe.tcpSocket.port: is no port of the container, so the probe always fails; got "htp"; name one',
    ),
    (
        {"readiness_probe": {"httpGet": {"port": "http"}}},
        'readiness_probe.httpGet.port: is no port of the container, so the probe always fails; got "http"; declare it',
    ),
    (
        {"requests": {"memory": "256m"}},
        'requests.memory: is 0.256 bytes, as m means a thousandth; got "256m"; write one such as 256Mi or 20Gi',
    ),
    (
        {"volumes": {"data": {"mount_path": "/data", "claim": {"size": "20"}}}},
        'volumes.data.claim.size: is 20 bytes, as there is no larger unit; got "20"; write one such as 256Mi or 20Gi',
    ),
]


@pytest.mark.parametrize(("fields", "expected"), DOUBTFUL)
def test_what_kubernetes_takes_and_never_works_is_a_warning(fields: dict[str, Any], expected: str) -> None:
    (found,) = (each for each in told({"web": {**WEB, **fields}}, addons=STORAGE) if "is not known" not in each)
    assert found.startswith(f"warning: workloads.web.{expected}")


HIDDEN = "hush-4711"
BADLY_WRITTEN: list[dict[str, Any]] = [
    {"secrets": {"db": {"data": {"a": [HIDDEN]}}}},
    {"secrets": {"db": {"data": {"a": {"secret": HIDDEN, "of": HIDDEN}}}}},
    {"secrets": {"db": {"data": HIDDEN}}},
    {"secrets": {"db": HIDDEN}},
    {"env": {"DB_PASSWORD": [HIDDEN]}},
    {"env": {"DB_PASSWORD": {"value": HIDDEN}}},
    {"sidecars": {"log": {"image": "a:1", "env": {"API_TOKEN": [HIDDEN]}}}},
]


@pytest.mark.parametrize("fields", BADLY_WRITTEN, ids=str)
def test_no_error_quotes_a_secret(fields: dict[str, Any]) -> None:
    problems = told({"web": {**WEB, **fields}})
    assert problems
    assert HIDDEN not in "".join(problems)


def test_an_error_beside_a_secret_says_what_is_wrong() -> None:
    (problem,) = told({"web": {**WEB, "secrets": {"db": {"data": {"a": "b"}, "mount_path": "etc"}}}})
    assert problem.endswith('mount_path: is not absolute; got "etc"; begin it with /')
    (problem,) = told({"web": {**WEB, "secrets": {"db": {"dta": {"a": "b"}}}}})
    assert problem.endswith('dta: no such field; got "dta"; did you mean data?')
