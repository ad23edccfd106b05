"""A cluster's spec as inputs of `aws.eks.Cluster`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi

from eks_blueprints.cluster.parts import TimeoutsArgs
from eks_blueprints.cluster.spec import ClusterArgs
from eks_blueprints.core.errors import fail
from eks_blueprints.core.refs import NetworkRef, SubnetRole
from eks_blueprints.core.spec import Spec

SET_BY_US = {
    "bootstrap_self_managed_addons": "always false: add-ons are EKS add-ons, and none is installed behind their back",
    "default_addons_to_removes": "deprecated in favour of bootstrap_self_managed_addons",
    "encryption_config.resources": "EKS encrypts one resource, secrets",
    "kubernetes_network_config.service_ipv6_cidr": "EKS chooses it; it cannot be set",
    "outpost_config": "refused: almost nothing of a blueprint runs on a local cluster",
    "region": "that of the AWS provider, which is the blueprint's",
    "vpc_config.cluster_security_group_id": "EKS creates the group; it cannot be set",
    "vpc_config.subnet_ids": "from the network",
    "vpc_config.vpc_id": "follows from the subnets; it cannot be set",
}
"""Inputs of `aws.eks.Cluster` in pulumi-aws 7.51 that a spec has no field for, and why."""


def inputs(
    args: ClusterArgs,
    network: NetworkRef,
    key_arn: pulumi.Input[str] | None,
    node_role_arn: pulumi.Input[str] | None,
    groups: Sequence[pulumi.Input[str]] = (),
) -> dict[str, Any]:
    """All inputs but the name, the role, the version and the tags."""
    return {
        "vpc_config": _vpc(args, network, groups),
        "access_config": {
            "authentication_mode": args.authentication_mode,
            "bootstrap_cluster_creator_admin_permissions": args.bootstrap_cluster_creator_admin_permissions,
        },
        "kubernetes_network_config": _kubernetes_network(args, network),
        "remote_network_config": _remote_networks(args),
        "compute_config": _compute(args, node_role_arn),
        "storage_config": {"block_storage": {"enabled": args.auto_mode is not None}},
        "encryption_config": _encryption(key_arn),
        "enabled_cluster_log_types": list(args.enabled_cluster_log_types),
        "upgrade_policy": {"support_type": args.support_type},
        "zonal_shift_config": None if args.zonal_shift is None else {"enabled": args.zonal_shift},
        "control_plane_scaling_config": _tier(args),
        "kube_api_server_config": given(args.kube_api_server_config),
        "kube_scheduler_config": given(args.kube_scheduler_config),
        "kube_controller_manager_config": given(args.kube_controller_manager_config),
        "deletion_protection": args.deletion_protection,
        "force_update_version": args.force_update_version,
        "bootstrap_self_managed_addons": False,
    }


def given(spec: Spec | None) -> dict[str, Any] | None:
    """What a spec says, without what it leaves to AWS; None where that is everything."""
    return None if spec is None else _said(spec.model_dump(mode="json")) or None


def timeouts(spec: TimeoutsArgs) -> pulumi.CustomTimeouts | None:
    """How long the engine waits; None for the provider's own."""
    if spec == TimeoutsArgs():
        return None
    return pulumi.CustomTimeouts(create=spec.create, update=spec.update, delete=spec.delete)


def _said(fields: dict[str, Any]) -> dict[str, Any]:
    said = {name: _said(value) if isinstance(value, dict) else value for name, value in fields.items()}
    return {name: value for name, value in said.items() if value not in (None, {}, [])}


def _encryption(key_arn: pulumi.Input[str] | None) -> dict[str, Any] | None:
    return None if key_arn is None else {"provider": {"key_arn": key_arn}, "resources": ["secrets"]}


def _subnets(network: NetworkRef) -> list[pulumi.Input[str]]:
    roles: tuple[SubnetRole, ...] = ("control_plane", "private", "public")
    role: SubnetRole = next((role for role in roles if network.ids(role)), "private")
    zones = [subnet.zone for subnet in network.subnets if subnet.role == role]
    if len(zones) < 2 or (None not in zones and len(set(zones)) < 2):
        got = f"{len(zones)} {role} in {', '.join(sorted({zone for zone in zones if zone})) or 'no zone'}"
        fail(f"needs subnets in two zones for the control plane; got {got}; add subnets", "network")
    return network.ids(role)


def _vpc(args: ClusterArgs, network: NetworkRef, groups: Sequence[pulumi.Input[str]]) -> dict[str, Any]:
    return _without_none(
        {
            "subnet_ids": _subnets(network),
            "endpoint_private_access": args.endpoint_private_access,
            "endpoint_public_access": args.endpoint_public_access,
            "public_access_cidrs": list(args.public_access_cidrs) or None,
            "security_group_ids": [*args.security_group_ids, *groups] or None,
            "control_plane_egress_mode": args.control_plane_egress_mode,
        }
    )


def _kubernetes_network(args: ClusterArgs, network: NetworkRef) -> dict[str, Any]:
    return _without_none(
        {
            "ip_family": args.ip_family or network.ip_family,
            "service_ipv4_cidr": args.service_ipv4_cidr,
            "elastic_load_balancing": {"enabled": args.auto_mode is not None},
        }
    )


def _remote_networks(args: ClusterArgs) -> dict[str, Any] | None:
    config = {
        name: {"cidrs": list(cidrs)}
        for name in ("remote_node_networks", "remote_pod_networks")
        if (cidrs := getattr(args, name))
    }
    return config or None


def _compute(args: ClusterArgs, node_role_arn: pulumi.Input[str] | None) -> dict[str, Any]:
    # Auto Mode's three switches are written even where they are off: leaving them out would not turn them off.
    if args.auto_mode is None:
        return {"enabled": False}
    pools = list(args.auto_mode.node_pools) or None
    return _without_none({"enabled": True, "node_pools": pools, "node_role_arn": node_role_arn})


def _tier(args: ClusterArgs) -> dict[str, Any] | None:
    return None if args.control_plane_scaling_tier is None else {"tier": args.control_plane_scaling_tier}


def _without_none(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
