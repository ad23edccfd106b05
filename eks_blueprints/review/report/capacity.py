"""What a change does to the nodes that pods need; read only where something changes that decides about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from eks_blueprints.core.errors import InputError
from eks_blueprints.policies.stack import Stack
from eks_blueprints.review.cost import Prices
from eks_blueprints.review.diff.changes import PlanDiff
from eks_blueprints.review.effects import Attention

if TYPE_CHECKING:
    from eks_blueprints.capacity.changes import Change

_DECIDING = ("kubernetes:", "aws:eks/", "aws:autoscaling/", "aws:ec2/launchTemplate", "aws:ec2/subnet:")
"""What the types of resources begin with that say which pods there are, or which nodes there can be."""
_MOST_REASONS = 3


def capacity(
    diff: PlanDiff, sides: tuple[Stack | None, Stack], prices: Prices | None, *, always: bool = False
) -> tuple[Change, ...]:
    """What changes in each cluster; nothing where no resource changes that decides about it, unless `always`."""
    if not always and not any(each.type.startswith(_DECIDING) for each in diff.resources):
        return ()
    from eks_blueprints.capacity.changes import Change
    from eks_blueprints.capacity.compare import compare
    from eks_blueprints.capacity.sides import sides_of

    old, new = sides
    try:
        return compare(sides_of(old, prices) if old is not None else (), sides_of(new, prices))
    except InputError as error:
        unsure = f"what its pods and nodes are: {error}"
        return (Change(cluster=diff.stack, unsure=(unsure,), newly_unsure=(unsure,)),)


def waiting(found: Sequence[Change], told: Sequence[Attention]) -> Iterator[Attention]:
    """Pods that newly wait, but for those of workloads of which it is told already that they can run nowhere."""
    nowhere = {each.name for each in told if each.title == "runs nowhere"}
    for change in found:
        if change.before is None:
            continue
        already = {each.name for each in change.newly_waiting}
        at_most = [each for each in change.newly_waiting_at_most if each.name not in already]
        for each in (*change.newly_waiting, *at_most):
            name = each.name.rpartition("/")[2]
            if not any(other == name or other.endswith(f"-{name}") for other in nowhere):
                more = each.after - each.before
                when = "" if each.name in already else "with as many pods as autoscalers allow, "
                cause = f"{when}{more} more {'pod' if more == 1 else 'pods'} than its nodes have room for"
                why = [*each.reasons[:_MOST_REASONS], *([each.remedy] if each.remedy else [])] or ["nothing takes them"]
                effect = f"they {'would ' if when else ''}stay pending: {'; '.join(why)}"
                title = f"pods {'would ' if when else ''}wait"
                yield Attention("stuck", "warning", title, each.name, "", cause, effect)
