"""The objects of workloads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.stackfile import load
from tests.workloads.said import BASE, STORAGE, WEB, made, told

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
SECRET = "kubernetes:core/v1:Secret"  # noqa: S105 - a type
SERVICE = "kubernetes:core/v1:Service"
CONFIG = "kubernetes:core/v1:ConfigMap"
ACCOUNT = "kubernetes:core/v1:ServiceAccount"
SECRETS = {"$secret": True}
GROUPS = {"Deployment": "apps/v1", "StatefulSet": "apps/v1", "CronJob": "batch/v1", "Job": "batch/v1"}
KINDS = {"Deployment": "deployment", "StatefulSet": "stateful_set", "CronJob": "cron_job", "Job": "job"}
EPHEMERAL = {"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "5Gi"}}}}
STATEFUL: dict[str, Any] = {"volumes": {"data": {"mount_path": "/data", "claim": {"size": "5Gi"}}}}
LBC: dict[str, Any] = {"addons": {"aws_load_balancer_controller": {}}}


def pod_of(fields: dict[str, Any], kind: str = DEPLOYMENT, **platform: Any) -> Any:
    return made({"web": fields}, **platform).one(kind).inputs["spec"]["template"]["spec"]


def test_a_deployment_is_a_deployment_with_a_service_account_of_its_own() -> None:
    found = made({"web": WEB})
    deployment, account = found.one(DEPLOYMENT), found.one(ACCOUNT)
    assert deployment.name == "acme-web-deployment"
    assert deployment.inputs["metadata"] == {
        "name": "web",
        "namespace": "shop",
        "labels": {"app.kubernetes.io/name": "web"},
    }
    spec = deployment.inputs["spec"]
    assert spec["replicas"] == 1
    assert spec["selector"] == {"matchLabels": {"app.kubernetes.io/name": "web"}}
    pod = spec["template"]["spec"]
    assert pod["serviceAccountName"] == account.inputs["metadata"]["name"] == "web"
    assert pod["automountServiceAccountToken"] is False
    assert [(each["name"], each["image"]) for each in pod["containers"]] == [("web", "example.com/web:1.0")]
    deployment.waits_for(account)
    deployment.waits_for(found.one("kubernetes:core/v1:Namespace"))


def test_pods_meet_the_restricted_standard_unless_it_says_otherwise() -> None:
    pod = pod_of({**WEB, "sidecars": {"log": {"image": "example.com/log:1"}}})
    assert pod["securityContext"] == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    strict = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    assert [each["securityContext"] for each in (*pod["containers"], *pod["initContainers"])] == [strict, strict]
    merged = pod_of({**WEB, "security_context": {"runAsUser": 1000, "capabilities": {"add": ["NET_BIND_SERVICE"]}}})
    assert merged["containers"][0]["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
        "runAsUser": 1000,
    }
    loose = pod_of({**WEB, "pod_security": "baseline"})
    assert "securityContext" not in loose
    assert "securityContext" not in loose["containers"][0]


def test_variables_that_are_secret_stand_in_a_secret() -> None:
    env = {"LEVEL": "info", "PASSWORD": {"secret": "db"}, "NODE": {"fieldRef": {"fieldPath": "spec.nodeName"}}}
    env["URL"] = {"stack": "acme/db/prod", "output": "url"}
    found = made({"web": {**WEB, "env": env}})
    secret = found.one(SECRET)
    assert secret.name == "acme-web-env"
    assert secret.inputs["metadata"]["name"] == "web-env"
    assert secret.inputs["stringData"] == SECRETS
    assert found.one(DEPLOYMENT).inputs["spec"]["template"]["spec"]["containers"][0]["env"] == [
        {"name": "LEVEL", "value": "info"},
        {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "web-env", "key": "PASSWORD"}}},
        {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
        {"name": "URL", "valueFrom": {"secretKeyRef": {"name": "web-env", "key": "URL"}}},
    ]
    found.one(DEPLOYMENT).waits_for(secret)


def test_the_memory_limit_is_the_request_and_there_is_none_of_processors() -> None:
    asked = {"cpu": "250m", "memory": "256Mi"}
    limits = {
        "by default": ({}, {"memory": "256Mi"}),
        "said": ({"limits": {"cpu": "1"}}, {"cpu": "1"}),
        "none": ({"limits": {}}, None),
    }
    for fields, limit in limits.values():
        found = pod_of({**WEB, "requests": asked, **fields})["containers"][0]["resources"]
        assert found == {"requests": asked, **({"limits": limit} if limit else {})}


def test_probes_are_paths_on_the_first_port_or_in_kubernetes_words() -> None:
    fields = {"ports": {"http": 8080, "admin": 9000}, "readiness_probe": "/ready"}
    fields["liveness_probe"] = {"tcpSocket": {"port": "admin"}, "periodSeconds": 5}
    container = pod_of({**WEB, **fields})["containers"][0]
    assert container["ports"] == [
        {"name": "http", "containerPort": 8080},
        {"name": "admin", "containerPort": 9000},
    ]
    assert container["readinessProbe"] == {"httpGet": {"path": "/ready", "port": "http"}}
    assert container["livenessProbe"] == {"tcpSocket": {"port": "admin"}, "periodSeconds": 5}


def test_sidecars_run_beside_and_init_containers_before() -> None:
    fields = {
        "init_containers": {"migrate": {"image": "example.com/migrate:1", "command": ["migrate"]}},
        "sidecars": {"log": {"image": "example.com/log:1", "env": {"KEY": {"secret": "log"}}}},
    }
    found = made({"web": {**WEB, **fields}})
    started = found.one(DEPLOYMENT).inputs["spec"]["template"]["spec"]["initContainers"]
    assert [(each["name"], each.get("restartPolicy")) for each in started] == [("migrate", None), ("log", "Always")]
    assert found.one(SECRET).inputs["metadata"]["name"] == "web-env-log"


def test_what_is_written_in_kubernetes_words_is_merged_by_names() -> None:
    pod = {
        "containers": [
            {"name": "web", "lifecycle": {"preStop": {"sleep": {"seconds": 10}}}, "env": [{"name": "A", "value": "2"}]},
            {"name": "extra", "image": "example.com/extra:1"},
        ],
        "securityContext": {"fsGroup": 1000, "runAsNonRoot": None},
        "priorityClassName": "high",
    }
    spec = {"strategy": {"type": "Recreate"}, "template": {"metadata": {"annotations": {"a": "b"}}}}
    found = made({"web": {**WEB, "env": {"A": "1", "B": "1"}, "pod": pod, "spec": spec}}).one(DEPLOYMENT).inputs["spec"]
    assert found["strategy"] == {"type": "Recreate"}
    assert found["template"]["metadata"]["annotations"] == {"a": "b"}
    made_pod = found["template"]["spec"]
    assert made_pod["priorityClassName"] == "high"
    assert made_pod["securityContext"] == {"fsGroup": 1000, "seccompProfile": {"type": "RuntimeDefault"}}
    web, extra = made_pod["containers"]
    assert web["env"] == [{"name": "A", "value": "2"}, {"name": "B", "value": "1"}]
    assert web["lifecycle"] == {"preStop": {"sleep": {"seconds": 10}}}
    assert extra == {"name": "extra", "image": "example.com/extra:1"}


def test_pods_are_replaced_when_their_settings_change() -> None:
    def annotations(value: str) -> Any:
        fields = {"config_maps": {"app": {"data": {"level": value}, "env": True, "mount_path": "/etc/app"}}}
        found = made({"web": {**WEB, **fields}})
        template = found.one(DEPLOYMENT).inputs["spec"]["template"]
        assert found.one(CONFIG).inputs["metadata"]["name"] == "web-app"
        container = template["spec"]["containers"][0]
        assert container["envFrom"] == [{"configMapRef": {"name": "web-app"}}]
        assert container["volumeMounts"] == [{"name": "config-app", "mountPath": "/etc/app", "readOnly": True}]
        assert template["spec"]["volumes"] == [{"name": "config-app", "configMap": {"name": "web-app"}}]
        return template["metadata"]["annotations"]

    assert annotations("info") == annotations("info") != annotations("debug")


def test_a_secret_is_written_down_or_read_by_the_external_secrets_operator() -> None:
    given = {"db": {"data": {"password": {"secret": "db"}}, "mount_path": "/etc/db"}}
    found = made({"web": {**WEB, "secrets": given}})
    assert found.one(SECRET).inputs["stringData"] == SECRETS
    external = {"store": "aws", "data": {"password": "prod/db#password", "whole": "prod/all"}}
    fields = {"secrets": {"db": {"external": external, "env": True}}}
    addons = {"addons": {"external_secrets": {}}}
    spec = made({"web": {**WEB, **fields}}, **addons).one("kubernetes:external-secrets.io/v1:ExternalSecret").inputs
    assert spec["spec"] == {
        "refreshInterval": "1h",
        "secretStoreRef": {"name": "aws", "kind": "ClusterSecretStore"},
        "target": {"name": "web-db", "creationPolicy": "Owner"},
        "data": [
            {"secretKey": "password", "remoteRef": {"key": "prod/db", "property": "password"}},
            {"secretKey": "whole", "remoteRef": {"key": "prod/all"}},
        ],
    }


def test_files_are_taken_over_and_stay_in_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "nginx.conf").write_text("worker_processes 1;\n")
    (tmp_path.parent / "outside.txt").write_text("x")
    monkeypatch.chdir(tmp_path / "stacks")
    config = {"config_maps": {"nginx": {"files": {"nginx.conf": "nginx.conf"}}}}
    assert made({"web": {**WEB, **config}}).one(CONFIG).inputs["data"] == {"nginx.conf": "worker_processes 1;\n"}
    (tmp_path / "stacks" / "binary").write_bytes(b"\xff\xfe")
    for path, what in {
        "missing.conf": "is no file",
        "../../outside.txt": "is outside of the project",
        "binary": "is not UTF-8 text",
    }.items():
        (problem,) = told({"web": {**WEB, "config_maps": {"nginx": {"files": {"nginx.conf": path}}}}})
        assert problem.startswith(f'workloads.web.config_maps.nginx.files["nginx.conf"]: {what}')


@pytest.mark.parametrize("group", ["config_maps", "secrets"])
def test_a_key_has_one_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: str) -> None:
    (tmp_path / "a.txt").write_text("x")
    monkeypatch.chdir(tmp_path)
    twice = {"data": {"a": "hidden-4711", "b": "c"}, "files": {"a": "a.txt"}}
    (problem,) = told({"web": {**WEB, group: {"app": twice}}})
    assert problem == f"workloads.web.{group}.app.files.a: is in data too; got a twice; remove one of them"


def test_paths_of_files_are_counted_from_the_folder_of_the_stack_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "nginx.conf").write_text("worker_processes 1;\n")
    web = {**WEB, "config_maps": {"nginx": {"files": {"nginx.conf": "nginx.conf"}}}}
    (tmp_path / "stacks" / "dev.yaml").write_text(json.dumps({**BASE, "workloads": {"web": web}}))
    monkeypatch.chdir(tmp_path)
    (workload,) = load("stacks/dev.yaml").workloads
    assert workload.config_maps["nginx"].content == {"nginx.conf": "worker_processes 1;\n"}


def test_a_service_leads_to_the_ports_by_their_names() -> None:
    ports = {"ports": {"http": 8080, "dns": "53/UDP"}}
    service = made({"web": {**WEB, **ports, "service": {}}}).one(SERVICE).inputs["spec"]
    assert service["ports"] == [
        {"name": "http", "port": 8080, "targetPort": "http"},
        {"name": "dns", "port": 53, "targetPort": "dns", "protocol": "UDP"},
    ]
    assert service["selector"] == {"app.kubernetes.io/name": "web"}
    balanced = {"type": "LoadBalancer", "ports": {"http": 80}, "scheme": "internet-facing"}
    found = made({"web": {**WEB, **ports, "service": balanced}}, **LBC).one(SERVICE, "acme-web-service").inputs
    assert found["spec"]["type"] == "LoadBalancer"
    assert found["spec"]["loadBalancerClass"] == "service.k8s.aws/nlb"
    assert found["metadata"]["annotations"] == {
        "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
        "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
    }


def test_an_ingress_is_a_load_balancer_with_its_certificate() -> None:
    arn = "arn:aws:acm:eu-west-1:111122223333:certificate/abc"
    ingress = {"hosts": ["shop.example.com"], "certificate_arns": [arn], "load_balancer_group": "public"}
    found = made({"web": {**WEB, "ports": {"http": 8080}, "ingress": ingress}}, **LBC)
    made_ingress = found.one("kubernetes:networking.k8s.io/v1:Ingress", "acme-web-ingress").inputs
    alb = "alb.ingress.kubernetes.io"
    assert made_ingress["metadata"]["annotations"] == {
        f"{alb}/target-type": "ip",
        f"{alb}/listen-ports": '[{"HTTP": 80}, {"HTTPS": 443}]',
        f"{alb}/ssl-redirect": "443",
        f"{alb}/scheme": "internal",
        f"{alb}/certificate-arn": arn,
        f"{alb}/group.name": "public",
    }
    backend = {"service": {"name": "web", "port": {"number": 8080}}}
    assert made_ingress["spec"] == {
        "ingressClassName": "alb",
        "rules": [
            {
                "host": "shop.example.com",
                "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]},
            }
        ],
    }
    found.one(SERVICE, "acme-web-service")


def test_two_pods_or_more_are_spread_and_not_all_drained_at_once() -> None:
    one, two = made({"web": WEB}), made({"web": {**WEB, "replicas": 2}})
    budget = "kubernetes:policy/v1:PodDisruptionBudget"
    assert not one.all(budget)
    assert two.one(budget).inputs["spec"]["maxUnavailable"] == 1
    spread = two.one(DEPLOYMENT).inputs["spec"]["template"]["spec"]["topologySpreadConstraints"]
    assert [(each["topologyKey"], each["whenUnsatisfiable"]) for each in spread] == [
        ("topology.kubernetes.io/zone", "ScheduleAnyway"),
        ("kubernetes.io/hostname", "ScheduleAnyway"),
    ]
    strict = pod_of({**WEB, "replicas": 3, "spread": "required"})["topologySpreadConstraints"]
    assert [each["whenUnsatisfiable"] for each in strict] == ["DoNotSchedule", "ScheduleAnyway"]
    assert "topologySpreadConstraints" not in pod_of({**WEB, "replicas": 3, "spread": "none"})


def test_an_autoscaler_alone_says_how_many_pods_there_are() -> None:
    scaled = {
        "requests": {"cpu": "100m"},
        "horizontal_pod_autoscaler": {"min_replicas": 2, "max_replicas": 8, "cpu": 70},
    }
    found = made({"web": {**WEB, **scaled}}, addons={"metrics_server": {}})
    assert "replicas" not in found.one(DEPLOYMENT).inputs["spec"]
    autoscaler = found.one("kubernetes:autoscaling/v2:HorizontalPodAutoscaler")
    assert autoscaler.inputs["spec"] == {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "minReplicas": 2,
        "maxReplicas": 8,
        "metrics": [
            {
                "type": "Resource",
                "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
            }
        ],
    }
    autoscaler.waits_for(found.one(DEPLOYMENT))


def test_a_stateful_set_gives_each_pod_a_name_and_storage() -> None:
    fields = {
        "ports": {"sql": 5432},
        "replicas": 3,
        "volumes": {"data": {"mount_path": "/data", "claim": {"size": "20Gi"}}},
    }
    found = made({"db": {**WEB, **fields, "kind": "stateful_set"}}, addons=STORAGE)
    spec = found.one("kubernetes:apps/v1:StatefulSet").inputs["spec"]
    assert spec["serviceName"] == found.one(SERVICE).inputs["metadata"]["name"] == "db-headless"
    assert found.one(SERVICE).inputs["spec"]["clusterIP"] == "None"
    (template,) = spec["volumeClaimTemplates"]
    assert template["spec"] == {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "20Gi"}},
        "volumeMode": "Filesystem",
    }
    assert spec["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": "Retain", "whenScaled": "Retain"}
    assert "volumes" not in spec["template"]["spec"]
    assert not found.all("kubernetes:core/v1:PersistentVolumeClaim")


def test_a_cron_job_runs_jobs_at_its_times() -> None:
    fields = {"kind": "cron_job", "schedule": "30 2 * * *", "time_zone": "Europe/Berlin", "backoff_limit": 2}
    spec = made({"backup": {**WEB, **fields}}).one("kubernetes:batch/v1:CronJob").inputs["spec"]
    assert (spec["schedule"], spec["timeZone"], spec["concurrencyPolicy"]) == ("30 2 * * *", "Europe/Berlin", "Forbid")
    assert spec["jobTemplate"]["spec"]["backoffLimit"] == 2
    pod = spec["jobTemplate"]["spec"]["template"]
    assert pod["spec"]["restartPolicy"] == "Never"
    assert "selector" not in spec["jobTemplate"]["spec"]


def test_pods_may_do_what_their_service_account_says() -> None:
    allow = [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::assets/*"]}]
    rules = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}]
    found = made({"web": {**WEB, "service_account": {"allow": allow, "rules": rules}}})
    association = found.one("aws:eks/podIdentityAssociation:PodIdentityAssociation", "acme-web-identity-association")
    assert association.inputs["serviceAccount"] == "web"
    deployment = found.one(DEPLOYMENT)
    deployment.waits_for(association)
    assert deployment.inputs["spec"]["template"]["spec"]["automountServiceAccountToken"] is True
    binding = found.one("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding").inputs
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "web", "namespace": "shop"}]
    assert found.one("kubernetes:rbac.authorization.k8s.io/v1:Role").inputs["rules"] == rules
    irsa = made({"web": {**WEB, "service_account": {"allow": allow, "identity": "irsa"}}})
    role = irsa.one("aws:iam/role:Role", "acme-web-identity-role")
    annotations = irsa.one(ACCOUNT).inputs["metadata"]["annotations"]
    assert annotations == {"eks.amazonaws.com/role-arn": f"${{{role.name}.arn}}"}
    assert irsa.one(ACCOUNT).urn == found.one(ACCOUNT).urn


def test_pods_run_where_they_are_told() -> None:
    taint = {"key": "dedicated", "value": "gpu", "effect": "NO_SCHEDULE"}
    compute = {
        "gpu": {"kind": "managed_nodes", "labels": {"pool": "gpu"}, "taints": [taint]},
        "nodes": {"kind": "managed_nodes"},
        "karpenter": {"node_pools": {"small": {"node_class": "default"}, "large": {"node_class": "default"}}},
        "serverless": {"kind": "fargate", "selectors": [{"namespace": "sh*", "labels": {"on": "fargate"}}]},
    }
    gpu = pod_of({**WEB, "run_on": "gpu"}, compute=compute)
    assert gpu["nodeSelector"] == {"pool": "gpu"}
    tolerated = {"key": "dedicated", "operator": "Equal", "value": "gpu", "effect": "NoSchedule"}
    assert gpu["tolerations"] == [tolerated]
    assert pod_of({**WEB, "run_on": "karpenter/large"}, compute=compute)["nodeSelector"] == {
        "karpenter.sh/nodepool": "large"
    }
    pools = pod_of({**WEB, "run_on": "karpenter"}, compute=compute)["affinity"]["nodeAffinity"]
    (term,) = pools["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    assert term["matchExpressions"] == [
        {"key": "karpenter.sh/nodepool", "operator": "In", "values": ["small", "large"]}
    ]
    fargate = made({"web": {**WEB, "run_on": "serverless"}}, compute=compute).one(DEPLOYMENT).inputs["spec"]["template"]
    assert fargate["metadata"]["labels"] == {"app.kubernetes.io/name": "web", "on": "fargate"}


def test_adding_a_workload_or_a_part_changes_no_other_urn() -> None:
    def urns(workloads: dict[str, Any]) -> set[str]:
        return made(workloads).urns

    before = urns({"web": WEB})
    parts = {"ports": {"http": 8080}, "service": {}, "replicas": 3, "env": {"A": {"secret": "a"}}}
    parts["service_account"] = {"policy_arns": {"read": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}}
    assert before < urns({"other": WEB, "web": {**WEB, **parts}})


def test_nothing_waits_for_pods_that_there_may_be_none_of() -> None:
    fields = {"ports": {"http": 8080}, "service": {}}
    waits = made({"web": {**WEB, **fields}}).one(SERVICE).inputs["metadata"]
    assert "annotations" not in waits
    parked = made({"web": {**WEB, **fields, "replicas": 0}}).one(SERVICE).inputs["metadata"]
    assert parked["annotations"] == {"pulumi.com/skipAwait": "true"}


def test_objects_and_containers_keep_the_names_that_they_are_given() -> None:
    fields = {
        "container_name": "php",
        "ports": {"http": 8080},
        "service": {"name": "front"},
        "ingress": {"ingress_class": "nginx"},
        "config_maps": {"app": {"name": "front.conf", "data": {"a": "b"}, "env": True}},
        "secrets": {"db": {"name": "login", "data": {"a": {"secret": "a"}}, "mount_path": "/etc/db"}},
        "volumes": {"data": {"claim": {"name": "disk", "size": "1Gi"}}},
    }
    found = made({"web": {**WEB, **fields}}, addons=STORAGE)
    pod = found.one(DEPLOYMENT).inputs["spec"]["template"]["spec"]
    assert [each["name"] for each in pod["containers"]] == ["php"]
    assert found.one(CONFIG).inputs["metadata"]["name"] == "front.conf"
    assert pod["containers"][0]["envFrom"] == [{"configMapRef": {"name": "front.conf"}}]
    assert found.one(SECRET).inputs["metadata"]["name"] == "login"
    assert found.one("kubernetes:core/v1:PersistentVolumeClaim").inputs["metadata"]["name"] == "disk"
    assert pod["volumes"] == [
        {"name": "data", "persistentVolumeClaim": {"claimName": "disk"}},
        {"name": "secret-db", "secret": {"secretName": "login"}},
    ]
    assert found.one(SERVICE).inputs["metadata"]["name"] == "front"
    rule = found.one("kubernetes:networking.k8s.io/v1:Ingress").inputs["spec"]["rules"][0]
    assert rule["http"]["paths"][0]["backend"]["service"]["name"] == "front"
    governed = made({"db": {**WEB, "kind": "stateful_set", "headless_service": "nodes"}})
    assert governed.one(SERVICE).inputs["metadata"]["name"] == "nodes"
    assert governed.one("kubernetes:apps/v1:StatefulSet").inputs["spec"]["serviceName"] == "nodes"


def test_any_object_can_be_patched_and_what_is_made_unasked_left_out() -> None:
    patches = {
        "deployment": {"metadata": {"labels": {"team": "shop", "app.kubernetes.io/name": None}}},
        "service-account": {"automountServiceAccountToken": None},
        "pod-disruption-budget": None,
    }
    found = made({"web": {**WEB, "replicas": 2, "patches": patches}})
    assert found.one(DEPLOYMENT).inputs["metadata"]["labels"] == {"team": "shop"}
    assert "automountServiceAccountToken" not in found.one(ACCOUNT).inputs
    assert not found.all("kubernetes:policy/v1:PodDisruptionBudget")


def test_a_service_account_that_is_there_says_itself_whether_pods_get_a_token() -> None:
    account = {"name": "default", "existing": True}
    assert "automountServiceAccountToken" not in pod_of({**WEB, "service_account": account})
    assert (
        pod_of({**WEB, "service_account": {**account, "automount_token": False}})["automountServiceAccountToken"]
        is False
    )


def test_a_service_takes_its_ports_in_kubernetes_words_too() -> None:
    ports = [{"port": 80, "targetPort": 8080}]
    written = {"service": {"spec": {"ports": ports}}, "ports": {"admin": 9000}, "ingress": {"ingress_class": "nginx"}}
    found = made({"web": {**WEB, **written}})
    assert found.one(SERVICE).inputs["spec"]["ports"] == ports
    rule = found.one("kubernetes:networking.k8s.io/v1:Ingress").inputs["spec"]["rules"][0]
    assert rule["http"]["paths"][0]["backend"]["service"]["port"] == {"number": 80}
    merged = {"type": "NodePort", "spec": {"ports": [{"name": "http", "nodePort": 30080}]}}
    service = made({"web": {**WEB, "ports": {"http": 80}, "service": merged}}).one(SERVICE).inputs["spec"]
    assert service["ports"] == [{"name": "http", "port": 80, "targetPort": "http", "nodePort": 30080}]


def test_pods_stay_when_their_settings_change_if_they_are_told_to() -> None:
    fields = {"config_maps": {"app": {"data": {"level": "info"}}}, "restart_on_change": False}
    template = made({"web": {**WEB, **fields}}).one(DEPLOYMENT).inputs["spec"]["template"]
    assert "annotations" not in template["metadata"]


def test_a_pod_behind_a_load_balancer_ends_when_that_has_let_go_of_it() -> None:
    web = {**WEB, "ports": {"http": 8080}, "service": {"type": "LoadBalancer"}}

    def ends(**fields: Any) -> tuple[Any, Any]:
        pod = pod_of({**web, **fields}, **LBC)
        return pod["containers"][0].get("lifecycle"), pod.get("terminationGracePeriodSeconds")

    def sleeps(seconds: int) -> Any:
        return {"preStop": {"sleep": {"seconds": seconds}}}

    assert ends() == (sleeps(15), None)
    assert ends(drain_seconds=60) == (sleeps(60), 75)
    assert ends(drain_seconds=0) == (None, None)
    assert ends(service={}) == (None, None)
    assert ends(service={}, ingress={}) == (sleeps(15), None)
    # Kubernetes refuses a pod that sleeps for longer than it has.
    assert ends(pod={"terminationGracePeriodSeconds": 10}) == (sleeps(5), 10)
    own = {"preStop": {"exec": {"command": ["/drain"]}}}
    assert ends(pod={"containers": [{"name": "web", "lifecycle": own}]}) == (own, None)
    found = told(
        {"web": {**web, "drain_seconds": 5, "pod": {"containers": [{"name": "web", "lifecycle": own}]}}}, **LBC
    )
    assert found == ["workloads.web.drain_seconds: is a preStop hook; got 5, and a preStop in pod; remove one of them"]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("Deployment", {"volumes": {"files": {"mount_path": "/f", "claim": {"size": "5Gi"}}}}),
        ("CronJob", {"schedule": "0 3 * * *", "volumes": {"f": {"mount_path": "/f", "claim": {"existing": "old"}}}}),
        ("Job", {"volumes": {"f": {"mount_path": "/f", "source": {"ephemeral": {"volumeClaimTemplate": EPHEMERAL}}}}}),
        ("StatefulSet", {**STATEFUL, "spec": {"persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete"}}}),
    ],
)
def test_what_mounts_claims_is_deleted_before_the_cluster(kind: str, fields: dict[str, Any]) -> None:
    found = made({"web": {**WEB, **fields, "kind": KINDS[kind]}}, addons=STORAGE).one(
        f"kubernetes:{GROUPS[kind]}:{kind}"
    )
    assert "deleted_with" not in found.planned.options
    assert found.planned.options["replace_with"]


@pytest.mark.parametrize(("kind", "fields"), [("Deployment", {}), ("StatefulSet", STATEFUL)])
def test_what_mounts_nothing_that_has_to_go_goes_with_the_cluster(kind: str, fields: dict[str, Any]) -> None:
    found = made({"web": {**WEB, **fields, "kind": KINDS[kind]}}, addons=STORAGE)
    one = found.one(f"kubernetes:{GROUPS[kind]}:{kind}")
    assert one.planned.options["deleted_with"] == found.one("eks.Cluster").urn
