"""NodePools of Karpenter and of EKS Auto Mode as effects speak of them: how many nodes, how fast, what pods notice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.recording.plan import Plan, PlannedResource
from eks_blueprints.review.effects.links import entries, section

_POOL = re.compile(r"kubernetes:karpenter\.sh/v\w+:NodePool")
_CLASS = re.compile(r"kubernetes:(karpenter\.k8s\.aws/v\w+:EC2NodeClass|eks\.amazonaws\.com/v\w+:NodeClass)")
_DRIFTED = "Drifted"
_WAITING = ("0", "0%")


def is_pool(type_: str) -> bool:
    """Whether a type is a NodePool, in any version of its API."""
    return _POOL.fullmatch(type_) is not None


def is_class(type_: str) -> bool:
    """Whether a type is a class of nodes: Karpenter's or Auto Mode's."""
    return _CLASS.fullmatch(type_) is not None


def automatic(resource: PlannedResource) -> bool:
    """Whether EKS Auto Mode makes the nodes of a pool or a class, and not Karpenter."""
    if is_pool(resource.type):
        return section(resource.inputs, "spec", "template", "spec", "nodeClassRef").get("group") == "eks.amazonaws.com"
    return resource.type.startswith("kubernetes:eks.amazonaws.com/")


def maker(resource: PlannedResource) -> str:
    """Who makes and replaces the nodes."""
    return "EKS Auto Mode" if automatic(resource) else "Karpenter"


def object_name(resource: PlannedResource) -> str:
    """The name that the object has in the cluster."""
    return str(section(resource.inputs, "metadata").get("name") or resource.name)


def pools_of(plan: Plan | None, node_class: PlannedResource) -> Iterator[PlannedResource]:
    """The pools whose nodes are made by a class."""
    for resource in plan.resources if plan else ():
        reference = section(resource.inputs, "spec", "template", "spec", "nodeClassRef")
        same_name = reference.get("name") in (object_name(node_class), f"${{{node_class.name}.metadata.name}}")
        if is_pool(resource.type) and same_name and automatic(resource) == automatic(node_class):
            yield resource


def size(pool: PlannedResource) -> str:
    """How many nodes a pool may have: its replicas, or what its limits leave."""
    spec = section(pool.inputs, "spec")
    if isinstance(spec.get("replicas"), int):
        return f"{spec['replicas']} by `replicas`"
    limits = section(spec, "limits")
    said = " and ".join(f"{amount} {what}" for what, amount in limits.items())
    return f"as many as it runs, up to {said}" if said else "as many as it runs: the pool has no limits"


def pace(pool: PlannedResource) -> str:
    """How many nodes drift may take at a time, by the budgets that speak of it."""
    disruption = section(pool.inputs, "spec", "disruption")
    given = disruption.get("budgets")
    budgets = [each for each in entries(given) if _of_drift(each)] if isinstance(given, list) else [{"nodes": "10%"}]
    if not budgets:
        return "all of them at once, as no disruption budget limits drift"
    always = [each for each in budgets if not each.get("schedule")]
    if any(str(each.get("nodes")) in _WAITING for each in always):
        return "none for now: a disruption budget of 0 holds them until it is raised or they expire"
    said = [f"at most {_nodes(each)} at a time" for each in always]
    said += [
        f"{_nodes(each, 'none')} for {each.get('duration')} from `{each['schedule']}` (UTC)"
        for each in budgets
        if each.get("schedule")
    ]
    default = "" if isinstance(given, list) else " (the default budget)"
    return " and ".join(said) + default


def _nodes(budget: Mapping[str, Any], none: str = "none") -> str:
    nodes = str(budget.get("nodes", "10%"))
    return none if nodes in _WAITING else nodes


def _of_drift(budget: Mapping[str, Any]) -> bool:
    reasons = budget.get("reasons")
    return reasons is None or (isinstance(reasons, list) and _DRIFTED in reasons)


def pods(pool: PlannedResource | None) -> str:
    """What pods notice. Nodes that run keep the grace period that they were made with."""
    grace = section(pool.inputs, "spec", "template", "spec").get("terminationGracePeriod") if pool else None
    if pool is not None and automatic(pool) and grace is None:
        grace = "24h"
    if isinstance(grace, str):
        return f"pods are drained by their disruption budgets for up to {grace} a node, then ended"
    return "pods are drained by their disruption budgets, and a node whose pods cannot be evicted stays"
