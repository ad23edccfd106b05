"""The resources of a self-managed group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.compute._autoscaler_hints import PREFIX, node_hints
from eks_blueprints.compute._bootstrap import access_entry, image_id, user_data
from eks_blueprints.compute._launch_template import launch_template, name_tag, opened, said_in, specification
from eks_blueprints.compute._node_group import custom_timeouts, node_role, own_prefix, subnets_of
from eks_blueprints.core.component import Component, merge_tags
from eks_blueprints.core.iam_roles import instance_profile
from eks_blueprints.core.naming import short_prefix
from eks_blueprints.core.refs import ClusterRef
from eks_blueprints.core.spec import Spec

if TYPE_CHECKING:
    from eks_blueprints.compute._instance_requirements import InstanceRequirements
    from eks_blueprints.compute.self_managed_nodes import SelfManagedNodes

GROUP_NAME_LIMIT = 255


def make(nodes: SelfManagedNodes, cluster: ClusterRef) -> Component:
    """The component of a self-managed group: role, profile, access entry, launch template, group, hooks."""
    subnets = list(subnets_of(nodes, cluster))
    component = nodes.component(cluster)
    role_arn, role_ready = _role(nodes, cluster, component)
    entry = []
    if nodes.access_entry and nodes.node_role is None and role_arn is not None:
        entry = [access_entry(nodes, cluster, component, role_arn)]
    template = None
    if nodes.launch_template is None:
        profile_arn = nodes.iam_instance_profile_arn
        if profile_arn is None:
            assert role_arn is not None  # noqa: S101 - without a profile there is a role
            profile_arn = _profile(nodes, cluster, component, _role_name(role_arn, role_ready)).arn
        template = _template(nodes, cluster, component, profile_arn)
    name = f"{component.pulumi_resource_name}-group"
    group = aws.autoscaling.Group(
        name,
        name_prefix=own_prefix(nodes) or short_prefix(name, GROUP_NAME_LIMIT),
        vpc_zone_identifiers=subnets,
        **_launches(nodes, template),
        **_inputs(nodes),
        tags=_tags(nodes, cluster, component),
        opts=component.child(
            depends_on=[*role_ready, *entry, *opened(nodes, cluster)],
            ignore_changes=["desiredCapacity"],
            custom_timeouts=custom_timeouts(nodes),
        ),
    )
    component.ready = (group, *_hooks(nodes, component, group))
    component.register_outputs({"autoscaling_group_name": group.name, "node_role_arn": role_arn})
    return component


def _role(
    nodes: SelfManagedNodes, cluster: ClusterRef, component: Component
) -> tuple[pulumi.Input[str] | None, tuple[pulumi.Resource, ...]]:
    # A profile that exists has its role.
    if nodes.launch_template is not None or nodes.iam_instance_profile_arn is not None:
        return nodes.node_role_arn, ()
    return node_role(nodes, cluster, component)


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
    nodes: SelfManagedNodes, cluster: ClusterRef, component: Component, profile_arn: pulumi.Input[str]
) -> aws.ec2.LaunchTemplate | None:
    own: dict[str, Any] = {
        "image_id": image_id(nodes, nodes.image, cluster, component),
        "instance_type": nodes.named_types[0] if nodes.named_types else None,
        "iam_instance_profile": {"arn": profile_arn},
        "user_data": user_data(nodes, cluster, component),
        "instance_initiated_shutdown_behavior": nodes.instance_initiated_shutdown_behavior,
    }
    return launch_template(nodes, cluster, component, **own)


def _launches(nodes: SelfManagedNodes, template: aws.ec2.LaunchTemplate | None) -> dict[str, Any]:
    distribution = nodes.distribution
    if not _is_mixed(nodes):
        return {"launch_template": specification(nodes, template)}
    shares = {
        name: value for name in type(distribution).model_fields if (value := getattr(distribution, name)) is not None
    }
    if distribution.has_spot:
        shares.setdefault("spot_allocation_strategy", "price-capacity-optimized")
    overrides: list[dict[str, Any]] = [{"instance_type": name} for name in nodes.named_types]
    if nodes.instance_requirements is not None:
        overrides = [{"instance_requirements": requirements(nodes.instance_requirements)}]
    launches = {"launch_template_specification": specification(nodes, template, prefix="launch_template_")}
    if overrides:
        launches["overrides"] = overrides
    return {"mixed_instances_policy": {"launch_template": launches, "instances_distribution": shares}}


def _is_mixed(nodes: SelfManagedNodes) -> bool:
    # A launch template that exists has a type of its own, which only a policy can change.
    named = len(nodes.named_types) if nodes.launch_template is None else len(nodes.named_types) + 1
    chosen = named > 1 or nodes.instance_requirements is not None
    return chosen or nodes.instances_distribution is not None or nodes.distribution.has_spot


def requirements(wanted: InstanceRequirements) -> dict[str, Any]:
    """The attributes of instance types as the provider takes them."""
    said: dict[str, Any] = {}
    for name in type(wanted).model_fields:
        value = getattr(wanted, name)
        if isinstance(value, Spec):
            said[name] = {end: number for end in ("min", "max") if (number := getattr(value, end)) is not None}
        elif value not in (None, ()):
            said[name] = list(value) if isinstance(value, tuple) else value
    return said


def _inputs(nodes: SelfManagedNodes) -> dict[str, Any]:
    fewest, desired, most = nodes.scaling
    rebalance = nodes.capacity_rebalance
    return {
        "min_size": fewest,
        "max_size": most,
        "desired_capacity": desired,
        "capacity_rebalance": nodes.distribution.has_spot or None if rebalance is None else rebalance,
        "max_instance_lifetime": nodes.max_instance_lifetime,
        "load_balancers": list(nodes.load_balancers) or None,
        "instance_maintenance_policy": said_in(nodes.instance_maintenance_policy),
        "force_delete": nodes.force_delete,
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
    plain = merge_tags({"Name": component.pulumi_resource_name}, cluster.tags, nodes.tags, name_tag(nodes))
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
