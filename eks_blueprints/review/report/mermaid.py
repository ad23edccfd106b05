"""A stack as a Mermaid graph for READMEs: its components, and which of them needs which."""

from __future__ import annotations

import re
from collections import Counter

from eks_blueprints.core.printed import one_line
from eks_blueprints.recording.plan import Plan, PlannedResource
from eks_blueprints.review.diff.changes import PlanDiff

_STACK = "pulumi:pulumi:Stack"


_COLOURS = {"import": "#2458c5", "create": "#17803d", "update": "#a15c07", "replace": "#7a3fc4"}


def graph(plan: Plan, diff: PlanDiff | None = None) -> str:
    """The text of a fenced `mermaid` block; with a diff, what changes stands out by the colour of its outline."""
    owners = _owners(plan)
    edges = _edges(plan, owners)
    sizes = Counter(owner for urn, owner in owners.items() if urn != owner)
    nodes = [r for r in plan.resources if r.urn in set(owners.values())]
    lines = ["graph LR"]
    lines += [f'  {_id(each.urn, nodes)}["{_label(each, sizes[each.urn])}"]' for each in nodes]
    lines += [f"  {_id(user, nodes)} --> {_id(used, nodes)}" for user, used in edges]
    lines += (
        _outlines(nodes, owners, diff) if diff is not None and (diff.old is not None or diff.counts["import"]) else []
    )
    return "\n".join(lines) + "\n"


def _outlines(nodes: list[PlannedResource], owners: dict[str, str], diff: PlanDiff) -> list[str]:
    worst: dict[str, str] = {}
    for kind in _COLOURS:  # the later one is the worse one
        worst |= {owners[each.urn]: kind for each in diff.resources if each.kind == kind and each.urn in owners}
    return [
        f"  style {_id(each.urn, nodes)} stroke:{_COLOURS[worst[each.urn]]},stroke-width:3px"
        for each in nodes
        if each.urn in worst
    ]


def _owners(plan: Plan) -> dict[str, str]:
    """By URN, the component that a resource is told as: the outermost below those that only hold components."""
    by_urn = plan.by_urn()
    hold = {r.parent for r in plan.resources if not r.custom}
    owners: dict[str, str] = {}
    for resource in plan.resources:
        if resource.type == _STACK or resource.type.startswith("pulumi:providers:"):
            continue
        owner: PlannedResource | None = None
        at: PlannedResource | None = resource
        while at is not None and at.type != _STACK:
            if not at.custom and at.urn not in hold:
                owner = at
            at = by_urn.get(at.parent or "")
        if owner is not None:
            owners[resource.urn] = owner.urn
    return owners


def _edges(plan: Plan, owners: dict[str, str]) -> list[tuple[str, str]]:
    found: dict[tuple[str, str], None] = {}
    for resource in plan.resources:
        used = {urn for urns in resource.property_dependencies.values() for urn in urns}
        for urn in sorted(used):
            pair = owners.get(resource.urn), owners.get(urn)
            if pair[0] and pair[1] and pair[0] != pair[1]:
                found[pair[0], pair[1]] = None
    return _without_shortcuts(list(found))


def _without_shortcuts(edges: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Only edges that no longer way stands for: a graph with every dependency is a tangle."""
    below: dict[str, set[str]] = {}
    for user, used in edges:
        below.setdefault(user, set()).add(used)

    def reaches(start: str, end: str, seen: set[str]) -> bool:
        for each in below.get(start, ()):
            if each == end or (each not in seen and reaches(each, end, seen | {each})):
                return True
        return False

    return [
        (user, used)
        for user, used in edges
        if not any(other != used and reaches(other, used, {user}) for other in below[user])
    ]


def _id(urn: str, nodes: list[PlannedResource]) -> str:
    return f"n{next(index for index, each in enumerate(nodes) if each.urn == urn)}"


def _label(resource: PlannedResource, size: int) -> str:
    kind = resource.type.rpartition(":")[2]
    count = "1 resource" if size == 1 else f"{size} resources"
    return re.sub(r'["\[\]<>]', "'", one_line(f"{kind} {resource.name}")) + f"<br/>{count}"
