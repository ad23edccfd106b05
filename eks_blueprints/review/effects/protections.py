"""Updates that take a protection or a way back away, and those whose outcome is not known."""

from __future__ import annotations

from collections.abc import Iterator

from eks_blueprints.review.diff.changes import PlanDiff, ResourceDiff
from eks_blueprints.review.effects.links import minor_of
from eks_blueprints.review.effects.words import Attention, attention


def protections(diff: PlanDiff) -> Iterator[Attention]:
    """Of each update."""
    for each in diff.of("update"):
        yield from _updated(each)


def _updated(each: ResourceDiff) -> Iterator[Attention]:
    changed = {change.top for change in each.changes}
    if each.type == "aws:eks/cluster:Cluster" and "version" in changed and _upwards(each):
        effect = "EKS takes it back for 7 days only, by one minor version, nodes first"
        yield attention("unprotected", "warning", "upgrade", each, "`version` changes", effect)
    for change in each.changes:
        if change.path == "option protect" and change.old:
            effect = "nothing keeps it from being deleted then"
            yield attention("unprotected", "warning", "unprotected", each, "`protect` is removed", effect)
        if change.path == "deletionProtection" and change.old is True:
            effect = "AWS no longer refuses to delete it"
            yield attention("unprotected", "warning", "unprotected", each, "deletion protection is removed", effect)
    if not each.certain:
        kinds = ", ".join(f"`{change.path}`" for change in each.changes[:3])
        effect = "whether that replaces it is not known here"
        yield attention("unclear", "note", "maybe replaced", each, f"{kinds} changes", effect)


def _upwards(each: ResourceDiff) -> bool:
    before, after = (minor_of(side.inputs.get("version")) for side in (each.old or each.resource, each.resource))
    return before is None or after is None or after > before
