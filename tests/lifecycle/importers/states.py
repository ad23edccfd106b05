"""States for tests, written by hand from the schemas of the modules and providers; nothing of them is anybody's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ACCOUNT = "123456789012"
REGION = "eu-west-1"
IAM = f"arn:aws:iam::{ACCOUNT}"
EKS = f"arn:aws:eks:{REGION}:{ACCOUNT}"
SECRET = "hunter2-do-not-print"  # noqa: S105 - what must not be printed
CLUSTER_POLICIES = ("AmazonEKSClusterPolicy", f"{IAM}:policy/shop-encryption")
CLUSTER_20 = ("AmazonEKSClusterPolicy", "AmazonEKSVPCResourceController")
"""Of module version 20."""
NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryReadOnly", "AmazonEKS_CNI_Policy")
TRUSTS = {"ec2": "ec2.amazonaws.com", "eks": "eks.amazonaws.com"}

Row = tuple[str, dict[str, Any]]
"""Address and attributes."""


def terraform(rows: Iterable[Row]) -> dict[str, Any]:
    """A state file of format 4."""
    resources = []
    for address, attributes in rows:
        module, type_, name, key = _parts(address)
        instance: dict[str, Any] = {"schema_version": 0, "attributes": attributes, "sensitive_attributes": []}
        if key is not None:
            instance["index_key"] = key
        row = {"mode": "managed", "type": type_, "name": name, "provider": "provider[...]", "instances": [instance]}
        resources.append({"module": module, **row} if module else row)
    return {
        "version": 4,
        "terraform_version": "1.9.8",
        "serial": 7,
        "lineage": "x",
        "outputs": {},
        "resources": resources,
    }


def shown(rows: Iterable[Row]) -> dict[str, Any]:
    """What `terraform show -json` prints."""
    root: dict[str, Any] = {"resources": [], "child_modules": []}
    modules = {"": root}
    for address, attributes in rows:
        module, type_, name, _ = _parts(address)
        if module not in modules:
            modules[module] = {"address": module, "resources": []}
            root["child_modules"].append(modules[module])
        row = {"address": address, "mode": "managed", "type": type_, "name": name}
        modules[module]["resources"].append({**row, "values": attributes, "sensitive_values": {}})
    return {"format_version": "1.0", "terraform_version": "1.9.8", "values": {"root_module": root}}


_PART = re.compile(r'(?:[^.\["]|\[(?:\d+|"(?:[^"\\]|\\.)*")\])+')


def _parts(address: str) -> tuple[str, str, str, Any]:
    *module, type_, last = _PART.findall(address)
    name, _, index = last.partition("[")
    return ".".join(module), type_, name, json.loads(index[:-1]) if index else None


def written(path: Path, data: Any) -> Path:
    """Write data as a file."""
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def tags(**given: str) -> dict[str, Any]:
    """Tags as Terraform has them."""
    return {"tags": given or None, "tags_all": given}


def role(address: str, name: str, *services: str, policies: Iterable[str] = (), **more: Any) -> list[Row]:
    """A role with AWS's own policies that are attached to it, and perhaps others by their ARN."""
    statement = {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": list(services)}}
    attributes = {
        "arn": f"{IAM}:role/{name}",
        "id": name,
        "name": name,
        "name_prefix": "",
        "path": "/",
        "description": "",
        "assume_role_policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        "force_detach_policies": True,
        "max_session_duration": 3600,
        "permissions_boundary": "",
        "inline_policy": [],
        **tags(),
    }
    rows: list[Row] = [(f"{address}[0]", attributes | more)]
    for policy_ in policies:
        arn = policy_ if policy_.startswith("arn:") else f"arn:aws:iam::aws:policy/{policy_}"
        place = address.rpartition("aws_iam_role.")[0]
        attached = {"id": f"{name}-1", "role": name, "policy_arn": arn}
        rows.append((f'{place}aws_iam_role_policy_attachment.{name}["{policy_.rpartition("/")[2]}"]', attached))
    return rows


def key(module: str, name: str, id_: str, **more: Any) -> list[Row]:
    """The KMS key of a cluster, as terraform-aws-kms makes it, with its alias."""
    arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{id_}"
    root = {"Sid": "Default", "Effect": "Allow", "Principal": {"AWS": f"{IAM}:root"}, "Action": "kms:*"}
    attributes = {
        "id": id_,
        "key_id": id_,
        "arn": arn,
        "description": f"{name} cluster encryption key",
        "policy": json.dumps({"Version": "2012-10-17", "Statement": [{**root, "Resource": "*"}]}),
        "enable_key_rotation": True,
        "rotation_period_in_days": 365,
        "deletion_window_in_days": None,
        "key_usage": "ENCRYPT_DECRYPT",
        "customer_master_key_spec": "SYMMETRIC_DEFAULT",
        "is_enabled": True,
        "multi_region": False,
        "custom_key_store_id": "",
        "xks_key_id": "",
        **tags(),
    }
    alias = f"alias/eks/{name}"
    return [
        (f"{module}.aws_kms_key.this[0]", attributes | more),
        (
            f'{module}.aws_kms_alias.this["cluster"]',
            {"id": alias, "name": alias, "name_prefix": "", "target_key_id": id_, "target_key_arn": arn},
        ),
    ]


def vpc() -> list[Row]:
    """terraform-aws-vpc: three zones, one NAT gateway."""
    found: list[Row] = [
        (
            "module.vpc.aws_vpc.this[0]",
            {"id": "vpc-0aaaaaaaaaaaaaaaa", "cidr_block": "10.0.0.0/16", **tags(Name="shop")},
        ),
        ("module.vpc.aws_internet_gateway.this[0]", {"id": "igw-0aaaaaaaaaaaaaaaa"}),
        ("module.vpc.aws_nat_gateway.this[0]", {"id": "nat-0aaaaaaaaaaaaaaaa", "subnet_id": subnet("public", 0)}),
    ]
    for kind, role_tag, start in (("private", "internal-elb", 0), ("public", "elb", 48), ("database", None, 96)):
        for index in range(3):
            marks = {f"kubernetes.io/role/{role_tag}": "1"} if role_tag else {}
            attributes = {
                "id": subnet(kind, index),
                "vpc_id": "vpc-0aaaaaaaaaaaaaaaa",
                "availability_zone": f"{REGION}{'abc'[index]}",
                "cidr_block": f"10.0.{start + index * 16}.0/20",
                "map_public_ip_on_launch": kind == "public",
                **tags(**marks),
            }
            found.append((f"module.vpc.aws_subnet.{kind}[{index}]", attributes))
    return found


def subnet(kind: str, index: int) -> str:
    """Id of a subnet."""
    return f"subnet-0{'abc'[index]}{ {'private': '1', 'public': '2', 'database': '3'}[kind] }000000000000"


def private() -> list[str]:
    """Ids of the private subnets."""
    return [subnet("private", index) for index in range(3)]


def cluster(address: str, name: str, version: str, **more: Any) -> Row:
    """A cluster as the provider reads it."""
    issuer = f"https://oidc.eks.{REGION}.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
    network = {
        "endpoint_private_access": True,
        "endpoint_public_access": False,
        "public_access_cidrs": [],
        "security_group_ids": ["sg-0c0c0c0c0c0c0c0c0"],
        "subnet_ids": private(),
        "vpc_id": "vpc-0aaaaaaaaaaaaaaaa",
        "cluster_security_group_id": "sg-0e0e0e0e0e0e0e0e0",
    }
    attributes = {
        "id": name,
        "name": name,
        "version": version,
        "arn": f"{EKS}:cluster/{name}",
        "endpoint": f"https://{name}.eks",
        "role_arn": f"{IAM}:role/{name}-cluster",
        "status": "ACTIVE",
        "platform_version": "eks.9",
        "access_config": [{"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": False}],
        "bootstrap_self_managed_addons": False,
        "certificate_authority": [{"data": "Y2VydGlmaWNhdGU="}],
        "compute_config": [],
        "deletion_protection": False,
        "enabled_cluster_log_types": ["api", "audit", "authenticator"],
        "encryption_config": [],
        "identity": [{"oidc": [{"issuer": issuer}]}],
        "kubernetes_network_config": [
            {"elastic_load_balancing": [{"enabled": False}], "ip_family": "ipv4", "service_ipv4_cidr": "172.20.0.0/16"}
        ],
        "outpost_config": [],
        "remote_network_config": [],
        "storage_config": [],
        "force_update_version": None,
        "upgrade_policy": [{"support_type": "EXTENDED"}],
        "vpc_config": [network],
        "zonal_shift_config": [],
        **tags(),
    }
    return address, attributes | more


def node_group(address: str, name: str, cluster_name: str, version: str, **more: Any) -> Row:
    """A managed node group."""
    attributes = {
        "id": f"{cluster_name}:{name}",
        "arn": f"{EKS}:nodegroup/{cluster_name}/{name}/0",
        "cluster_name": cluster_name,
        "node_group_name": name,
        "node_group_name_prefix": "",
        "node_role_arn": f"{IAM}:role/{cluster_name}-nodes",
        "ami_type": "AL2023_x86_64_STANDARD",
        "capacity_type": "ON_DEMAND",
        "disk_size": 0,
        "force_update_version": None,
        "instance_types": ["m6i.large"],
        "labels": {},
        "launch_template": [],
        "node_repair_config": [],
        "release_version": f"{version}.2-20260801",
        "remote_access": [],
        "subnet_ids": private(),
        "taint": [],
        "scaling_config": [{"desired_size": 3, "max_size": 6, "min_size": 2}],
        "status": "ACTIVE",
        "version": version,
        "update_config": [{"max_unavailable": 0, "max_unavailable_percentage": 33, "update_strategy": ""}],
        **tags(),
    }
    return address, attributes | more


def template(id_: str, name: str, version: str = "1") -> dict[str, Any]:
    """The launch template of a group."""
    return {"launch_template": [{"id": id_, "name": name, "version": version}]}


def addon(address: str, name: str, cluster_name: str, version: str, **more: Any) -> Row:
    """An add-on."""
    attributes = {
        "id": f"{cluster_name}:{name}",
        "arn": f"{EKS}:addon/{cluster_name}/{name}/0",
        "addon_name": name,
        "addon_version": version,
        "cluster_name": cluster_name,
        "configuration_values": "",
        "preserve": True,
        "pod_identity_association": [],
        "resolve_conflicts_on_create": "NONE",
        "resolve_conflicts_on_update": "OVERWRITE",
        "service_account_role_arn": "",
        **tags(),
    }
    return address, attributes | more


def entry(address: str, name: str, principal: str, kind: str = "STANDARD") -> Row:
    """An access entry."""
    groups = ["system:nodes"] if kind != "STANDARD" else []
    user = "system:node:{{EC2PrivateDNSName}}" if kind != "STANDARD" else principal
    return address, {
        "id": f"{name}:{principal}",
        "cluster_name": name,
        "principal_arn": principal,
        "type": kind,
        "user_name": user,
        "kubernetes_groups": groups,
        "access_entry_arn": f"{EKS}:access-entry/{name}/0",
        **tags(),
    }


def policy(address: str, name: str, principal: str, policy_name: str, *namespaces: str) -> Row:
    """An access policy of an entry."""
    arn = f"arn:aws:eks::aws:cluster-access-policy/{policy_name}"
    scope = {"type": "namespace" if namespaces else "cluster", "namespaces": list(namespaces)}
    return address, {
        "id": f"{name}#{principal}#{arn}",
        "cluster_name": name,
        "principal_arn": principal,
        "policy_arn": arn,
        "access_scope": [scope],
        "associated_at": "2026-01-01T00:00:00Z",
    }


def log_group(address: str, name: str, days: int = 90) -> Row:
    """The log group of a cluster."""
    path = f"/aws/eks/{name}/cluster"
    return address, {
        "id": path,
        "name": path,
        "name_prefix": "",
        "retention_in_days": days,
        "kms_key_id": "",
        "skip_destroy": False,
        "log_group_class": "STANDARD",
        "arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{path}",
        **tags(),
    }


def oidc(address: str) -> Row:
    """The IAM OIDC provider of a cluster."""
    url = f"oidc.eks.{REGION}.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
    arn = f"{IAM}:oidc-provider/{url}"
    return address, {
        "id": arn,
        "arn": arn,
        "url": url,
        "client_id_list": ["sts.amazonaws.com"],
        "thumbprint_list": ["9e99a48a9960b14926bb7f3b02e22da2b0ab7280"],
        **tags(),
    }


def eks_21() -> list[Row]:
    """terraform-aws-eks 21 with terraform-aws-vpc, two managed groups, add-ons, entries, and its Karpenter module."""
    name, m = "shop", "module.eks"
    admin, dev = f"{IAM}:role/platform", f"{IAM}:role/developers"
    key_arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
    identity = [{"role_arn": f"{IAM}:role/shop-ebs-csi", "service_account": "ebs-csi-controller-sa"}]
    encryption = [{"provider": [{"key_arn": key_arn}], "resources": ["secrets"]}]
    node = f"{m}.module.eks_managed_node_group"
    k = "module.karpenter"
    return [
        *vpc(),
        cluster(f"{m}.aws_eks_cluster.this[0]", name, "1.34", encryption_config=encryption, **tags(team="platform")),
        log_group(f"{m}.aws_cloudwatch_log_group.this[0]", name),
        oidc(f"{m}.aws_iam_openid_connect_provider.oidc_provider[0]"),
        *role(
            f"{m}.aws_iam_role.this",
            f"{name}-cluster",
            TRUSTS["eks"],
            policies=["AmazonEKSClusterPolicy", f"{IAM}:policy/shop-encryption"],
        ),
        *key(f"{m}.module.kms", name, "11111111-2222-3333-4444-555555555555"),
        (f"{m}.aws_security_group.cluster[0]", {"id": "sg-0c0c0c0c0c0c0c0c0"}),
        (f"{m}.aws_security_group.node[0]", {"id": "sg-0d0d0d0d0d0d0d0d0"}),
        (f"{m}.time_sleep.this[0]", {"id": "x"}),
        *role(f'{node}["system"].aws_iam_role.this', f"{name}-nodes", TRUSTS["ec2"], policies=NODE_POLICIES),
        (f'{node}["system"].aws_launch_template.this[0]', {"id": "lt-0a0a0a0a0a0a0a0a0", "user_data": SECRET}),
        node_group(
            f'{node}["system"].aws_eks_node_group.this[0]',
            "system-20260101120000000000000001",
            name,
            "1.34",
            taint=[{"key": "CriticalAddonsOnly", "value": "true", "effect": "NO_SCHEDULE"}],
            labels={"role": "system"},
            node_group_name_prefix="system-",
            **template("lt-0a0a0a0a0a0a0a0a0", "system-2026010112"),
        ),
        node_group(
            f'{node}["apps"].aws_eks_node_group.this[0]',
            "apps-20260101120000000000000002",
            name,
            "1.33",
            capacity_type="SPOT",
            instance_types=["m6i.large", "m5.large"],
            **template("lt-0b0b0b0b0b0b0b0b0", "apps", "4"),
        ),
        addon(
            f'{m}.aws_eks_addon.before_compute["vpc-cni"]',
            "vpc-cni",
            name,
            "v1.20.4-eksbuild.2",
            configuration_values='{"env":{"ENABLE_PREFIX_DELEGATION":"true"}}',
        ),
        addon(f'{m}.aws_eks_addon.this["coredns"]', "coredns", name, "v1.12.3-eksbuild.1"),
        addon(f'{m}.aws_eks_addon.this["kube-proxy"]', "kube-proxy", name, "v1.34.0-eksbuild.2"),
        addon(
            f'{m}.aws_eks_addon.before_compute["eks-pod-identity-agent"]',
            "eks-pod-identity-agent",
            name,
            "v1.3.8-eksbuild.2",
        ),
        addon(
            f'{m}.aws_eks_addon.this["aws-ebs-csi-driver"]',
            "aws-ebs-csi-driver",
            name,
            "v1.48.0-eksbuild.1",
            pod_identity_association=identity,
        ),
        entry(f'{m}.aws_eks_access_entry.this["platform"]', name, admin),
        policy(
            f'{m}.aws_eks_access_policy_association.this["platform_admin"]', name, admin, "AmazonEKSClusterAdminPolicy"
        ),
        entry(f'{m}.aws_eks_access_entry.this["dev"]', name, dev),
        policy(f'{m}.aws_eks_access_policy_association.this["dev_edit"]', name, dev, "AmazonEKSEditPolicy", "shop"),
        *role(f"{k}.aws_iam_role.controller", "KarpenterController-shop", "pods.eks.amazonaws.com"),
        *role(f"{k}.aws_iam_role.node", "KarpenterNode-shop", TRUSTS["ec2"]),
        (f"{k}.aws_sqs_queue.this[0]", {"id": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/Karpenter-shop"}),
        (f'{k}.aws_cloudwatch_event_rule.this["spot_interrupt"]', {"id": "KarpenterSpotInterrupt-1"}),
        (f'{k}.aws_cloudwatch_event_target.this["spot_interrupt"]', {"id": "KarpenterSpotInterrupt-1-x"}),
        entry(f"{k}.aws_eks_access_entry.node[0]", name, f"{IAM}:role/KarpenterNode-shop", "EC2_LINUX"),
        (
            f"{k}.aws_eks_pod_identity_association.karpenter[0]",
            {
                "id": "a-0123456789abcdef0",
                "association_id": "a-0123456789abcdef0",
                "cluster_name": name,
                "association_arn": f"{EKS}:podidentityassociation/{name}/a-0123456789abcdef0",
                "namespace": "kube-system",
                "service_account": "karpenter",
                "role_arn": f"{IAM}:role/KarpenterController-shop",
                **tags(),
            },
        ),
        ("helm_release.karpenter", {"id": "karpenter", "values": [SECRET], "set_sensitive": [{"value": SECRET}]}),
    ]


def eks_20() -> list[Row]:
    """terraform-aws-eks 20: a self-managed group, Fargate, IRSA, aws-auth beside entries, a group without template."""
    name, m = "legacy", "module.eks"
    node = f'{m}.module.self_managed_node_group["mixed"]'
    admin = f"{IAM}:role/platform"
    modes = [{"authentication_mode": "API_AND_CONFIG_MAP", "bootstrap_cluster_creator_admin_permissions": True}]
    group = "mixed-20250101000000000000000001"
    policy_ = {
        "instances_distribution": [
            {
                "on_demand_base_capacity": 1,
                "on_demand_percentage_above_base_capacity": 25,
                "spot_max_price": "",
                "on_demand_allocation_strategy": "prioritized",
                "spot_allocation_strategy": "price-capacity-optimized",
                "spot_instance_pools": 0,
            }
        ],
        "launch_template": [
            {
                "launch_template_specification": [
                    {"launch_template_id": "lt-0d0d0d0d0d0d0d0d0", "launch_template_name": "mixed", "version": "2"}
                ],
                "override": [
                    {
                        "instance_type": "m5.large",
                        "weighted_capacity": "",
                        "instance_requirements": [],
                        "launch_template_specification": [],
                    },
                    {
                        "instance_type": "m5a.large",
                        "weighted_capacity": "",
                        "instance_requirements": [],
                        "launch_template_specification": [],
                    },
                ],
            }
        ],
    }
    propagated = {"propagate_at_launch": True}
    return [
        *vpc(),
        cluster(
            f"{m}.aws_eks_cluster.this[0]",
            name,
            "1.32",
            access_config=modes,
            vpc_config=[
                {
                    **cluster("", name, "1.32")[1]["vpc_config"][0],
                    "endpoint_public_access": True,
                    "public_access_cidrs": ["203.0.113.0/24"],
                }
            ],
        ),
        log_group(f"{m}.aws_cloudwatch_log_group.this[0]", name),
        oidc(f"{m}.aws_iam_openid_connect_provider.oidc_provider[0]"),
        *role(f"{m}.aws_iam_role.this", f"{name}-cluster", TRUSTS["eks"], policies=CLUSTER_20),
        node_group(
            f'{m}.module.eks_managed_node_group["plain"].aws_eks_node_group.this[0]',
            "plain",
            name,
            "1.32",
            disk_size=50,
        ),
        *role(f"{node}.aws_iam_role.this", "mixed-nodes", TRUSTS["ec2"]),
        (f"{node}.aws_launch_template.this[0]", {"id": "lt-0d0d0d0d0d0d0d0d0", "user_data": SECRET}),
        (
            f"{node}.aws_autoscaling_group.this[0]",
            {
                "id": group,
                "name": group,
                "name_prefix": "mixed-",
                "min_size": 1,
                "max_size": 5,
                "desired_capacity": 2,
                "arn": f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:autoScalingGroup:x:autoScalingGroupName/{group}",
                "vpc_zone_identifier": private(),
                "mixed_instances_policy": [policy_],
                "launch_template": [],
                "health_check_type": "EC2",
                "health_check_grace_period": 300,
                "default_cooldown": 300,
                "capacity_rebalance": False,
                "max_instance_lifetime": 0,
                "suspended_processes": [],
                "warm_pool": [],
                "tag": [
                    {"key": f"kubernetes.io/cluster/{name}", "value": "owned", **propagated},
                    {"key": "Name", "value": "mixed", **propagated},
                ],
            },
        ),
        entry(f"{node}.aws_eks_access_entry.this[0]", name, f"{IAM}:role/mixed-nodes", "EC2_LINUX"),
        *role(
            f'{m}.module.fargate_profile["kube"].aws_iam_role.this',
            "fargate-pods",
            "eks-fargate-pods.amazonaws.com",
            policies=["AmazonEKSFargatePodExecutionRolePolicy"],
        ),
        (
            f'{m}.module.fargate_profile["kube"].aws_eks_fargate_profile.this[0]',
            {
                "id": f"{name}:kube",
                "arn": f"{EKS}:fargateprofile/{name}/kube/0",
                "cluster_name": name,
                "status": "ACTIVE",
                "fargate_profile_name": "kube",
                "pod_execution_role_arn": f"{IAM}:role/fargate-pods",
                "selector": [{"namespace": "batch", "labels": {"on": "fargate"}}],
                "subnet_ids": private(),
                **tags(),
            },
        ),
        addon(
            f'{m}.aws_eks_addon.this["vpc-cni"]',
            "vpc-cni",
            name,
            "v1.19.5-eksbuild.1",
            service_account_role_arn=f"{IAM}:role/vpc-cni-irsa",
            preserve=None,
        ),
        entry(f'{m}.aws_eks_access_entry.this["platform"]', name, admin),
        policy(f'{m}.aws_eks_access_policy_association.this["platform"]', name, admin, "AmazonEKSClusterAdminPolicy"),
    ]


def plain() -> list[Row]:
    """A root of plain resources of the provider, with aws-auth alone and a VPC that another root made."""
    name = "bare"
    modes = [{"authentication_mode": "CONFIG_MAP", "bootstrap_cluster_creator_admin_permissions": True}]
    return [
        cluster("aws_eks_cluster.main", name, "1.33", access_config=modes, enabled_cluster_log_types=["audit"]),
        ("aws_iam_role.cluster", {"id": f"{name}-cluster", "name": f"{name}-cluster"}),
        node_group("aws_eks_node_group.main", "main", name, "1.33", **template("lt-0e0e0e0e0e0e0e0e0", "main")),
        addon("aws_eks_addon.cni", "vpc-cni", name, "v1.20.4-eksbuild.2", preserve=None),
        ("random_password.admin", {"id": "none", "result": SECRET}),
    ]


def without(state: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """A state without some of its keys."""
    return {key: value for key, value in state.items() if key not in keys}
