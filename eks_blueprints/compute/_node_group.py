"""The resources of a managed node group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.compute._autoscaler_hints import resource_hints
from eks_blueprints.compute._bootstrap import access_entry, image_id, user_data
from eks_blueprints.compute._launch_template import launch_template, opened, specification
from eks_blueprints.compute._parts import GroupTimeouts
from eks_blueprints.core.component import Component, merge_tags
from eks_blueprints.core.errors import fail, unknown_name
from eks_blueprints.core.facts.ami_types import CUSTOM
from eks_blueprints.core.iam import managed_policy
from eks_blueprints.core.iam_roles import GrantedRole, Grants, service_role
from eks_blueprints.core.naming import short_prefix
from eks_blueprints.core.refs import ClusterRef

if TYPE_CHECKING:
    from eks_blueprints.compute._ec2_nodes import Ec2Nodes
    from eks_blueprints.compute._shared_role import NodeRole
    from eks_blueprints.compute.managed_nodes import ManagedNodes

NODE_GROUP_NAME_LIMIT = 63
_SESSIONS = "session-manager"
POLICIES = {
    "worker-node": "AmazonEKSWorkerNodePolicy",
    "ecr-pull": "AmazonEC2ContainerRegistryPullOnly",
    _SESSIONS: "AmazonSSMManagedInstanceCore",
}
"""AWS's own policies of the role of nodes, by what they are called in it."""


def make(nodes: ManagedNodes, cluster: ClusterRef) -> Component:
    """The component of a managed node group: role, launch template, group."""
    subnets = subnets_of(nodes, cluster)
    component = nodes.component(cluster)
    role_arn, role_ready = node_role(nodes, cluster, component)
    entry = _entry(nodes, cluster, component, role_arn)
    template = launch_template(nodes, cluster, component, **_own_image(nodes, cluster, component))
    group = aws.eks.NodeGroup(
        f"{component.pulumi_resource_name}-group",
        cluster_name=cluster.name,
        node_role_arn=role_arn,
        subnet_ids=list(subnets),
        launch_template=specification(nodes, template),
        **_inputs(nodes, cluster, f"{component.pulumi_resource_name}-group"),
        opts=component.child(
            depends_on=[*role_ready, *entry, *opened(nodes, cluster)],
            ignore_changes=["scalingConfig.desiredSize"],
            custom_timeouts=custom_timeouts(nodes),
        ),
    )
    component.ready = (group,)
    component.register_outputs({"node_group_name": group.node_group_name, "node_role_arn": role_arn})
    return component


def custom_timeouts(nodes: Ec2Nodes) -> pulumi.CustomTimeouts | None:
    """How long the engine waits for a group; None for the provider's own."""
    said = nodes.timeouts
    if said == GroupTimeouts():
        return None
    return pulumi.CustomTimeouts(create=said.create, update=said.update, delete=said.delete)


def subnets_of(nodes: Ec2Nodes, cluster: ClusterRef) -> Sequence[pulumi.Input[str]]:
    """The ids of the subnets a group stands in."""
    if nodes.subnet_ids:
        return nodes.subnet_ids
    return cluster.network.ids(nodes.subnets or "private", nodes.zones)


def node_role(
    nodes: Ec2Nodes, cluster: ClusterRef, component: Component
) -> tuple[pulumi.Input[str], tuple[pulumi.Resource, ...]]:
    """The ARN of the role of a group's nodes, and what to wait for before it can be used."""
    if nodes.node_role_arn is not None:
        return nodes.node_role_arn, ()
    if nodes.node_role is not None:
        shared = cluster.node_roles.get(nodes.node_role)
        if shared is None:
            fault = unknown_name(nodes.node_role, cluster.node_roles, "role of nodes on this cluster")
            fail(fault, nodes.group, nodes.name, "node_role")
        return shared.arn, shared.ready
    made = make_node_role(nodes, cluster, component)
    return made.arn, made.ready


