"""Correct programs with pulumi-eks, whose components run elsewhere and so have inputs on the wire."""

from __future__ import annotations

import json
import warnings

import pulumi_aws as aws

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of its own first NodeGroup, at import
    import pulumi_eks as eks


def components() -> None:
    role = aws.iam.Role("node", assume_role_policy=json.dumps({}))
    cluster = eks.Cluster(
        "shop",
        vpc_id="vpc-1",
        private_subnet_ids=["subnet-1", "subnet-2"],
        authentication_mode=eks.AuthenticationMode.API,
        skip_default_node_group=True,
        create_oidc_provider=True,
        instance_roles=[role],
        endpoint_private_access=True,
        access_entries={
            "admin": eks.AccessEntryArgs(
                principal_arn="arn:aws:iam::1:role/a",
                access_policies={
                    "view": eks.AccessPolicyAssociationArgs(
                        policy_arn="arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
                        access_scope=aws.eks.AccessPolicyAssociationAccessScopeArgs(type="cluster"),
                    )
                },
            )
        },
        vpc_cni_options={"enable_prefix_delegation": True, "warm_ip_target": 2},
        kube_proxy_addon_options={"enabled": True},
        auto_mode={"enabled": True},
        storage_classes={"gp3": {"type": "gp3", "default": True}},
        fargate=False,
        tags={"team": "shop"},
    )
    eks.ManagedNodeGroup(
        "general",
        cluster=cluster,
        node_role=role,
        scaling_config={"desired_size": 1, "max_size": 2, "min_size": 1},
        instance_types=["m7i.large"],
        operating_system=eks.OperatingSystem.AL2023,
        labels={"a": "b"},
        taints=[{"key": "k", "value": "v", "effect": "NO_SCHEDULE"}],
        enable_imd_sv2=True,
    )
    eks.NodeGroupV2(
        "bottle",
        cluster=cluster,
        instance_type="m7i.large",
        operating_system="Bottlerocket",
        bottlerocket_settings={"settings": {"kubernetes": {"max-pods": 100}}},
        taints={"dedicated": {"value": "x", "effect": "NoSchedule"}},
        min_size=1,
        max_size=3,
    )
    eks.Addon("coredns", cluster=cluster, addon_name="coredns", configuration_values={"replicaCount": 3})
    eks.VpcCniAddon("cni", cluster_name="shop", enable_pod_eni=True, log_level="DEBUG")


PROGRAMS = (components,)
