"""Platforms and edits of them, two a kind of element and a kind of field: what the engine and the diff must agree on.

An edit is a path into the stack file and the value that goes there; `GONE` takes the key away.
"""

from __future__ import annotations

from typing import Any, Final

GONE: Final = object()

Path = tuple[str | int, ...]
Edit = tuple[tuple[Path, Any], ...]

NETWORK: dict[str, Any] = {"zone_count": 2, "nat_gateways": "single"}
CORE: dict[str, Any] = {"vpc_cni": {}, "kube_proxy": {}, "eks_pod_identity_agent": {}, "coredns": {}}

PLATFORMS: dict[str, dict[str, Any]] = {
    "managed": {
        "region": "eu-west-1",
        "tags": {"owner": "platform"},
        "network": NETWORK,
        "cluster": {
            "version": "1.34",
            "endpoint_public_access": True,
            "public_access_cidrs": ["203.0.113.0/24"],
            "enabled_cluster_log_types": ["audit"],
            "log_group": {"retention_in_days": 7},
        },
        "access": {
            "ops": {
                "principal_arn": "arn:aws:iam::123456789012:role/ops",
                "policies": [{"policy": "cluster_admin"}],
            },
            "devs": {
                "principal_arn": "arn:aws:iam::123456789012:role/devs",
                "kubernetes_groups": ["devs"],
            },
        },
        "compute": {
            "nodes": {
                "kind": "managed_nodes",
                "instance_types": ["t4g.large", "m7g.large"],
                "min_size": 1,
                "max_size": 4,
                "labels": {"team": "a"},
            },
        },
        "addons": CORE
        | {
            "metrics_server": {},
            "aws_ebs_csi_driver": {},
            "aws_load_balancer_controller": {},
            "external_dns": {"zone_arns": ["arn:aws:route53:::hostedzone/Z1"]},
        },
    },
    "others": {
        "region": "eu-west-1",
        "network": NETWORK,
        "cluster": {"version": "1.34", "remote_node_networks": ["10.80.0.0/16"]},
        "compute": {
            "nodes": {"kind": "managed_nodes", "min_size": 1, "max_size": 3},
            "own": {
                "kind": "self_managed_nodes",
                "instance_types": ["m7g.large", "m6g.large"],
                "instances_distribution": {"on_demand_base_capacity": 1},
                "image": {"release": "1.34.1-20251007"},
                "min_size": 1,
                "max_size": 4,
                "disk": {"volume_size": 100},
                "lifecycle_hooks": {
                    "drain": {
                        "lifecycle_transition": "autoscaling:EC2_INSTANCE_TERMINATING",
                        "heartbeat_timeout": 300,
                    }
                },
            },
            "batch": {
                "kind": "fargate",
                "selectors": [{"namespace": "batch"}],
                "logging": {"cloudwatch_logs": {"retention_in_days": 30}},
                "tags": {"cost": "one"},
            },
            "edge": {
                "kind": "hybrid_nodes",
                "ssm": {"activation": {"registration_limit": 2}},
                "tags": {"cost": "one"},
            },
        },
        "addons": CORE,
    },
    "karpenter": {
        "region": "eu-west-1",
        "network": NETWORK,
        "cluster": {"version": "1.34"},
        "compute": {
            "system": {"kind": "managed_nodes", "min_size": 2, "max_size": 3},
            "karpenter": {
                "node_classes": {
                    "default": {"ami_selector_terms": [{"alias": "al2023@v20251103"}]},
                    "gpu": {"ami_selector_terms": [{"alias": "bottlerocket@v1.47.0"}]},
                },
                "node_pools": {
                    "general": {"architectures": ["amd64"], "limits": {"cpu": "100"}},
                    "gpu": {"node_class": "gpu", "instance_categories": ["g"], "limits": {"cpu": "10"}},
                },
            },
        },
        "addons": CORE
        | {
            "podinfo": {"kind": "helm", "chart": "podinfo", "version": "6.9.0",
                        "repository": "oci://ghcr.io/stefanprodan/charts", "namespace": "podinfo"},
            "quotas": {"kind": "manifests", "manifests": {"shop": {
                "apiVersion": "v1", "kind": "ResourceQuota",
                "metadata": {"name": "shop", "namespace": "default"}, "spec": {"hard": {"pods": "100"}},
            }}},
            "kro_capability": {},
        },
    },
    "auto_mode": {
        "region": "eu-west-1",
        "network": NETWORK,
        "cluster": {"version": "1.34", "auto_mode": {"node_pools": ["system", "general-purpose"]}},
        "compute": {
            "auto_mode": {
                "node_classes": {"large": {"ephemeral_storage": {"size": "200Gi"}}},
                "node_pools": {"spot": {"node_class": "large", "capacity_types": ["spot"], "limits": {"cpu": "100"}}},
                "storage_classes": {"fast": {}},
            }
        },
        "addons": {"metrics_server": {}},
    },
}  # fmt: skip