def make_node_role(spec: Ec2Nodes | NodeRole, cluster: ClusterRef, component: Component) -> GrantedRole:
    """The role of nodes, of one group or of several."""
    aws_own = {key: name for key, name in POLICIES.items() if key != _SESSIONS or spec.session_manager is not False}
    grants = Grants(
        managed={key: managed_policy(cluster.partition, name) for key, name in aws_own.items()} | spec.policies,
        permissions_boundary=spec.permissions_boundary,
        tags=merge_tags(cluster.tags, spec.tags),
        iam_role=spec.iam_role,
    )
    return service_role(component, "role", "ec2.amazonaws.com", grants)


def _own_image(nodes: ManagedNodes, cluster: ClusterRef, component: Component) -> dict[str, Any]:
    if nodes.image is None:
        return {}
    image = image_id(nodes, nodes.image, cluster, component)
    return {"image_id": image, "user_data": user_data(nodes, cluster, component)}


def _entry(
    nodes: ManagedNodes, cluster: ClusterRef, component: Component, role_arn: pulumi.Input[str]
) -> tuple[pulumi.Resource, ...]:
    # A role that is there may have its entry already, and one of several groups has it made once for all of them.
    if not nodes.needs_entry or nodes.node_role_arn is not None or nodes.node_role is not None:
        return ()
    return (access_entry(nodes, cluster, component, role_arn),)


def own_prefix(nodes: Ec2Nodes) -> str | None:
    """What the user has the name of a group begin with."""
    return f"{nodes.group_name_prefix}-" if nodes.group_name_prefix else None


def _inputs(nodes: ManagedNodes, cluster: ClusterRef, name: str) -> Any:
    fewest, desired, most = nodes.scaling
    block = nodes.capacity_type == "CAPACITY_BLOCK"
    hinted = cluster.autoscaled and fewest == 0
    return {
        "node_group_name_prefix": own_prefix(nodes) or short_prefix(name, NODE_GROUP_NAME_LIMIT, dots=False),
        "scaling_config": {"min_size": fewest, "desired_size": desired, "max_size": most},
        "ami_type": nodes.ami.name,
        "capacity_type": nodes.capacity_type,
        # A capacity block is for the type that its launch template names.
        "instance_types": None if block else list(nodes.named_types) or None,
        # A pinned release says its version itself, and so does an image of one's own.
        "version": nodes.version or (None if nodes.release_version or nodes.ami_type == CUSTOM else cluster.version),
        "release_version": nodes.release_version,
        "force_update_version": nodes.force_update_version,
        "update_config": _update_config(nodes),
        "node_repair_config": _repair_config(nodes),
        "warm_pool_config": _fields(nodes.warm_pool_config),
        "labels": dict(sorted(nodes.labels.items())) or None,
        "taints": [_fields(taint) for taint in nodes.taints] or None,
        # Of an empty group Cluster Autoscaler asks EKS for labels and taints, and reads resources off its tags.
        "tags": merge_tags(cluster.tags, resource_hints(nodes) if hinted else {}, nodes.tags) or None,
    }


def _update_config(nodes: ManagedNodes) -> dict[str, Any]:
    config = _fields(nodes.update_config) or {}
    if not {"max_unavailable", "max_unavailable_percentage"} & config.keys():
        config["max_unavailable"] = 1
    return config


def _repair_config(nodes: ManagedNodes) -> dict[str, Any] | None:
    config: dict[str, Any] | None = _fields(nodes.node_repair_config)
    if config is None:
        return None
    overrides = config.pop("node_repair_config_overrides")
    if overrides:
        config["node_repair_config_overrides"] = [_fields(override) for override in overrides]
    return config


def _fields(spec: Any) -> Any:
    if spec is None:
        return None
    return {name: value for name in type(spec).model_fields if (value := getattr(spec, name)) is not None}
