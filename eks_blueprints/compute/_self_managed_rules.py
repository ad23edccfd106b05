"""Rules between the fields of a self-managed group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eks_blueprints.compute._autoscaler_hints import PREFIX, node_hints
from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.facts.instance_types import instance_type
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import TAGS_PER_RESOURCE, repeated

if TYPE_CHECKING:
    from eks_blueprints.compute.self_managed_nodes import SelfManagedNodes

_HOOK_NAME = Form(r"[A-Za-z0-9_-]{1,40}")
_OWN_TAGS = ("Name", "kubernetes.io/cluster/<cluster>", f"{PREFIX}/enabled", f"{PREFIX}/<cluster>")


def check_way_of_buying(nodes: SelfManagedNodes, faults: Faults) -> None:
    """One way of saying how instances are bought, and what each excludes."""
    distribution = nodes.instances_distribution
    if distribution is not None and nodes.capacity_type != "ON_DEMAND":
        got = f"{nodes.capacity_type} too"
        faults.add("instances_distribution", f"excludes capacity_type; got {got}; leave capacity_type out")
    spot = nodes.distribution.has_spot
    if nodes.capacity_rebalance and not spot:
        faults.add("capacity_rebalance", "is for spot; got on-demand only; remove it")
    if nodes.warm_pool_config is not None and spot and nodes.capacity_type == "ON_DEMAND":
        faults.add("warm_pool_config", "is for on-demand capacity; got spot too; remove one")
    if nodes.cpu_credits is not None:
        for name in nodes.instance_types:
            if (facts := instance_type(name)) is not None and "burstable" not in facts.flags:
                faults.add("cpu_credits", f"is for burstable types; got {name}; remove it, or use types such as t3")
                break
    for field in ("target_group_arns", "enabled_metrics", "suspended_processes", "termination_policies"):
        if twice := repeated(value for value in getattr(nodes, field) if isinstance(value, str)):
            faults.add(field, f"names one twice; got {twice}; remove one")


def check_hooks(nodes: SelfManagedNodes, faults: Faults) -> None:
    """Names of lifecycle hooks, which become part of resources' names."""
    seen: dict[str, str] = {}
    for name in nodes.lifecycle_hooks:
        at = ("lifecycle_hooks", name)
        if not _HOOK_NAME.fullmatch(name):
            faults.add(at, f"is no usable name; got {shown(name)}; use up to 40 letters, digits, - and _")
        if (other := seen.setdefault(name.replace("_", "-").lower(), name)) != name:
            faults.add(at, f"clashes with {other}; got {shown(name)}; give one another name")


def group_tags(nodes: SelfManagedNodes) -> tuple[str, ...]:
    """The keys of tags that the group has besides its own: those that mark it, and what Cluster Autoscaler reads."""
    return (*_OWN_TAGS, *node_hints(nodes))


def check_tags(nodes: SelfManagedNodes, faults: Faults) -> None:
    """Room for the tags that Cluster Autoscaler reads besides one's own."""
    count = len({*nodes.tags, *group_tags(nodes)})
    if count > TAGS_PER_RESOURCE:
        what = f"leave no room: a group takes {TAGS_PER_RESOURCE}, one for each label and taint among them"
        faults.add("tags", f"{what}; got {count}; remove some tags, labels or taints")
