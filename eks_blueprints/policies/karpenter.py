"""Karpenter's pools and node classes as rules read them."""

from __future__ import annotations

from typing import Any

from eks_blueprints.policies.objects import canonical, object_name
from eks_blueprints.policies.platform import EC2_NODE_CLASS, NODE_CLASS, SUBNET
from eks_blueprints.policies.props import Props
from eks_blueprints.policies.stack import Resource, Stack

TEMPLATE = ("spec", "template", "spec")
CAPACITY = "karpenter.sh/capacity-type"
ZONE = "topology.kubernetes.io/zone"


def capacity(pool: Props) -> set[str]:
    """The capacity types a pool may use; on-demand where it does not say."""
    found = {"spot", "on-demand", "reserved"}
    asked = False
    for requirement in pool.items(*TEMPLATE, "requirements"):
        if requirement.get("key") != CAPACITY:
            continue
        asked = True
        listed = set(requirement.words("values"))
        if requirement.get("operator") == "In":
            found &= listed
        elif requirement.get("operator") == "NotIn":
            found -= listed
    return found if asked else {"on-demand"}


def zones_of(pool: Props) -> set[str] | None:
    """The zones a pool is bound to; None where it is bound to none."""
    for requirement in pool.items(*TEMPLATE, "requirements"):
        if requirement.get("key") == ZONE and requirement.get("operator") == "In":
            return set(requirement.words("values"))
    return None


def node_class(pool: Resource, stack: Stack) -> list[Resource]:
    """The node class of a pool, if the stack makes it."""
    name = pool.props.text(*TEMPLATE, "nodeClassRef", "name")
    if name is None:
        return []
    wanted = canonical(name, stack)
    return [each for each in stack.of(EC2_NODE_CLASS, NODE_CLASS) if object_name(each, stack) == wanted]


def selected_subnets(found: Resource, stack: Stack) -> list[Resource]:
    """The subnets of the stack that a node class selects, by tags or id."""
    return matching(found.props.items("spec", "subnetSelectorTerms"), SUBNET, stack)


def matching(terms: list[Props], type_: str, stack: Stack) -> list[Resource]:
    """The resources of the stack that selector terms fit."""
    chosen = []
    for each in stack.of(type_):
        tags = each.inputs.get("tags")
        for term in terms:
            if stack.resolve(term.raw("id"), type_) is each or (term.has("tags") and _carries(tags, term)):
                chosen.append(each)
                break
    return chosen


def _carries(tags: Any, term: Props) -> bool:
    if not isinstance(tags, dict):
        return False
    return all(key in tags and value.value in ("*", tags[key]) for key, value in term.pairs("tags"))
