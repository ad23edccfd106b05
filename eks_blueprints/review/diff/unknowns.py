"""Values that are known on neither side, so that nobody can tell whether they change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eks_blueprints.review.diff.changes import PlanDiff

_TOLD = ("launchTemplate.version",)
"""Inputs of which other parts of a report tell what happens to them when their source changes."""


def uncompared(diff: PlanDiff) -> Iterator[str]:
    """Each of them: what comes from nothing that is named, or from a resource that changes itself."""
    if diff.old is None:
        return
    before = diff.old.by_urn()
    moved = {each.urn: each.old for each in diff.resources if each.old is not None}
    changing = {each.resource.name for each in diff.resources if each.kind in ("update", "replace", "delete")}
    told = {each.urn for each in diff.resources if each.kind in ("create", "replace")}
    for new in diff.new.resources:
        old = moved.get(new.urn) or before.get(new.urn)
        if old is None or new.urn in told:
            continue
        for path, sources in _both(old.inputs, new.inputs, ""):
            by = sorted(changing.intersection(sources))
            if path not in _TOLD and (by or not sources):
                why = f", and {by[0]} changes, which it comes from" if by else ""
                yield f"{new.name}.{path} cannot be compared: it is known on neither side{why}"


def _both(old: Any, new: Any, path: str) -> Iterator[tuple[str, Sequence[str]]]:
    """Where both sides hold one and the same unknown, with what it comes from."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        if new.get("$unknown") and old.get("$unknown"):
            if old.get("from") == new.get("from"):
                yield path, new.get("from") or ()
            return
        for key in new.keys() & old.keys():
            yield from _both(old[key], new[key], f"{path}.{key}" if path else str(key))
    elif isinstance(old, list) and isinstance(new, list):
        for index, (before, after) in enumerate(zip(old, new, strict=False)):
            yield from _both(before, after, f"{path}[{index}]")
