"""Edits that change nothing, because the resource ignores them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eks_blueprints.recording.plan import PlannedResource
from eks_blueprints.review.diff.changes import Change, PlanDiff, ResourceDiff
from eks_blueprints.review.diff.words import transition
from eks_blueprints.review.effects.links import section
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
            if _follows_least(each, change) or _brought_into_bounds(each, change):
                continue
            cause = f"`{change.path}` {transition(change)}"
            yield attention("idle", "note", "without effect", each, cause, _effect(each, change))


def _follows_least(each: ResourceDiff, change: Change) -> bool:
    """Whether nobody wrote it: it is the least, which was raised and takes the group's size along or is refused."""
    if (each.type, change.path) not in _SIZES or each.old is None:
        return False
    least = [_least(side) for side in (each.old, each.resource)]
    return change.old == least[0] and change.new == least[1] and isinstance(change.new, int) and change.new > change.old


def _brought_into_bounds(each: ResourceDiff, change: Change) -> bool:
    """Whether EC2 Auto Scaling itself makes the size what was written, because the bounds leave no other."""
    least, most = (each.resource.inputs.get(key) for key in ("minSize", "maxSize"))
    known = isinstance(change.old, int) and isinstance(least, int) and isinstance(most, int)
    return each.type == SCALING_GROUP and known and max(least, min(change.old, most)) == change.new


def _least(group: PlannedResource) -> Any:
    return section(group.inputs, "scalingConfig").get("minSize", group.inputs.get("minSize"))


def _effect(each: ResourceDiff, change: Change) -> str:
    known = _SIZES.get((each.type, change.path))
    if known:
        return f"it applies only when the group is created: {known}"
    return "changes of it are ignored (`ignore_changes`): it keeps its old value until the resource is replaced"
