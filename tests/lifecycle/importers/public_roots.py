"""What public roots of Terraform leave in their states, written by hand after their configuration and the schemas.

The configurations are those of terraform-aws-modules/terraform-aws-eks (examples) and of
hashicorp-education/learn-terraform-provision-eks-cluster; ids and dates are made up.
"""

from __future__ import annotations

import json
from typing import Any

from tests.lifecycle.importers.states import (
    ACCOUNT,
    EKS,
    IAM,
    NODE_POLICIES,
    REGION,
    SECRET,
    TRUSTS,
    Row,
    addon,
    cluster,
    entry,
    key,
    log_group,
    node_group,
    oidc,
    policy,
    private,
    role,
    subnet,
    tags,
    template,
    vpc,
)

ADMIN = f"{IAM}:role/Admin"
INTRA = [subnet("database", index) for index in range(3)]
STAMP = "-2026090108000000000"
KEY_ID = "11111111-2222-3333-4444-555555555555"
ENCRYPTED = [{"provider": [{"key_arn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{KEY_ID}"}], "resources": ["secrets"]}]
LOGS = ["api", "audit", "authenticator"]
MARKS = {"GithubRepo": "terraform-aws-eks", "GithubOrg": "terraform-aws-modules"}


def _module(m: str, name: str, version: str, more: dict[str, Any] | None = None, **marks: str) -> list[Row]:
    """terraform-aws-eks without nodes: cluster, role, key, logs, OIDC provider, security groups."""
    named = f"{name}-cluster{STAMP}0000001"
    encryption = f"{IAM}:policy/{name}-cluster-ClusterEncryption{STAMP}0000002"
    arn = {"role_arn": f"{IAM}:role/{named}", "encryption_config": ENCRYPTED, "enabled_cluster_log_types": LOGS}
    policies = ["AmazonEKSClusterPolicy", encryption]
    return [
        *vpc(),
        ("module.vpc.aws_default_security_group.this[0]", {"id": "sg-0aaaaaaaaaaaaaaaa"}),
        ("module.vpc.aws_route_table.private[0]", {"id": "rtb-0aaaaaaaaaaaaaaaa"}),
        ("module.vpc.aws_eip.nat[0]", {"id": "eipalloc-0aaaaaaaaaaaaaaaa"}),
        cluster(f"{m}.aws_eks_cluster.this[0]", name, version, **{**arn, **(more or {})}, **tags(**marks)),
        *role(f"{m}.aws_iam_role.this", named, TRUSTS["eks"], policies=policies, **tags(**marks)),
        (f"{m}.aws_iam_policy.cluster_encryption[0]", {"id": encryption, "arn": encryption}),
        *key(f"{m}.module.kms", name, KEY_ID, **tags(**marks)),
        log_group(f"{m}.aws_cloudwatch_log_group.this[0]", name),
        oidc(f"{m}.aws_iam_openid_connect_provider.oidc_provider[0]"),
        (f"{m}.aws_security_group.cluster[0]", {"id": "sg-0c0c0c0c0c0c0c0c0"}),
        (f"{m}.aws_security_group.node[0]", {"id": "sg-0d0d0d0d0d0d0d0d0"}),
        (f'{m}.aws_security_group_rule.node["ingress_self_all"]', {"id": "sgrule-1"}),
        (f'{m}.aws_ec2_tag.cluster_primary_security_group["Example"]', {"id": "sg-0e0e0e0e0e0e0e0e0,Example"}),
        (f"{m}.time_sleep.this[0]", {"id": "2026-09-01T08:00:00Z"}),
    ]


def _group(m: str, key_: str, name: str, version: str, at: int, **more: Any) -> list[Row]:
    """A managed node group of the module, with a role and a launch template of its own."""
    node = f'{m}.module.eks_managed_node_group["{key_}"]'
    named = f"{more.pop('prefix', key_)}{STAMP}000001{at}"
    own = f"{named.partition('-2026')[0]}-eks-node-group{STAMP}000000{at}"
    id_ = f"lt-0{at}0a0a0a0a0a0a0a0"
    given = {"node_role_arn": f"{IAM}:role/{own}", **template(id_, named), **more}
    return [
        *role(f"{node}.aws_iam_role.this", own, TRUSTS["ec2"], policies=NODE_POLICIES, description="EKS nodes"),
        (f"{node}.aws_launch_template.this[0]", {"id": id_, "name": named, "user_data": SECRET}),
        node_group(f"{node}.aws_eks_node_group.this[0]", named, name, version, **given),
    ]


