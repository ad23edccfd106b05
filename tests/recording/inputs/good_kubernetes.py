"""Correct programs on Kubernetes: each object is accepted by a real API server, so the checks must be silent."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_kubernetes as k8s

LABELS = {"app.kubernetes.io/name": "web"}


def workloads() -> None:
    namespace = k8s.core.v1.Namespace("shop", metadata={"name": "shop", "labels": {"a": "b"}})
    pod: dict[str, Any] = {
        "metadata": {"labels": LABELS, "annotations": {"prometheus.io/scrape": "true"}},
        "spec": {
            "service_account_name": "web",
            "security_context": {
                "run_as_non_root": True,
                "fs_group": 1000,
                "seccomp_profile": {"type": "RuntimeDefault"},
            },
            "containers": [
                {
                    "name": "web",
                    "image": "nginx:1.27",
                    "ports": [{"container_port": 8080, "name": "http"}],
                    "env": [
                        {"name": "A", "value": "1"},
                        {"name": "B", "value_from": {"secret_key_ref": {"name": "s", "key": "k"}}},
                        {"name": "C", "value_from": {"resource_field_ref": {"resource": "limits.cpu", "divisor": 1}}},
                    ],
                    "resources": {"requests": {"cpu": "100m", "memory": "1Gi"}, "limits": {"cpu": 1, "memory": "1Gi"}},
                    "readiness_probe": {"http_get": {"path": "/", "port": "http"}, "period_seconds": 5},
                    "liveness_probe": {"tcp_socket": {"port": 8080}},
                    "volume_mounts": [{"name": "tmp", "mount_path": "/cache"}],
                    "security_context": {"capabilities": {"drop": ["ALL"]}, "read_only_root_filesystem": True},
                }
            ],
            "volumes": [{"name": "tmp", "empty_dir": {"size_limit": "1Gi", "medium": "Memory"}}],
            "tolerations": [{"key": "gpu", "operator": "Exists"}],
            "affinity": {
                "node_affinity": {
                    "required_during_scheduling_ignored_during_execution": {
                        "node_selector_terms": [
                            {"match_expressions": [{"key": "zone", "operator": "In", "values": ["a", "b"]}]}
                        ]
                    }
                }
            },
            "topology_spread_constraints": [
                {
                    "max_skew": 1,
                    "topology_key": "topology.kubernetes.io/zone",
                    "when_unsatisfiable": "ScheduleAnyway",
                    "label_selector": {"match_labels": LABELS},
                }
            ],
        },
    }
    k8s.apps.v1.Deployment(
        "web",
        metadata=k8s.meta.v1.ObjectMetaArgs(namespace=namespace.metadata.apply(lambda m: m.name)),
        spec={
            "replicas": 3,
            "selector": {"match_labels": LABELS},
            "strategy": {"rolling_update": {"max_unavailable": "25%", "max_surge": 1}},
            "template": pod,
        },
    )
    k8s.apps.v1.DaemonSet("agent", spec={"selector": {"match_labels": LABELS}, "template": pod})
    k8s.apps.v1.StatefulSet(
        "db",
        spec={
            "service_name": "db",
            "selector": {"match_labels": LABELS},
            "template": pod,
            "volume_claim_templates": [
                {
                    "metadata": {"name": "data"},
                    "spec": {"access_modes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}},
                }
            ],
        },
    )
    k8s.batch.v1.CronJob(
        "night",
        spec={
            "schedule": "0 3 * * *",
            "job_template": {"spec": {"template": {"spec": {**pod["spec"], "restart_policy": "Never"}}}},
        },
    )
    k8s.core.v1.Service(
        "web",
        spec=k8s.core.v1.ServiceSpecArgs(
            type=k8s.core.v1.ServiceSpecType.LOAD_BALANCER,
            selector=LABELS,
            ports=[k8s.core.v1.ServicePortArgs(port=80, target_port="http"), {"port": 81, "target_port": 8081}],
        ),
    )
    k8s.core.v1.ConfigMap("settings", data={"a.yaml": "x: 1", "b": ""}, immutable=True)
    k8s.core.v1.Secret("s", string_data={"token": pulumi.Output.secret("hush")}, type="Opaque")
    k8s.core.v1.ServiceAccount("web", metadata={"annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/x"}})
    k8s.autoscaling.v2.HorizontalPodAutoscaler(
        "web",
        spec={
            "max_replicas": 5,
            "scale_target_ref": {"kind": "Deployment", "name": "web", "api_version": "apps/v1"},
            "metrics": [
                {
                    "type": "Resource",
                    "resource": {"name": "cpu", "target": {"type": "Utilization", "average_utilization": 70}},
                }
            ],
        },
    )
    k8s.policy.v1.PodDisruptionBudget("web", spec={"min_available": "50%", "selector": {"match_labels": LABELS}})


def rules() -> None:
    k8s.rbac.v1.ClusterRole("reader", rules=[{"api_groups": [""], "resources": ["pods"], "verbs": ["get", "list"]}])
    k8s.rbac.v1.RoleBinding(
        "reader",
        metadata={"namespace": "shop"},
        role_ref={"api_group": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "reader"},
        subjects=[{"kind": "Group", "name": "shop", "api_group": "rbac.authorization.k8s.io"}],
    )
    k8s.networking.v1.NetworkPolicy(
        "deny",
        spec={
            "pod_selector": {},
            "policy_types": ["Ingress", "Egress"],
            "egress": [
                {
                    "to": [{"namespace_selector": {}, "pod_selector": {"match_labels": {"k8s-app": "kube-dns"}}}],
                    "ports": [{"protocol": "UDP", "port": 53}],
                },
                {"to": [{"ip_block": {"cidr": "10.0.0.0/8", "except_": ["10.1.0.0/16"]}}]},
            ],
        },
    )
    k8s.networking.v1.Ingress(
        "web",
        spec={
            "ingress_class_name": "alb",
            "rules": [
                {
                    "host": "a.example.com",
                    "http": {
                        "paths": [
                            {
                                "path": "/",
                                "path_type": "Prefix",
                                "backend": {"service": {"name": "web", "port": {"number": 80}}},
                            }
                        ]
                    },
                }
            ],
        },
    )
    k8s.core.v1.ResourceQuota("q", spec={"hard": {"requests.cpu": 20, "limits.memory": "40Gi", "pods": "50"}})
    k8s.core.v1.LimitRange(
        "l", spec={"limits": [{"type": "Container", "default": {"cpu": "1"}, "default_request": {"memory": "1Gi"}}]}
    )
    k8s.storage.v1.StorageClass(
        "gp3",
        provisioner="ebs.csi.aws.com",
        parameters={"type": "gp3", "encrypted": "true"},
        volume_binding_mode="WaitForFirstConsumer",
        allow_volume_expansion=True,
        metadata={"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
    )
    k8s.scheduling.v1.PriorityClass("high", value=1000000, global_default=False)
    k8s.admissionregistration.v1.ValidatingWebhookConfiguration(
        "hook",
        webhooks=[
            {
                "name": "a.example.com",
                "admission_review_versions": ["v1"],
                "side_effects": "None",
                "client_config": {"service": {"name": "s", "namespace": "n", "port": 443}},
                "rules": [
                    {"operations": ["CREATE"], "api_groups": ["*"], "api_versions": ["*"], "resources": ["pods"]}
                ],
            }
        ],
    )


def extensions() -> None:
    k8s.apiextensions.v1.CustomResourceDefinition(
        "teams",
        metadata={"name": "teams.acme.io"},
        spec={
            "group": "acme.io",
            "scope": "Namespaced",
            "names": {"kind": "Team", "plural": "teams", "short_names": ["tm"]},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "subresources": {"status": {}},
                    "schema": {
                        "open_apiv3_schema": {
                            "type": "object",
                            "x_kubernetes_preserve_unknown_fields": True,
                            "properties": {
                                "spec": {
                                    "type": "object",
                                    "required": ["size"],
                                    "properties": {
                                        "size": {"type": "integer", "minimum": 1, "default": 3},
                                        "mode": {"type": "string", "enum": ["a", "b"]},
                                        "tags": {"type": "array", "items": {"type": "string"}},
                                        "free": {"type": "object", "additional_properties": {"type": "string"}},
                                        "port": {"x_kubernetes_int_or_string": True},
                                    },
                                }
                            },
                        }
                    },
                }
            ],
        },
    )
    k8s.apiextensions.CustomResource(
        "default",
        api_version="karpenter.sh/v1",
        kind="NodePool",
        metadata={"name": "default", "labels": {"a": "b"}},
        spec={
            "template": {
                "spec": {
                    "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "default"},
                    "requirements": [{"key": "k", "operator": "In", "values": ["spot"]}],
                }
            },
            "weight": 10,
        },
    )
    k8s.helm.v3.Release(
        "dns",
        chart="external-dns",
        version="1.15.0",
        namespace="dns",
        create_namespace=True,
        repository_opts=k8s.helm.v3.RepositoryOptsArgs(repo="https://kubernetes-sigs.github.io/external-dns"),
        values={"provider": {"name": "aws"}, "replicas": 2, "list": [1, "a", None], "on": True},
        value_yaml_files=[pulumi.StringAsset("a: 1")],
        timeout=600,
        skip_crds=True,
    )
    k8s.core.v1.ConfigMapPatch("aws-auth", metadata={"name": "aws-auth", "namespace": "kube-system"}, data={"a": "b"})
    k8s.yaml.v2.ConfigGroup("many", yaml="kind: Namespace", objs=[{"kind": "Namespace"}])
    k8s.helm.v4.Chart(
        "chart", chart="nginx", namespace="web", values={"a": {"b": 1}}, repository_opts={"repo": "https://x"}
    )


def provider() -> None:
    made = k8s.Provider(
        "shop",
        kubeconfig=pulumi.Output.secret('{"apiVersion": "v1"}'),
        cluster_identifier="https://x",
        enable_server_side_apply=True,
        kube_client_settings={"burst": 120, "qps": 50.5},
        helm_release_settings={"driver": "secret"},
        suppress_helm_hook_warnings=True,
    )
    k8s.core.v1.Namespace("there", opts=pulumi.ResourceOptions(provider=made))


PROGRAMS = (workloads, rules, extensions, provider)
