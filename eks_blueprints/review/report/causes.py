"""Causes as a reader of the stack file needs them: the field that a person wrote, found upstream of what changes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from eks_blueprints.review.diff.changes import Change, PlanDiff, ResourceDiff
from eks_blueprints.review.diff.words import transition
from eks_blueprints.review.effects import Attention
from eks_blueprints.review.report.written import Edits, clause

Origin = tuple[ResourceDiff, Change]
"""A resource, and a change of it that follows from no other."""


def written(items: Sequence[Attention], diff: PlanDiff, edits: Edits) -> tuple[Attention, ...]:
    """The same with the written input as cause, and its line."""
    by_name = {(each.type, each.name): each for each in diff.resources}
    return tuple(_written(item, by_name.get((item.type, item.name)), diff, edits) for item in items)


def _written(item: Attention, each: ResourceDiff | None, diff: PlanDiff, edits: Edits) -> Attention:
    if each is None:
        return item
    if each.kind == "delete":
        return _of_deletion(item, each, edits)
    origins = list(_upstream(each, _meant(item, each), diff))
    if not origins:
        return replace(item, place=item.place or each.place)
    behind = [edits.behind(change, origin.resource) for origin, change in origins]
    if found := [edit for edit in behind if edit is not None]:
        return replace(item, cause=clause(found), place=found[0].place)
    origin, change = origins[0]
    if origin is each:
        return item
    what = f"`{change.path}` {transition(change)}"
    named = f"`{origin.name}`" in item.cause
    cause = f"{what} of `{origin.name}`" if named else f"{item.cause}, which comes from `{origin.name}`: {what}"
    return replace(item, cause=cause, place=origin.place or item.place)


def _of_deletion(item: Attention, each: ResourceDiff, edits: Edits) -> Attention:
    if item.cause != "no longer declared":
        return item
    edit = edits.removing(each.resource)
    return item if edit is None else replace(item, cause=clause([edit]), place=edit.place)


def _meant(item: Attention, each: ResourceDiff) -> list[Change]:
    """The changes that a cause speaks of; of what costs more, any may be."""
    if item.harm == "money" and each.kind == "update":
        return list(each.changes)
    named = {_bare(text) for text in re.findall(r"`([^`]+)`", item.cause)}
    found = [change for change in each.changes if {_bare(change.path), change.top} & named]
    if not found and each.type.startswith("kubernetes:"):
        # Of an object a cause names a field, wherever in its spec that is.
        heads = {name.partition(".")[0] for name in named}
        found = [change for change in each.changes if heads & set(_bare(change.path).split("."))]
    if found or each.kind != "replace":
        return found or [change for change in each.changes if (change.follows or "").rpartition("::")[2] in named]
    return [change for change in each.changes if change.replaces] or list(each.changes)


def _bare(path: str) -> str:
    return re.sub(r"\[[^\]]*\]", "", path.removesuffix(" (order)"))


def _upstream(each: ResourceDiff, changes: Sequence[Change], diff: PlanDiff) -> Iterator[Origin]:
    """Where changes come from: up through the resources whose outputs they take."""
    by_urn = {other.urn: other for other in diff.resources}
    waiting = [(each, change) for change in changes] or _above(each, by_urn)
    met: set[tuple[str, str]] = set()
    while waiting:
        at, change = waiting.pop(0)
        leader = by_urn.get(change.follows or "")
        if leader is None:
            yield at, change
        elif (leader.urn, change.path) not in met:
            met.add((leader.urn, change.path))
            waiting += [(leader, other) for other in _leading(leader)] or _above(leader, by_urn)


def _above(each: ResourceDiff, by_urn: Mapping[str, ResourceDiff]) -> list[Origin]:
    """The changes of what leads to a resource that has none of its own: a provider that moves to another region."""
    met: set[str] = set()
    while (leader := by_urn.get(each.follows or "")) is not None and leader.urn not in met:
        if found := _leading(leader):
            return [(leader, change) for change in found]
        met.add(leader.urn)
        each = leader
    return []


def _leading(each: ResourceDiff) -> list[Change]:
    """The changes by which a resource leads to others."""
    forcing = [change for change in each.changes if change.replaces]
    return forcing if each.kind == "replace" and forcing else list(each.changes)
