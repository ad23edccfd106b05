"""Rules between the fields of a self-managed group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eks_blueprints.compute._autoscaler_hints import PREFIX, node_hints
from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import TAGS_PER_RESOURCE, repeated

if TYPE_CHECKING:
    from eks_blueprints.compute.self_managed_nodes import SelfManagedNodes

_HOOK_NAME = Form(r"[A-Za-z0-9_-]{1,40}")
OF_SELF_MANAGED = ("labels", "taints", "instance_initiated_shutdown_behavior", "iam_instance_profile_arn")
"""Fields of self-managed groups that become part of their launch template: nobody else tells nodes of their labels."""

_LISTS = ("target_group_arns", "load_balancers", "enabled_metrics", "suspended_processes", "termination_policies")
_OWN_TAGS = ("Name", "kubernetes.io/cluster/<cluster>", f"{PREFIX}/enabled", f"{PREFIX}/<cluster>")


def check_way_of_buying(nodes: SelfManagedNodes, faults: Faults) -> None:
    """One way of saying how instances are bought, and what each excludes."""
    distribution = nodes.instances_distribution
    if distribution is not None and nodes.capacity_type != "ON_DEMAND":
        got = f"{nodes.capacity_type} too"
        faults.add(
            "instances_distribution", f"cannot be combined with capacity_type; got {got}; leave capacity_type out"
        )
    spot = nodes.distribution.has_spot
    if nodes.capacity_rebalance and not spot:
        faults.add("capacity_rebalance", "is for spot; got on-demand only; remove it")
    if nodes.warm_pool_config is not None and spot and nodes.capacity_type == "ON_DEMAND":
        faults.add("warm_pool_config", "is for on-demand capacity; got spot too; remove one")
    if nodes.launch_template is not None and nodes.capacity_type == "CAPACITY_BLOCK":
        do = "write the market type into that template and leave capacity_type out"
        faults.add("capacity_type", f"is set by the launch template; got CAPACITY_BLOCK beside it; {do}")
    for field in _LISTS:
        if twice := repeated(value for value in getattr(nodes, field) if isinstance(value, str)):
            faults.add(field, f"lists one twice; got {twice}; remove one")


def check_requirements(nodes: SelfManagedNodes, faults: Faults) -> None:
    """What a group that chooses its types by attributes cannot say besides, and types that have them."""
    wanted = nodes.instance_requirements
    if wanted is None:
        return
    if "instance_types" in nodes.model_fields_set:
        do = "keep one; types can be named by allowed_instance_types"
        faults.add("instance_types", f"cannot be combined with instance_requirements; got both; {do}")
    for field in ("efa", "cpu_options"):
        if getattr(nodes, field):
            faults.add(field, "needs types that are named; got instance_requirements; name instance_types instead")
    if nodes.capacity_type == "CAPACITY_BLOCK":
        do = "name the type of the capacity block by instance_types"
        faults.add("instance_requirements", f"is not for a capacity block; got CAPACITY_BLOCK; {do}")
    distribution = nodes.distribution
    # EC2 Auto Scaling user guide, "Create a mixed instances group using attribute-based instance type selection": a
    # list without an order has no first type.
    for field in ("on_demand_allocation_strategy", "spot_allocation_strategy"):
        if (getattr(distribution, field) or "").endswith("prioritized"):
            at, got = ("instances_distribution", field), getattr(distribution, field)
            faults.add(at, f"needs types in an order; got {got} with instance_requirements; remove it")
    if not distribution.has_spot:
        for field in (
            "spot_max_price_percentage_over_lowest_price",
            "max_spot_price_as_percentage_of_optimal_on_demand_price",
        ):
            if getattr(wanted, field) is not None:
                at = ("instance_requirements", field)
                faults.add(at, "has no effect without spot; got on-demand only; remove it or have spot")


def check_profile(nodes: SelfManagedNodes, faults: Faults) -> None:
    """An instance profile that exists, by itself or in a launch template, brings its role along."""
    given = "launch_template" if nodes.launch_template is not None else "iam_instance_profile_arn"
    if nodes.launch_template is None and nodes.iam_instance_profile_arn is None:
        return
    for field in ("session_manager", "policies", "permissions_boundary", "iam_role", "node_role"):
        if getattr(nodes, field) not in (None, {}):
            faults.add(field, f"is for the role that is created; got {given} too; put it on the role of the profile")
    if nodes.node_role_arn is None and nodes.access_entry:
        do = "add the ARN of the profile's role, or set access_entry: false where it has one"
        faults.add("node_role_arn", f"is needed for the access entry; got {given} alone; {do}")


def check_hooks(nodes: SelfManagedNodes, faults: Faults) -> None:
    """Names of lifecycle hooks, which become part of resources' names."""
    seen: dict[str, str] = {}
    for name in nodes.lifecycle_hooks:
        at = ("lifecycle_hooks", name)
        if not _HOOK_NAME.fullmatch(name):
            faults.add(at, f"is not a valid name; got {shown(name)}; use up to 40 letters, digits, - and _")
        if (other := seen.setdefault(name.replace("_", "-").lower(), name)) != name:
            faults.add(at, f"clashes with {other}; got {shown(name)}; rename one of them")


def group_tags(nodes: SelfManagedNodes) -> tuple[str, ...]:
    """The keys of tags that the group has besides its own: those that mark it, and what Cluster Autoscaler reads."""
    return (*_OWN_TAGS, *node_hints(nodes))


def check_tags(nodes: SelfManagedNodes, faults: Faults) -> None:
    """Room for the tags that Cluster Autoscaler reads besides one's own."""
    count = len({*nodes.tags, *group_tags(nodes)})
    if count > TAGS_PER_RESOURCE:
        what = f"leave no room: a group can have {TAGS_PER_RESOURCE}, one of them for each label and taint"
        faults.add("tags", f"{what}; got {count}; remove some tags, labels or taints")
