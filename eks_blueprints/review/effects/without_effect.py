"""Edits that change nothing, because the resource ignores them."""

from __future__ import annotations

from collections.abc import Iterator

from eks_blueprints.review.diff.changes import Change, PlanDiff, ResourceDiff
from eks_blueprints.review.diff.words import transition
from eks_blueprints.review.effects.nodes import NODE_GROUP, SCALING_GROUP
from eks_blueprints.review.effects.words import Attention, attention

_SIZES = {
    (NODE_GROUP, "scalingConfig.desiredSize"): (
        "the group keeps the size it runs; raise the least or lower the most, or set it with "
        "`aws eks update-nodegroup-config`"
    ),
    (SCALING_GROUP, "desiredCapacity"): (
        "the group keeps the size it runs; raise the least or lower the most, which EC2 Auto Scaling follows, or "
        "set it with `aws autoscaling set-desired-capacity`"
    ),
}


def without_effect(diff: PlanDiff) -> Iterator[Attention]:
    """Of each input that differs and that `ignore_changes` names."""
    for each in (*diff.resources, *diff.ineffective):
        for change in each.idle:
            cause = f"`{change.path}` {transition(change)}"
            yield attention("idle", "note", "without effect", each, cause, _effect(each, change))


def _effect(each: ResourceDiff, change: Change) -> str:
    known = _SIZES.get((each.type, change.path))
    if known:
        return f"it counts only when the group is made: {known}"
    return "changes of it are ignored (`ignore_changes`): it keeps its old value until the resource is replaced"
