"""The resources of a self-managed group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.compute._autoscaler_hints import PREFIX, node_hints
from eks_blueprints.compute._bootstrap import access_entry, image_id, user_data
from eks_blueprints.compute._launch_template import launch_template, opened
from eks_blueprints.compute._node_group import node_role, subnets_of
from eks_blueprints.core.component import Component, merge_tags
from eks_blueprints.core.iam_roles import instance_profile
from eks_blueprints.core.naming import short_prefix
from eks_blueprints.core.refs import ClusterRef

if TYPE_CHECKING:
    from eks_blueprints.compute.self_managed_nodes import SelfManagedNodes

GROUP_NAME_LIMIT = 255


def make(nodes: SelfManagedNodes, cluster: ClusterRef) -> Component:
    """The component of a self-managed group: role, profile, access entry, launch template, group, hooks."""
    subnets = list(subnets_of(nodes, cluster))
    component = nodes.component(cluster)
    role_arn, role_ready = node_role(nodes, cluster, component)
    profile = _profile(nodes, cluster, component, _role_name(role_arn, role_ready))
    entry = (
        [access_entry(nodes, cluster, component, role_arn)] if nodes.access_entry and nodes.node_role is None else []
    )
    template = _template(nodes, cluster, component, profile)
    name = f"{component.pulumi_resource_name}-group"
    group = aws.autoscaling.Group(
        name,
        name_prefix=short_prefix(name, GROUP_NAME_LIMIT),
        vpc_zone_identifiers=subnets,
        **_launches(nodes, template),
        **_inputs(nodes),
        tags=_tags(nodes, cluster, component),
        opts=component.child(
            depends_on=[*role_ready, *entry, *opened(nodes, cluster)], ignore_changes=["desiredCapacity"]
        ),
    )
    component.ready = (group, *_hooks(nodes, component, group))
    component.register_outputs({"autoscaling_group_name": group.name, "node_role_arn": role_arn})
    return component


def _role_name(role_arn: pulumi.Input[str], made: Sequence[pulumi.Resource]) -> pulumi.Input[str]:
    for resource in made:
        if isinstance(resource, aws.iam.Role):
            return resource.name
    return pulumi.Output.from_input(role_arn).apply(lambda arn: arn.rpartition("/")[2])


def _profile(
    nodes: SelfManagedNodes, cluster: ClusterRef, component: Component, role_name: pulumi.Input[str]
) -> aws.iam.InstanceProfile:
    name = f"{component.pulumi_resource_name}-profile"
    return instance_profile(component, name, role_name, merge_tags(cluster.tags, nodes.tags))


def _template(
    nodes: SelfManagedNodes, cluster: ClusterRef, component: Component, profile: aws.iam.InstanceProfile
) -> aws.ec2.LaunchTemplate:
    own: dict[str, Any] = {
        "image_id": image_id(nodes, nodes.image, cluster, component),
        "instance_type": nodes.instance_types[0],
        "iam_instance_profile": {"arn": profile.arn},
        "user_data": user_data(nodes, cluster, component),
        "credit_specification": None if nodes.cpu_credits is None else {"cpu_credits": nodes.cpu_credits},
        "enclave_options": {"enabled": True} if nodes.enclave else None,
    }
    return launch_template(nodes, cluster, component, **own)


def _launches(nodes: SelfManagedNodes, template: aws.ec2.LaunchTemplate) -> dict[str, Any]:
    version = template.latest_version.apply(str)
    distribution = nodes.distribution
    mixed = len(nodes.instance_types) > 1 or nodes.instances_distribution is not None or distribution.has_spot
    if not mixed:
        return {"launch_template": {"id": template.id, "version": version}}
    shares = {
        name: value for name in type(distribution).model_fields if (value := getattr(distribution, name)) is not None
    }
    if distribution.has_spot:
        shares.setdefault("spot_allocation_strategy", "price-capacity-optimized")
    specification = {"launch_template_id": template.id, "version": version}
    overrides = [{"instance_type": name} for name in nodes.instance_types]
    launches = {"launch_template_specification": specification, "overrides": overrides}
    return {"mixed_instances_policy": {"launch_template": launches, "instances_distribution": shares}}


def _inputs(nodes: SelfManagedNodes) -> dict[str, Any]:
    fewest, desired, most = nodes.scaling
    rebalance = nodes.capacity_rebalance
    return {
        "min_size": fewest,
        "max_size": most,
        "desired_capacity": desired,
        "capacity_rebalance": nodes.distribution.has_spot or None if rebalance is None else rebalance,
        "max_instance_lifetime": nodes.max_instance_lifetime,
        "target_group_arns": list(nodes.target_group_arns) or None,
        "health_check_type": nodes.health_check_type,
        "health_check_grace_period": nodes.health_check_grace_period,
        "enabled_metrics": list(nodes.enabled_metrics) or None,
        "metrics_granularity": "1Minute" if nodes.enabled_metrics else None,
        "suspended_processes": list(nodes.suspended_processes) or None,
        "termination_policies": list(nodes.termination_policies) or None,
        "default_cooldown": nodes.default_cooldown,
        "default_instance_warmup": nodes.default_instance_warmup,
        "protect_from_scale_in": nodes.protect_from_scale_in or None,
        "wait_for_capacity_timeout": nodes.wait_for_capacity_timeout,
        "instance_refresh": _refresh(nodes),
        "warm_pool": _warm_pool(nodes),
        # A pool that is left would keep the group from being deleted.
        "force_delete_warm_pool": True if nodes.warm_pool_config is not None else None,
    }


def _refresh(nodes: SelfManagedNodes) -> dict[str, Any] | None:
    refresh = nodes.instance_refresh
    if refresh is None:
        return None
    preferences = {
        "min_healthy_percentage": refresh.min_healthy_percentage,
        "max_healthy_percentage": refresh.max_healthy_percentage,
        "instance_warmup": _text(refresh.instance_warmup_seconds),
        "checkpoint_percentages": list(refresh.checkpoint_percentages) or None,
        "checkpoint_delay": _text(refresh.checkpoint_delay_seconds),
        "auto_rollback": refresh.auto_rollback,
        "skip_matching": refresh.skip_matching,
        "scale_in_protected_instances": refresh.scale_in_protected_instances,
        "standby_instances": refresh.standby_instances,
    }
    return {"strategy": "Rolling", "preferences": _present(preferences)}


def _warm_pool(nodes: SelfManagedNodes) -> dict[str, Any] | None:
    pool = nodes.warm_pool_config
    if pool is None:
        return None
    reuse = None if pool.reuse_on_scale_in is None else {"reuse_on_scale_in": pool.reuse_on_scale_in}
    fields = {
        "min_size": pool.min_size,
        "max_group_prepared_capacity": pool.max_group_prepared_capacity,
        "pool_state": None if pool.pool_state is None else pool.pool_state.title(),
        "instance_reuse_policy": reuse,
    }
    return _present(fields)


def _tags(nodes: SelfManagedNodes, cluster: ClusterRef, component: Component) -> Any:
    plain = merge_tags({"Name": component.pulumi_resource_name}, cluster.tags, nodes.tags)
    tags: list[Any] = [{"key": key, "value": value, "propagate_at_launch": True} for key, value in plain.items()]
    owned = pulumi.Output.concat("kubernetes.io/cluster/", cluster.name)
    tags.append({"key": owned, "value": "owned", "propagate_at_launch": True})
    discovered = pulumi.Output.concat(f"{PREFIX}/", cluster.name)
    tags.append({"key": f"{PREFIX}/enabled", "value": "true", "propagate_at_launch": False})
    tags.append({"key": discovered, "value": "owned", "propagate_at_launch": False})
    # Cluster Autoscaler reads hints off the group; the nodes themselves have labels and taints.
    hints = sorted(node_hints(nodes).items())
    return tags + [{"key": key, "value": value, "propagate_at_launch": False} for key, value in hints]


def _hooks(
    nodes: SelfManagedNodes, component: Component, group: aws.autoscaling.Group
) -> list[aws.autoscaling.LifecycleHook]:
    return [
        aws.autoscaling.LifecycleHook(
            f"{component.pulumi_resource_name}-hook-{name.replace('_', '-')}",
            name=name,
            autoscaling_group_name=group.name,
            **_present({field: getattr(hook, field) for field in type(hook).model_fields}),
            opts=component.child(delete_before_replace=True),
        )
        for name, hook in nodes.lifecycle_hooks.items()
    ]


def _present(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)
