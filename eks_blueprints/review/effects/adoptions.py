"""The end of an adoption: what was taken over as it is becomes what the stack file says."""

from __future__ import annotations

from collections.abc import Iterator

from eks_blueprints.review.diff.changes import PlanDiff
from eks_blueprints.review.diff.imports import ended
from eks_blueprints.review.effects.words import Attention

TITLE = "adoption ends"


def adoptions(diff: PlanDiff) -> Iterator[Attention]:
    """What nobody can tell from two plans: how what exists differs from what the program says about it."""
    found = ended(diff)
    if not found:
        return
    names = tuple(each.name for each in found)
    cause = "their changes were ignored while they were taken over, and are carried out from now on"
    effect = (
        "what changes about them is in neither plan, and a name that is not kept may replace; compare with what is "
        "deployed: `pulumi stack export` as `--base`"
    )
    yield Attention("unclear", "warning", TITLE, diff.stack, "pulumi:pulumi:Stack", cause, effect, led=names)
