"""Managed node groups whose nodes EKS makes anew, without a replacement of the group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.review.diff.changes import ABSENT, PlanDiff, ResourceDiff
from eks_blueprints.review.effects.links import entries, minor_of, section
from eks_blueprints.review.effects.nodes import (
    NODE_GROUP,
    cause_of,
    nodes,
    renewed_template,
    specification,
)
from eks_blueprints.review.effects.words import Attention, Level, attention

_ROLLING = ("version", "releaseVersion", "launchTemplate")
_AT_DEPLOYMENT = ("$Latest", "$Default")


def rolls(diff: PlanDiff) -> Iterator[Attention]:
    """Updates that roll nodes, and new versions of a launch template that no group takes."""
    for each in diff.of("update"):
        if each.type == NODE_GROUP and _unpinned(each):
            effect = "its nodes keep their release until a version changes, and then use the newest one"
            yield attention("rolls", "note", "not rolled out yet", each, "`releaseVersion` is no longer set", effect)
        elif each.type == NODE_GROUP and any(_rolling(change.path) for change in each.changes):
            yield _rolled(each, renewed_template(each.resource, diff))
        if each.type == NODE_GROUP and (keys := _evicting(each)):
            effect = f"pods that do not tolerate {keys} are ended on all its nodes at once, without their budgets"
            yield attention("rolls", "warning", "pods end", each, "`taints` gains NO_EXECUTE", effect)
    yield from _left_behind(diff)


def _evicting(each: ResourceDiff) -> str:
    """Taints that the nodes that run get too, and that end pods: EKS keeps a group's taints up to date."""
    sides = [entries(side.inputs.get("taints")) for side in (each.old, each.resource) if side]
    before, after = ([taint for taint in side if taint.get("effect") == "NO_EXECUTE"] for side in sides)
    return ", ".join(f"`{taint.get('key')}`" for taint in after if taint not in before)


def _unpinned(each: ResourceDiff) -> bool:
    """Whether all that changes is that the release is not said any more: the provider then keeps the one it has read
    (`release_version` and `version` are computed where they are not given)."""
    found = [change for change in each.changes if _rolling(change.path)]
    gone = [change.old for change in found if change.path == "releaseVersion" and change.new is ABSENT]
    version = minor_of(each.resource.inputs.get("version"))
    only = all(change.path in ("releaseVersion", "version") for change in found)
    return bool(gone) and only and version in (None, minor_of(gone[0]))


def _rolling(path: str) -> bool:
    return path.partition(".")[0] in _ROLLING


def _rolled(each: ResourceDiff, template: ResourceDiff | None) -> Attention:
    level: Level = "danger" if each.resource.inputs.get("forceUpdateVersion") is True else "warning"
    return attention("rolls", level, "rolls nodes", each, cause_of(each, _ROLLING, template), _effect(each))


def _effect(each: ResourceDiff) -> str:
    who = nodes(each)
    if who == "no nodes are":
        return f"no nodes are running{_more(each)}: only those that an autoscaler added are drained and replaced"
    return f"{who} drained and replaced, {_speed(each)}{_more(each)}; {_pods(each)}"


def _speed(each: ResourceDiff) -> str:
    config = section(each.resource.inputs, "updateConfig")
    share, number = config.get("maxUnavailablePercentage"), config.get("maxUnavailable")
    pace = f"{share}% of them at a time" if isinstance(share, int) else f"{_count(number)} at a time"
    minimal = config.get("updateStrategy") == "MINIMAL"
    return f"{pace}, {'old nodes go before new ones come' if minimal else 'new nodes come before old ones go'}"


def _count(number: Any) -> str:
    return "1" if number is None else str(number) if isinstance(number, int) else "a few"


def _more(each: ResourceDiff) -> str:
    sizes: Mapping[str, Any] = section((each.old or each.resource).inputs, "scalingConfig")
    count, most = sizes.get("desiredSize", sizes.get("minSize")), sizes.get("maxSize")
    grown = isinstance(count, int) and isinstance(most, int) and most > count
    return f" (up to {most} where an autoscaler added some)" if grown else ""


def _pods(each: ResourceDiff) -> str:
    if each.resource.inputs.get("forceUpdateVersion") is True:
        return "pods are terminated even where their disruption budget does not allow it (`forceUpdateVersion`)"
    return "disruption budgets of pods are kept: where one allows no pod to be evicted, the update fails"


def _left_behind(diff: PlanDiff) -> Iterator[Attention]:
    """Groups that stay on the version of their launch template that they have."""
    moved = {each.urn for each in diff.of("update", "replace") if any(_rolling(c.path) for c in each.changes)}
    before = {each.urn for each in diff.old.resources} if diff.old else set()
    for group in diff.new.resources:
        template = renewed_template(group, diff) if group.type == NODE_GROUP else None
        if template is None or group.urn in moved or group.urn not in before:
            continue
        each = ResourceDiff("same", group, group)
        version = specification(group).get("version")
        cause = cause_of(each, (), template)
        if version in _AT_DEPLOYMENT:
            effect = f"`launchTemplate.version` is {version}: EKS resolves it at this deployment. {_effect(each)}"
            yield attention("rolls", "warning", "rolls nodes", each, cause, effect)
        else:
            effect = (
                f"its nodes stay on version {version or 'it was made with'} of the launch template until "
                "`launchTemplate.version` is raised"
            )
            yield attention("rolls", "note", "not rolled out yet", each, cause, effect)