EDITS: dict[str, dict[str, Edit]] = {
    "managed": {
        "region: another one": ((("region",), "eu-north-1"),),
        "tags: a value": ((("tags", "owner"), "shop"),),
        "tags: one more": ((("tags", "stage"), "dev"),),
        "network: another range": ((("network", "cidr"), "10.20.0.0/16"),),
        "network: a NAT gateway a zone": ((("network", "nat_gateways"), "per_zone"),),
        "network: a third zone": ((("network", "zone_count"), 3),),
        "network: tags": ((("network", "tags"), {"net": "one"}),),
        "cluster: version": ((("cluster", "version"), "1.35"),),
        "cluster: an open endpoint": ((("cluster", "public_access_cidrs"), ["0.0.0.0/0"]),),
        "cluster: no public endpoint": (
            (("cluster", "endpoint_public_access"), False),
            (("cluster", "public_access_cidrs"), GONE),
        ),
        "cluster: logs": ((("cluster", "enabled_cluster_log_types"), ["audit", "api"]),),
        "cluster: kept logs": ((("cluster", "log_group", "retention_in_days"), 30),),
        "cluster: deletion protection": ((("cluster", "deletion_protection"), True),),
        "cluster: service range": ((("cluster", "service_ipv4_cidr"), "10.100.0.0/16"),),
        "cluster: name": ((("cluster", "name"), "other"),),
        "cluster: role": ((("cluster", "role_arn"), "arn:aws:iam::123456789012:role/own"),),
        "cluster: tags": ((("cluster", "tags"), {"tier": "one"}),),
        "cluster: no key": ((("cluster", "encryption_config"), None),),
        "access: a policy more": (
            (("access", "ops", "policies"), [{"policy": "cluster_admin"}, {"policy": "view", "namespaces": ["shop"]}]),
        ),
        "access: another principal": ((("access", "ops", "principal_arn"), "arn:aws:iam::123456789012:role/sre"),),
        "access: groups": ((("access", "devs", "kubernetes_groups"), ["devs", "readers"]),),
        "access: one less": ((("access", "devs"), GONE),),
        "nodes: types": ((("compute", "nodes", "instance_types"), ["m7g.xlarge"]),),
        "nodes: capacity type": ((("compute", "nodes", "capacity_type"), "SPOT"),),
        "nodes: most": ((("compute", "nodes", "max_size"), 9),),
        "nodes: desired": ((("compute", "nodes", "desired_size"), 3),),
        "nodes: disk": ((("compute", "nodes", "disk"), {"volume_size": 120}),),
        "nodes: labels": ((("compute", "nodes", "labels"), {"team": "b", "tier": "web"}),),
        "nodes: taints": (
            (("compute", "nodes", "taints"), [{"key": "a", "value": "b", "effect": "PREFER_NO_SCHEDULE"}]),
        ),
        "nodes: tags": ((("compute", "nodes", "tags"), {"cost": "two"}),),
        "nodes: one more group": ((("compute", "more"), {"kind": "managed_nodes"}),),
        "EKS add-on: values": ((("addons", "vpc_cni"), {"prefix_delegation": True}),),
        "EKS add-on: version": ((("addons", "coredns"), {"version": "v1.11.4-eksbuild.2"}),),
        "EKS add-on: tags": ((("addons", "coredns"), {"tags": {"a": "b"}}),),
        "EKS add-on: one less": ((("addons", "metrics_server"), GONE),),
        "chart: a value": ((("addons", "aws_load_balancer_controller", "values"), {"replicaCount": 1}),),
        "chart: permissions": ((("addons", "external_dns", "zone_arns"), ["arn:aws:route53:::hostedzone/Z2"]),),
        "chart: one less": ((("addons", "external_dns"), GONE),),
    },
    "others": {
        "self-managed: most": ((("compute", "own", "max_size"), 6),),
        "self-managed: disk": ((("compute", "own", "disk", "volume_size"), 120),),
        "self-managed: types": ((("compute", "own", "instance_types"), ["m7g.large", "m7g.xlarge"]),),
        "self-managed: share": ((("compute", "own", "instances_distribution", "on_demand_base_capacity"), 2),),
        "self-managed: labels": ((("compute", "own", "labels"), {"team": "b"}),),
        "self-managed: hook": ((("compute", "own", "lifecycle_hooks", "drain", "heartbeat_timeout"), 600),),
        "self-managed: gone": ((("compute", "own"), GONE),),
        "Fargate: selectors": ((("compute", "batch", "selectors"), [{"namespace": "jobs"}]),),
        "Fargate: tags": ((("compute", "batch", "tags"), {"cost": "two"}),),
        "Fargate: kept logs": ((("compute", "batch", "logging", "cloudwatch_logs", "retention_in_days"), 60),),
        "Fargate: no logs": ((("compute", "batch", "logging"), GONE),),
        "hybrid: machines": ((("compute", "edge", "ssm", "activation", "registration_limit"), 5),),
        "hybrid: tags": ((("compute", "edge", "tags"), {"cost": "two"}),),
        "cluster: remote networks": ((("cluster", "remote_node_networks"), ["10.80.0.0/16", "10.81.0.0/16"]),),
    },
    "karpenter": {
        "pool: limits": ((("compute", "karpenter", "node_pools", "general", "limits"), {"cpu": "200"}),),
        "pool: requirements": ((("compute", "karpenter", "node_pools", "general", "architectures"), ["arm64"]),),
        "pool: class": ((("compute", "karpenter", "node_pools", "gpu", "node_class"), "default"),),
        "pool: one less": ((("compute", "karpenter", "node_pools", "gpu"), GONE),),
        "class: image": (
            (
                ("compute", "karpenter", "node_classes", "default", "ami_selector_terms"),
                [{"alias": "al2023@v20251016"}],
            ),
        ),
        "class: tags": ((("compute", "karpenter", "node_classes", "default", "tags"), {"a": "b"}),),
        "Karpenter: version": ((("compute", "karpenter", "version"), "1.7.1"),),
        "Karpenter: values": ((("compute", "karpenter", "values"), {"logLevel": "debug"}),),
        "Karpenter: namespace": ((("compute", "karpenter", "namespace"), "karpenter"),),
        "helm: version": ((("addons", "podinfo", "version"), "6.9.1"),),
        "helm: namespace": ((("addons", "podinfo", "namespace"), "other"),),
        "manifests: an object": ((("addons", "quotas", "manifests", "shop", "spec", "hard", "pods"), "200"),),
        "manifests: another name": ((("addons", "quotas", "manifests", "shop", "metadata", "name"), "web"),),
        "capability: tags": ((("addons", "kro_capability"), {"tags": {"a": "b"}}),),
        "capability: gone": ((("addons", "kro_capability"), GONE),),
        "cluster: name": ((("cluster", "name"), "other"),),
        "cluster: service range": ((("cluster", "service_ipv4_cidr"), "10.100.0.0/16"),),
    },
    "auto_mode": {
        "pool: limits": ((("compute", "auto_mode", "node_pools", "spot", "limits"), {"cpu": "200"}),),
        "pool: capacity": ((("compute", "auto_mode", "node_pools", "spot", "capacity_types"), ["on-demand"]),),
        "class: disk": ((("compute", "auto_mode", "node_classes", "large", "ephemeral_storage", "size"), "300Gi"),),
        "class: gone": (
            (("compute", "auto_mode", "node_classes"), GONE),
            (("compute", "auto_mode", "node_pools", "spot", "node_class"), GONE),
        ),
        "storage class: parameters": ((("compute", "auto_mode", "storage_classes", "fast", "encrypted"), False),),
        "storage class: gone": ((("compute", "auto_mode", "storage_classes"), GONE),),
        "Auto Mode: pools": ((("cluster", "auto_mode", "node_pools"), ["system"]),),
        "cluster: name": ((("cluster", "name"), "other"),),
        "cluster: service range": ((("cluster", "service_ipv4_cidr"), "10.100.0.0/16"),),
    },
}


def edited(platform: dict[str, Any], edit: Edit) -> dict[str, Any]:
    """The stack file with an edit in it."""
    import copy

    data = copy.deepcopy(platform)
    for path, value in edit:
        at: Any = data
        for key in path[:-1]:
            at = at[key]
        if value is GONE:
            del at[path[-1]]
        else:
            at[path[-1]] = value
    return data
