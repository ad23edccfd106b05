"""A stack's changed resources as lines of a diff: the form that the terminal, Markdown and HTML share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from eks_blueprints.review.diff.changes import ABSENT, Change, PlanDiff, ResourceDiff
from eks_blueprints.review.diff.words import value
from eks_blueprints.review.preview.facts import facts_of, short_type

Mark = Literal["+", "-", "!", " ", "#"]
"""Comes, goes, changes or is replaced, stays, is a remark: GitHub colours lines of a diff by these."""

SIGNS = {"create": "+", "update": "~", "replace": "±", "delete": "-", "same": " "}


def resource_lines(each: ResourceDiff, *, width: int = 120) -> Iterator[tuple[Mark, str]]:
    """One resource: a line that says what happens to it, and a pair of lines for each property."""
    yield _mark(each), f"{SIGNS[each.kind]} {short_type(each.type)} {each.name}{_tail(each)}"
    if each.kind in ("update", "replace"):
        for change in each.changes:
            yield from _change_lines(change, width)


def output_lines(diff: PlanDiff, *, width: int = 120) -> Iterator[tuple[Mark, str]]:
    """The stack's outputs that change; a new stack's are all new, and say nothing."""
    if diff.old is not None:
        for change in diff.outputs:
            yield from _change_lines(change, width)


def _mark(each: ResourceDiff) -> Mark:
    marks: dict[str, Mark] = {"create": "+", "delete": "-"}
    return marks.get(each.kind, "!")


def _tail(each: ResourceDiff) -> str:
    if each.kind == "create":
        facts = facts_of(each.resource)
        return f"  {facts}" if facts else ""
    said = []
    if each.kind == "replace":
        said.append("replaced, old one first" if each.delete_first else "replaced, new one first")
    if each.follows is not None:
        said.append(f"follows {each.follows.rpartition('::')[2]}")
    if each.renamed:
        said.append("known by an alias")
    if each.retained:
        said.append("kept in the cloud")
    return f"  ({', '.join(said)})" if said else ""


def _change_lines(change: Change, width: int) -> Iterator[tuple[Mark, str]]:
    path = f"    {change.path.removesuffix('[]')}"
    cause = "   # forces the replacement" if change.replaces else ""
    if change.follows is not None:
        yield "!", f"{path}: a new value of {change.follows.rpartition('::')[2]}{cause}"
    elif change.lines:
        yield "!", f"{path}:{cause}"
        for line in change.lines[:40]:
            mark: Mark = "+" if line.startswith("+") else "-" if line.startswith("-") else " "
            yield mark, f"      {line[1:]}" if not line.startswith("@@") else "      …"
        if len(change.lines) > 40:
            yield "#", f"      {len(change.lines) - 40} more lines"
    else:
        if change.old is not ABSENT:
            yield "-", f"{path}: {value(change.old, width)}{cause}"
        if change.new is not ABSENT:
            yield "+", f"{path}: {value(change.new, width)}{cause}"