def _addons(m: str, name: str) -> list[Row]:
    """The add-ons of the module's examples."""
    return [
        addon(f'{m}.aws_eks_addon.before_compute["vpc-cni"]', "vpc-cni", name, "v1.20.4-eksbuild.2"),
        addon(
            f'{m}.aws_eks_addon.before_compute["eks-pod-identity-agent"]',
            "eks-pod-identity-agent",
            name,
            "v1.3.8-eksbuild.2",
        ),
        addon(f'{m}.aws_eks_addon.this["coredns"]', "coredns", name, "v1.12.1-eksbuild.2"),
        addon(f'{m}.aws_eks_addon.this["kube-proxy"]', "kube-proxy", name, "v1.33.0-eksbuild.2"),
    ]


def _creator(m: str, name: str) -> list[Row]:
    """What enable_cluster_creator_admin_permissions makes."""
    arn = f'{m}.aws_eks_access_policy_association.this["cluster_creator_admin"]'
    return [
        entry(f'{m}.aws_eks_access_entry.this["cluster_creator"]', name, ADMIN),
        policy(arn, name, ADMIN, "AmazonEKSClusterAdminPolicy"),
    ]


def managed_nodes() -> list[Row]:
    """examples/eks-managed-node-group: Amazon Linux 2023, module version 21."""
    m, name = "module.eks_al2023", "ex-eks-mng-al2023"
    group = {
        "scaling_config": [{"desired_size": 2, "max_size": 5, "min_size": 2}],
        "node_group_name_prefix": "example-",
    }
    return [
        *_module(m, name, "1.33", Example="ex-eks-mng", **MARKS),
        *_group(m, "example", name, "1.33", 1, **group),
        *_addons(m, name),
    ]


def self_managed_nodes() -> list[Row]:
    """examples/self-managed-node-group: Amazon Linux 2023, module version 21."""
    m, name = "module.eks_al2023", "ex-self-mng-al2023"
    node = f'{m}.module.self_managed_node_group["example"]'
    group, nodes = f"example{STAMP}0000015", f"example-node-group{STAMP}0000005"
    mark = {"propagate_at_launch": True}
    return [
        *_module(m, name, "1.33", Example="ex-self-mng", **MARKS),
        *role(f"{node}.aws_iam_role.this", nodes, TRUSTS["ec2"], policies=NODE_POLICIES),
        (f"{node}.aws_iam_instance_profile.this[0]", {"id": nodes, "name": nodes, "role": nodes}),
        (f"{node}.aws_launch_template.this[0]", {"id": "lt-0d0d0d0d0d0d0d0d0", "user_data": SECRET}),
        (
            f"{node}.aws_autoscaling_group.this[0]",
            {
                "id": group,
                "name": group,
                "name_prefix": "example-",
                "arn": f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:autoScalingGroup:x:autoScalingGroupName/{group}",
                "min_size": 2,
                "max_size": 5,
                "desired_capacity": 2,
                "vpc_zone_identifier": private(),
                "launch_template": [{"id": "lt-0d0d0d0d0d0d0d0d0", "name": "example-20260901", "version": "1"}],
                "mixed_instances_policy": [],
                "health_check_type": "EC2",
                "health_check_grace_period": 300,
                "default_cooldown": 300,
                "capacity_rebalance": False,
                "max_instance_lifetime": 0,
                "instance_refresh": [
                    {
                        "strategy": "Rolling",
                        "triggers": [],
                        "preferences": [{"min_healthy_percentage": 66, "instance_warmup": "", "auto_rollback": False}],
                    }
                ],
                "tag": [
                    {"key": f"kubernetes.io/cluster/{name}", "value": "owned", **mark},
                    {"key": f"k8s.io/cluster/{name}", "value": "owned", **mark},
                    {"key": "Name", "value": "example", **mark},
                ],
            },
        ),
        entry(f"{node}.aws_eks_access_entry.this[0]", name, f"{IAM}:role/{nodes}", "EC2_LINUX"),
        *_addons(m, name),
    ]


