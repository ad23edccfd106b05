"""Every input of `aws.eks.Cluster` is a field here, or is set by us for a reason."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any

import pulumi
from pulumi_aws.eks import ClusterArgs as AwsClusterArgs
from pulumi_aws.eks import _inputs

from eks_blueprints.cluster.settings import SET_BY_US
from eks_blueprints.cluster.spec import ClusterArgs
from eks_blueprints.core.late_specs import loaded
from eks_blueprints.core.spec import Spec

FIELDS = {
    "access_config.authentication_mode": "authentication_mode",
    "access_config.bootstrap_cluster_creator_admin_permissions": "bootstrap_cluster_creator_admin_permissions",
    "compute_config.enabled": "auto_mode",
    "compute_config.node_pools": "auto_mode.node_pools",
    "compute_config.node_role_arn": "auto_mode.node_role_arn",
    "control_plane_scaling_config.tier": "control_plane_scaling_tier",
    "encryption_config.provider.key_arn": "encryption_config.key_arn",
    "kubernetes_network_config.elastic_load_balancing.enabled": "auto_mode",
    "kubernetes_network_config.ip_family": "ip_family",
    "kubernetes_network_config.service_ipv4_cidr": "service_ipv4_cidr",
    "remote_network_config.remote_node_networks.cidrs": "remote_node_networks",
    "remote_network_config.remote_pod_networks.cidrs": "remote_pod_networks",
    "storage_config.block_storage.enabled": "auto_mode",
    "upgrade_policy.support_type": "support_type",
    "vpc_config.control_plane_egress_mode": "control_plane_egress_mode",
    "vpc_config.endpoint_private_access": "endpoint_private_access",
    "vpc_config.endpoint_public_access": "endpoint_public_access",
    "vpc_config.public_access_cidrs": "public_access_cidrs",
    "vpc_config.security_group_ids": "security_group_ids",
    "zonal_shift_config.enabled": "zonal_shift",
}
"""Inputs that do not have the same path as their field."""


def leaves(cls: type, prefix: str = "") -> Iterator[str]:
    """The paths of all inputs of an input class, nested ones too."""
    known = vars(pulumi.output) | vars(_inputs) | {"pulumi": pulumi}
    for name, hint in typing.get_type_hints(cls.__init__, known).items():  # type: ignore[misc]
        nested = next(_classes(hint, known), None)
        if name != "return":
            yield from leaves(nested, f"{prefix}{name}.") if nested else [f"{prefix}{name}"]


def _classes(hint: Any, known: dict[str, Any]) -> Iterator[type]:
    if isinstance(hint, typing.ForwardRef):
        hint = known.get(hint.__forward_arg__)
    if isinstance(hint, type) and hint.__name__.endswith("Args"):
        yield hint
    for argument in typing.get_args(hint):
        yield from _classes(argument, known)


def fields(spec: type[Spec], prefix: str = "") -> Iterator[str]:
    """The paths of all fields of a spec, nested ones too."""
    for name, field in spec.model_fields.items():
        yield f"{prefix}{name}"
        for nested in _specs(field.annotation):
            yield from fields(nested, f"{prefix}{name}.")


def _specs(hint: Any) -> Iterator[type[Spec]]:
    if isinstance(hint, type) and issubclass(loaded(hint), Spec):
        yield loaded(hint)
    for argument in typing.get_args(hint):
        yield from _specs(argument)


def test_every_input_is_a_field_or_set_by_us() -> None:
    known = set(fields(ClusterArgs))
    missing = [
        path
        for path in leaves(AwsClusterArgs)
        if path.partition(".")[0] not in SET_BY_US and path not in SET_BY_US and FIELDS.get(path, path) not in known
    ]
    assert missing == []


def test_the_tables_name_only_inputs_that_exist() -> None:
    inputs = set(leaves(AwsClusterArgs))
    inputs |= {path.partition(".")[0] for path in inputs}
    assert set(FIELDS) | set(SET_BY_US) <= inputs
