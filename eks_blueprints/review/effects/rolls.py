"""Nodes that are made anew without a replacement of their group."""

from __future__ import annotations

from collections.abc import Iterator

from eks_blueprints.review.diff.changes import PlanDiff
from eks_blueprints.review.effects.nodes import NODE_GROUP, nodes
from eks_blueprints.review.effects.words import Attention, attention

_ROLLING = ("version", "releaseVersion", "launchTemplate")


def rolls(diff: PlanDiff) -> Iterator[Attention]:
    """Updates of managed groups that roll their nodes."""
    for each in diff.of("update"):
        changed = {change.top for change in each.changes}
        if each.type == NODE_GROUP and changed & set(_ROLLING):
            why = " and ".join(f"`{key}`" for key in _ROLLING if key in changed)
            surge = f"{nodes(each)} drained and made anew, a few at a time"
            yield attention("rolls", "warning", "rolls nodes", each, f"{why} changes", surge)
