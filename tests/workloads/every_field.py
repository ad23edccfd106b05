# ruff: noqa: E501 - a line for each field, with all of its values
"""Every field of every sort of workload, set once, with the objects that it makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.refs import Ground, Place
from eks_blueprints.workloads import CronJob, DaemonSet, Deployment, Job, StatefulSet, Workload

KINDS: dict[str, type[Workload]] = {
    "deployment": Deployment,
    "stateful_set": StatefulSet,
    "daemon_set": DaemonSet,
    "job": Job,
    "cron_job": CronJob,
}
NAMESPACE = "strict"
LEAST: dict[str, dict[str, Any]] = {
    kind: {"name": "web", "namespace": NAMESPACE, "image": "example.com/web:1.0"} for kind in KINDS
}
LEAST["cron_job"]["schedule"] = "30 2 * * *"

HTTP = {"ports": {"http": 8080}}
PROBES: list[Any] = [
    "/ready",
    {"httpGet": {"path": "/", "port": "http", "scheme": "HTTPS"}, "periodSeconds": 5, "failureThreshold": 2},
    {"tcpSocket": {"port": 8080}},
    {"exec": {"command": ["true"]}, "initialDelaySeconds": 5},
    {"grpc": {"port": 8080, "service": "a"}},
]
CONTAINER: dict[str, list[Any]] = {
    "image": ["example.com/web@sha256:" + "a" * 64],
    "image_pull_policy": ["Always", "IfNotPresent", "Never"],
    "command": [["sh", "-c"]],
    "args": [["--level", "info"]],
    "env": [{"LEVEL": "info"}, {"A.b-c": ""}, {"NODE": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
            {"CPU": {"resourceFieldRef": {"resource": "limits.cpu"}}},
            {"A": {"secretKeyRef": {"name": "a", "key": "b", "optional": True}}},
            {"A": {"configMapKeyRef": {"name": "a", "key": "b"}}}],
    "env_from": [[{"configMapRef": {"name": "a"}}, {"secretRef": {"name": "b"}, "prefix": "B_"}]],
    "ports": [{"http": 8080}, {"http": 8080, "dns": "53/UDP", "dns-tcp": "53/TCP", "sctp": "9/SCTP"}],
    "requests": [{"cpu": "250m", "memory": "256Mi"}, {"cpu": 1, "ephemeral-storage": "1Gi"},
                 {"cpu": 1, "memory": "1Gi", "nvidia.com/gpu": 1, "hugepages-2Mi": "100Mi"}],
    "limits": [{"cpu": "1"}, {"memory": "1Gi", "vpc.amazonaws.com/efa": 1}, {}],
    "security_context": [{"runAsUser": 1000, "readOnlyRootFilesystem": True}, {"capabilities": {"add": ["NET_BIND_SERVICE"]}}],
    "volume_mounts": [{"data": "/data"}],
}  # fmt: skip
"""Fields of all containers, and values of each."""
CONTAINER |= {f"{name}_probe": PROBES for name in ("readiness", "liveness")}
CONTAINER["startup_probe"] = PROBES

VOLUMES: list[Any] = [
    {"data": {"mount_path": "/data"}},
    {"data": {"mount_path": "/data/x", "sub_path": "x", "read_only": True}},
    {"data": {"mount_path": "/data", "source": {"emptyDir": {"sizeLimit": "1Gi", "medium": "Memory"}}}},
    {"data": {"mount_path": "/data", "source": {"configMap": {"name": "shared", "defaultMode": 420}}}},
    {"data": {"mount_path": "/data", "claim": {"existing": "there"}}},
]
CLAIMS: list[Any] = [
    {"data": {"mount_path": "/data", "claim": {"size": "20Gi"}}},
    {
        "data": {
            "mount_path": "/data",
            "claim": {"size": "20Gi", "storage_class": "gp3", "access_modes": ["ReadWriteOncePod"]},
        }
    },
    {"data": {"mount_path": "/data", "claim": {"size": "20Gi", "volume_attributes_class": "fast"}}},
    {"data": {"mount_path": "/data", "claim": {"size": "20Gi", "from_snapshot": "db-data-before"}}},
    {"data": {"mount_path": "/data", "claim": {"size": "20Gi", "from_claim": "db-data"}}},
    {
        "data": {
            "mount_path": "/data",
            "claim": {"size": "20Gi", "snapshots": {"before-18": {}, "after-18": {"snapshot_class": "ebs"}}},
        }
    },
    {
        "data": {
            "mount_path": "/data",
            "claim": {
                "size": "20Gi",
                "access_modes": ["ReadWriteMany"],
                "spec": {"dataSource": {"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": "a"}},
            },
        }
    },
]
GROWN: list[Any] = [
    {"data": {"mount_path": "/data", "claim": {"size": "40Gi", "created_with": {"size": "20Gi"}}}},
    {
        "data": {
            "mount_path": "/data",
            "claim": {
                "size": "20Gi",
                "volume_attributes_class": "fast",
                "created_with": {"volume_attributes_class": None},
            },
        }
    },
]
"""Claims of a stateful set that have changed since it was created."""
ALL: dict[str, list[Any]] = {
    "object_name": ["other"],
    "container_name": ["main"],
    "restart_on_change": [False],
    "patches": [{"service-account": {"metadata": {"annotations": {"a.b/c": "d"}}}}],
    "labels": [{"app.kubernetes.io/part-of": "shop"}],
    "annotations": [{"reloader.stakater.com/auto": "true"}],
    "pod_labels": [{"team": "a"}],
    "pod_annotations": [{"prometheus.io/scrape": "true"}],
    "selector": [{"app": "web", "tier": "front"}],
    "sidecars": [{"log": {"image": "example.com/log:1", "ports": {"metrics": 9000}, "readiness_probe": "/ready"}}],
    "init_containers": [{"migrate": {"image": "example.com/migrate:1", "command": ["migrate"], "env": {"A": "b"}}}],
    "volumes": VOLUMES,
    "config_maps": [{"app": {"data": {"level": "info"}, "env": True}},
                    {"app": {"data": {"level": "info"}, "files": {"a.txt": "tests/workloads/said.py"}, "mount_path": "/etc/app", "name": "app.conf"}}],
    "secrets": [{"db": {"data": {"password": "only-for-tests"}, "env": True}},
                {"db": {"data": {"password": "only-for-tests"}, "files": {"a.txt": "tests/workloads/said.py"}, "mount_path": "/etc/db"}},
                {"db": {"data": {"password": "only-for-tests"}, "name": "login"}},
                {"db": {"external": {"store": "aws", "data": {"a": "prod/db#a", "b": "prod/b"}}}},
                {"db": {"external": {"store": "aws", "store_kind": "SecretStore", "extract": ["prod/all"], "refresh_interval": "30m"}}}],
    "service_account": [{}, {"name": "own"}, {"name": "there", "existing": True},
                        {"annotations": {"example.com/a": "b"}, "automount_token": True},
                        {"rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list"]}]},
                        {"cluster_rules": [{"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get"]}]}],
    "pod_security": ["restricted"],
    "run_on": ["nodes", "pools", "serverless"],
    "do_not_disrupt": [True],
    "observe": [{"metrics": "/metrics", "traces": "java", "logs": "json"}, {"traces": True, "logs": False}, {}],
    "network_policy": [{"ingress": []}, {"egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}]},
                       {"ingress": [{"from": [{"podSelector": {}}], "ports": [{"port": 8080, "protocol": "TCP"}]}], "egress": []}],
    "pod": [{"priorityClassName": "high", "terminationGracePeriodSeconds": 60, "hostAliases": [{"ip": "10.0.0.1", "hostnames": ["a"]}]},
            {"tolerations": [{"operator": "Exists"}], "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "podAffinityTerm": {"topologyKey": "kubernetes.io/hostname", "labelSelector": {}}}]}}},
            {"containers": [{"name": "web", "lifecycle": {"preStop": {"sleep": {"seconds": 5}}}}], "securityContext": {"fsGroup": 1000}}],
}  # fmt: skip
"""Fields of all sorts."""
SERVED: dict[str, list[Any]] = {
    "drain_seconds": [0, 60],
    "service": [{}, {"name": "front"}, {"headless": True}, {"type": "NodePort"}, {"type": "LoadBalancer", "scheme": "internet-facing"},
                {"ports": {"http": 80}, "annotations": {"a.b/c": "d"}, "spec": {"sessionAffinity": "ClientIP"}}],
    "ingress": [{}, {"hosts": ["a.example.com", "*.example.com"], "path": "/shop", "path_type": "Exact", "port": "http"},
                {"scheme": "internet-facing", "certificate_arns": ["arn:aws:acm:eu-west-1:111122223333:certificate/0f0f"], "load_balancer_group": "public"},
                {"ingress_class": "nginx", "annotations": {"a.b/c": "d"}, "spec": {"tls": [{"hosts": ["a.example.com"], "secretName": "a"}]}}],
    "http_route": [{"gateway": "public"}, {"gateway": "public", "gateway_namespace": "net", "hosts": ["a.example.com"], "path": "/shop", "path_type": "Exact", "port": "http", "annotations": {"external-dns.alpha.kubernetes.io/ttl": "60"}},
                   {"gateway": "public", "spec": {"parentRefs": [{"name": "other", "sectionName": "https"}]}}],
}  # fmt: skip
QUEUE = {"orders": {"queue_url": "https://sqs.eu-west-1.amazonaws.com/111122223333/orders"}}
TRIGGERS: dict[str, Any] = {
    "sqs": {"orders": {**QUEUE["orders"], "messages": 10, "activation_messages": 1, "in_flight": False, "delayed": True}},
    "cloudwatch": {
        "load": {"region": "eu-west-1", "namespace": "AWS/ApplicationELB", "metric": "RequestCount", "dimensions": {"LoadBalancer": "app/a", "AZ": "a"}, "target": 99.5,
                 "minimum": 0, "activation": 1, "statistic": "Sum", "unit": "Count", "period_seconds": 60, "collection_seconds": 300, "end_offset_seconds": 60},
        "errors": {"region": "eu-west-1", "expression": 'SELECT SUM(Errors) FROM "Shop"', "target": 1}},
    "cron": {"office": {"start": "0 8 * * 1-5", "end": "0 18 * * 1-5", "time_zone": "Europe/Berlin", "replicas": 5}},
    "kafka": {
        "topic": {"bootstrap_servers": ["a:9092", "b:9092"], "consumer_group": "shop", "topic": "orders", "lag": 5, "activation_lag": 1, "offset_reset_policy": "earliest",
                  "allow_idle_consumers": True, "authentication": "kafka", "metadata": {"version": "2.0.0"}},
        "msk": {"bootstrap_servers": ["a:9098"], "consumer_group": "shop", "tls": True, "sasl": "aws_msk_iam", "region": "eu-west-1",
                "cluster_arn": "arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0f-1"}},
    "prometheus": {
        "rate": {"query": "sum(rate(a[2m]))", "threshold": 10, "activation": 1, "server_address": "http://prometheus.monitoring:9090", "ignore_null_values": False},
        "managed": {"query": "a", "threshold": 0.5, "workspace_arn": "arn:aws:aps:eu-west-1:111122223333:workspace/ws-1"}},
    "triggers": [{"type": "rabbitmq", "metadata": {"queueName": "a", "mode": "QueueLength", "value": "5"}, "authenticationRef": {"name": "web-kafka"}}],
    "authentications": {"kafka": {"secretTargetRef": [{"parameter": "password", "name": "kafka", "key": "password"}]}},
    "polling_interval": 15,
    "spec": {},
}  # fmt: skip
SCALED: dict[str, list[Any]] = {
    "replicas": [0, 1, 3],
    "spread": ["preferred", "required", "none"],
    "pod_disruption_budget": [{"max_unavailable": 1}, {"min_available": "50%", "unhealthy_pod_eviction_policy": "IfHealthyBudget"}],
    "horizontal_pod_autoscaler": [
        {"min_replicas": 2, "max_replicas": 5, "cpu": 70, "memory": 80},
        {"min_replicas": 2, "max_replicas": 5, "cpu": "500m", "memory": "90%", "containers": {"web": {"cpu": 60, "memory": "1Gi"}}},
        {"min_replicas": 2, "max_replicas": 5,
         "pods_metrics": {"requests": {"average_value": 10, "selector": {"code": "200"}, "prometheus": {"series": "http_requests_total", "query": "sum(<<.Series>>)"}}},
         "object_metrics": {"all": {"api_version": "networking.k8s.io/v1", "kind": "Ingress", "object_name": "web", "value": "2k"}},
         "external_metrics": {"queue": {"average_value": "30"}}},
        {"min_replicas": 1, "max_replicas": 5, "behavior": {"scaleDown": {"stabilizationWindowSeconds": 60}},
         "metrics": [{"type": "External", "external": {"metric": {"name": "queue"}, "target": {"type": "AverageValue", "averageValue": "30"}}}]}],
    "vertical_pod_autoscaler": [
        {}, {"update_mode": "Recreate", "resource_policy": {"containerPolicies": [{"containerName": "*", "minAllowed": {"cpu": "100m"}}]}},
        {"update_mode": "InPlaceOrRecreate", "min_replicas": 1, "containers": {
            "*": {"mode": "Off"}, "web": {"mode": "Auto", "min_allowed": {"cpu": "50m", "memory": "64Mi"}, "max_allowed": {"memory": "2Gi"},
                                          "controlled_resources": ["memory"], "controlled_values": "RequestsOnly"}}},
        {"update_mode": "Initial"}, {"update_mode": "Auto"}],
    "scaled_object": [
        {"triggers": [{"type": "cron", "metadata": {"timezone": "Etc/UTC", "start": "0 6 * * *", "end": "0 20 * * *", "desiredReplicas": "5"}}]},
        {"min_replicas": 1, "max_replicas": 9, "triggers": [{"type": "aws-sqs-queue", "metadata": {"queueURL": "q"}}], "spec": {"cooldownPeriod": 60}},
        {**TRIGGERS, "min_replicas": 2, "idle_replicas": 0, "cooldown_period": 60, "initial_cooldown_period": 0, "behavior": {"scaleUp": {"selectPolicy": "Min"}},
         "fallback": {"failure_threshold": 3, "replicas": 6, "behavior": "currentReplicasIfHigher"}},
        {"sqs": QUEUE, "aws_identity": {"role_arn": "arn:aws:iam::111122223333:role/scaler", "external_id": "shop"}},
        {"sqs": QUEUE, "aws_identity": {"owner": "workload"}}],
}  # fmt: skip
RUN: dict[str, list[Any]] = {
    "completions": [3],
    "parallelism": [2],
    "backoff_limit": [0, 4],
    "active_deadline_seconds": [600],
    "restart_policy": ["Never", "OnFailure"],
}
MEASURED: dict[str, Any] = {
    "metrics": {
        "errors": {"prometheus": {"query": "vector(0)", "address": "http://prometheus:9090"}, "success": "result[0] < 0.05",
                   "interval": "1m", "count": 5, "failure_limit": 1, "initial_delay": "30s"},
        "slow": {"cloudwatch": {"namespace": "AWS/ApplicationELB", "metric": "TargetResponseTime", "statistic": "p99",
                                "dimensions": {"LoadBalancer": "app/x"}, "period_seconds": 60, "lookback": "10m"},
                 "failure": "result[0] > 1", "success": "result[0] <= 1"},
        "ok": {"web": {"url": "http://api/healthz", "json_path": "{$.ok}", "headers": {"Accept": "application/json"},
                       "timeout_seconds": 5}, "success": "result == true"},
    }
}  # fmt: skip
ROLLOUTS: list[Any] = [
    {"canary": {"steps": [{"weight": 10}, {"pause": "5m"}, {"analysis": ["web"]}, {"pause": "until_promoted"}],
                "analysis": ["web"], "max_surge": 1, "max_unavailable": "10%"}, "analyses": {"web": MEASURED}, "wait": True,
     "spec": {"revisionHistoryLimit": 3}},
    {"canary": {"steps": [{"weight": 50}], "traffic": "replicas"}},
    {"canary": {"steps": [{"weight": 50}], "traffic": "ingress"}},
    {"blue_green": {}},
    {"blue_green": {"auto_promotion_after": "5m", "preview_replicas": 1, "before": ["web"], "after": ["web"],
                    "scale_down_delay": "1m"}, "analyses": {"web": MEASURED}},
    {"blue_green": {"auto_promotion": False}},
]  # fmt: skip
FIELDS: dict[str, dict[str, list[Any]]] = {
    "deployment": {
        **SERVED,
        **SCALED,
        "volumes": [*VOLUMES, *CLAIMS],
        "spec": [{"strategy": {"type": "Recreate"}, "minReadySeconds": 5, "progressDeadlineSeconds": 300}],
        "rollout": ROLLOUTS,
    },
    "stateful_set": {
        **SERVED,
        **SCALED,
        "volumes": [*VOLUMES, *CLAIMS, *GROWN],
        "headless_service": ["nodes"],
        "pod_management": ["OrderedReady", "Parallel"],
        "claims_when_deleted": ["Retain", "Delete"],
        "claims_when_scaled": ["Retain", "Delete"],
        "spec": [
            {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}, "ordinals": {"start": 1}}
        ],
    },
    "daemon_set": {
        **SERVED,
        "spec": [{"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "10%"}}}],
    },
    "job": {
        **RUN,
        "scaled_job": [
            {"sqs": QUEUE},
            {
                **TRIGGERS,
                "min_replicas": 1,
                "max_replicas": 9,
                "scaling_strategy": "accurate",
                "rollout": "gradual",
                "aws_identity": {"role_arn": "arn:aws:iam::111122223333:role/s", "external_id": "ab"},
                "successful_jobs_history_limit": 5,
                "failed_jobs_history_limit": 0,
                "spec": {"envSourceContainerName": "job"},
            },
            {"sqs": QUEUE, "aws_identity": {"owner": "workload"}},
        ],
        "volumes": [*VOLUMES, *CLAIMS],
        "spec": [{"ttlSecondsAfterFinished": 60, "suspend": True}],
    },
    "cron_job": {
        **RUN,
        "volumes": [*VOLUMES, *CLAIMS],
        "schedule": ["*/5 * * * *", "0 9 1-7 * mon", "@daily"],
        "time_zone": ["Europe/Berlin"],
        "concurrency_policy": ["Allow", "Forbid", "Replace"],
        "suspend": [True],
        "starting_deadline_seconds": [600],
        "spec": [{"successfulJobsHistoryLimit": 1, "jobTemplate": {"spec": {"ttlSecondsAfterFinished": 60}}}],
    },
}
NEEDS: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("service", "ingress", "http_route", "readiness_probe", "liveness_probe", "startup_probe"), HTTP),
    "rollout": {**HTTP, "service": {}, "ingress": {"hosts": ["shop.example.com"]}},
    "volume_mounts": {"volumes": {"data": {}}},
    "spread": {"replicas": 3},
    "horizontal_pod_autoscaler": {"requests": {"cpu": "100m", "memory": "100Mi"}},
    "claims_when_deleted": {"volumes": CLAIMS[0]},
    "claims_when_scaled": {"volumes": CLAIMS[0]},
}
"""What goes with a field."""

PLACES = {
    "nodes": Place(node_labels={"pool": ("apps",)}, tolerations=({"key": "a", "operator": "Exists"},)),
    "pools": Place(node_labels={"karpenter.sh/nodepool": ("a", "b")}),
    "serverless": Place(fargate=((NAMESPACE, {"on": "fargate"}),)),
}


def fields_of(kind: str) -> dict[str, list[Any]]:
    """Every field of a sort, and its values."""
    return {**CONTAINER, **ALL, **FIELDS[kind]}


def cases() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each value of each field: the sort, what it is called, and the workload."""
    for kind in KINDS:
        for field, values in fields_of(kind).items():
            for number, value in enumerate(values):
                if (kind, value) == ("daemon_set", "serverless"):
                    continue
                yield kind, f"{kind}-{field}-{number}", {**LEAST[kind], **NEEDS.get(field, {}), field: value}


def objects(kind: str, fields: Mapping[str, Any], ground: Ground) -> list[dict[str, Any]]:
    """The objects of a workload."""
    cls = KINDS[kind]
    return [each.manifest for each in cls.model_validate(fields).objects(ground)]


def pod_of(manifest: Mapping[str, Any]) -> dict[str, Any] | None:
    """A pod by the template of an object; None where it makes none."""
    spec = manifest.get("spec") or {}
    template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
    if template is None:
        return None
    metadata = {**template.get("metadata", {}), "name": "pod", "namespace": manifest["metadata"]["namespace"]}
    pod = dict(template["spec"])
    for claim in spec.get("volumeClaimTemplates") or ():  # the controller adds one for each pod
        name = claim["metadata"]["name"]
        volume = {"name": name, "persistentVolumeClaim": {"claimName": f"{name}-pod"}}
        pod["volumes"] = [*pod.get("volumes", ()), volume]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod}