def karpenter() -> list[Row]:
    """examples/karpenter: the control plane in intra subnets, Bottlerocket, the Karpenter module and chart."""
    m, k, name = "module.eks", "module.karpenter", "ex-karpenter"
    network = {**cluster("", name, "1.33")[1]["vpc_config"][0], "subnet_ids": INTRA}
    public = {"endpoint_public_access": True, "public_access_cidrs": ["0.0.0.0/0"]}
    more = {"vpc_config": [network | public], "control_plane_scaling_config": [{"tier": "standard"}]}
    group = {
        "ami_type": "BOTTLEROCKET_x86_64",
        "instance_types": ["m5.large"],
        "labels": {"karpenter.sh/controller": "true"},
        "scaling_config": [{"desired_size": 2, "max_size": 3, "min_size": 2}],
    }
    controller, queue = f"KarpenterController{STAMP}0000007", f"Karpenter-{name}"
    return [
        *_module(m, name, "1.33", more, Example=name, **MARKS),
        *_creator(m, name),
        *_group(m, "karpenter", name, "1.33", 1, **group),
        *_addons(m, name),
        *role(f"{k}.aws_iam_role.controller", controller, "pods.eks.amazonaws.com"),
        *role(f"{k}.aws_iam_role.node", name, TRUSTS["ec2"], policies=[*NODE_POLICIES, "AmazonSSMManagedInstanceCore"]),
        (f"{k}.aws_iam_policy.controller[0]", {"id": f"{IAM}:policy/{controller}"}),
        (f"{k}.aws_sqs_queue.this[0]", {"id": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{queue}", "name": queue}),
        (f"{k}.aws_sqs_queue_policy.this[0]", {"id": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{queue}"}),
        (f'{k}.aws_cloudwatch_event_rule.this["spot_interrupt"]', {"id": "KarpenterSpotInterrupt-1"}),
        (f'{k}.aws_cloudwatch_event_target.this["spot_interrupt"]', {"id": "KarpenterSpotInterrupt-1-x"}),
        entry(f"{k}.aws_eks_access_entry.node[0]", name, f"{IAM}:role/{name}", "EC2_LINUX"),
        (
            f"{k}.aws_eks_pod_identity_association.karpenter[0]",
            {
                "id": "a-0123456789abcdef0",
                "association_id": "a-0123456789abcdef0",
                "association_arn": f"{EKS}:podidentityassociation/{name}/a-0123456789abcdef0",
                "cluster_name": name,
                "namespace": "kube-system",
                "service_account": "karpenter",
                "role_arn": f"{IAM}:role/{controller}",
                **tags(),
            },
        ),
        ("helm_release.karpenter", {"id": "karpenter", "repository_password": SECRET, "values": [SECRET]}),
    ]


def learn() -> list[Row]:
    """hashicorp-education/learn-terraform-provision-eks-cluster: module version 20, two groups, IRSA for EBS."""
    m, name = "module.eks", "education-eks-Ab3dE6gH"
    modes = [{"authentication_mode": "API_AND_CONFIG_MAP", "bootstrap_cluster_creator_admin_permissions": False}]
    network = cluster("", name, "1.32")[1]["vpc_config"][0]
    public = {"endpoint_public_access": True, "public_access_cidrs": ["0.0.0.0/0"]}
    driver = f"AmazonEKSTFEBSCSIRole-{name}"
    issuer = f"oidc.eks.{REGION}.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": f"{IAM}:oidc-provider/{issuer}"},
    }
    small = {"ami_type": "AL2_x86_64", "instance_types": ["t3.small"]}
    sizes = {"one": [1, 3, 2], "two": [1, 2, 1]}
    groups: list[Row] = []
    for at, (key_, (fewest, most, wanted)) in enumerate(sizes.items(), 1):
        scaling = [{"min_size": fewest, "max_size": most, "desired_size": wanted}]
        groups += _group(m, key_, name, "1.32", at, prefix=f"node-group-{at}", scaling_config=scaling, **small)
    return [
        ("random_string.suffix", {"id": "Ab3dE6gH", "result": "Ab3dE6gH"}),
        *_module(m, name, "1.32", {"access_config": modes, "vpc_config": [network | public]}),
        *_creator(m, name),
        *groups,
        addon(
            f'{m}.aws_eks_addon.this["aws-ebs-csi-driver"]',
            "aws-ebs-csi-driver",
            name,
            "v1.48.0-eksbuild.1",
            service_account_role_arn=f"{IAM}:role/{driver}",
            preserve=None,
        ),
        (
            "module.irsa-ebs-csi.aws_iam_role.this[0]",
            {
                **role("aws_iam_role.x", driver)[0][1],
                "assume_role_policy": json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
            },
        ),
    ]
