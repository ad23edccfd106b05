"""Self-managed groups: instances that an instance refresh replaces, and those that nobody does.

When a refresh begins: Terraform AWS provider, `aws_autoscaling_group`, `instance_refresh` (a changed launch template,
launch configuration or policy of mixed instances always, other inputs where `triggers` names them; never with the
version `$Latest`). What Auto Scaling does by itself: EC2 Auto Scaling user guide.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eks_blueprints.recording.plan import PlannedResource
from eks_blueprints.review.diff.changes import ABSENT, Change, PlanDiff, ResourceDiff
from eks_blueprints.review.effects.links import entries, names, section
from eks_blueprints.review.effects.nodes import (
    SCALING_GROUP,
    cause_of,
    plural,
    renewed_template,
    specification,
)
from eks_blueprints.review.effects.words import Attention, Level, attention

_ALWAYS = ("launchTemplate", "launchConfiguration", "mixedInstancesPolicy")
_BY_TRIGGER = {"tag": "tags", "vpc_zone_identifier": "vpcZoneIdentifiers"}
_HEALTHY = 90
_HOOK = "aws:autoscaling/lifecycleHook:LifecycleHook"
_TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING"


def refreshes(diff: PlanDiff) -> Iterator[Attention]:
    """Of each Auto Scaling group that stays."""
    changing = {each.urn: each for each in diff.resources}
    before = diff.old.by_urn() if diff.old else {}
    for group in diff.new.resources:
        if group.type != SCALING_GROUP:
            continue
        each = changing.get(group.urn) or ResourceDiff("same", before.get(group.urn), group)
        if each.old is not None and each.kind in ("update", "same"):
            yield from _refreshed(each, diff)
            yield from _aged(each, diff)
            yield from _moved(each, diff)
            yield from _shrunk(each, diff)


def _refreshed(each: ResourceDiff, diff: PlanDiff) -> Iterator[Attention]:
    template = renewed_template(each.resource, diff)
    refresh = section(each.resource.inputs, "instanceRefresh")
    triggers = (*_ALWAYS, *(_property(trigger) for trigger in refresh.get("triggers") or ()))
    hit = tuple(dict.fromkeys(change.top for change in each.changes if change.top in triggers))
    version = specification(each.resource).get("version")
    cause = cause_of(each, hit, template)
    if hit and refresh and version != "$Latest":
        level: Level = "danger" if _least(each) == 0 else "warning"
        yield attention("rolls", level, "rolls nodes", each, cause, f"{_replaced(each)}; {_pods(each, diff)}")
    elif hit or template is not None:
        without = "there is no `instanceRefresh`" if not refresh else "an instance refresh does not begin for `$Latest`"
        if version not in ("$Latest", "$Default") and not hit:
            effect = f"version {version} of the launch template stays in use, for new instances too"
        else:
            effect = f"{without}: only new instances get it; those that run stay until someone replaces them"
        yield attention("rolls", "note", "not rolled out yet", each, cause, effect)


def _property(trigger: Any) -> str:
    head, *rest = str(trigger).split("_")
    return _BY_TRIGGER.get(str(trigger)) or head + "".join(part.title() for part in rest)


def _least(each: ResourceDiff) -> int:
    least = section(each.resource.inputs, "instanceRefresh", "preferences").get("minHealthyPercentage")
    return least if isinstance(least, int) else _HEALTHY


def _replaced(each: ResourceDiff) -> str:
    preferences = section(each.resource.inputs, "instanceRefresh", "preferences")
    said = [f"an instance refresh replaces {_instances(each)}, at least {_least(each)}% healthy at any time"]
    most = preferences.get("maxHealthyPercentage")
    if isinstance(most, int) and most > 100:
        said.append(f"new ones first, up to {most}%")
    if stops := preferences.get("checkpointPercentages"):
        said.append(f"with a halt at {', '.join(f'{stop}%' for stop in stops)}")
    if preferences.get("skipMatching") in (True, "true"):
        said.append("those that match already are left")
    if preferences.get("autoRollback") is True:
        said.append("it rolls back automatically when it fails")
    return ", ".join(said)


def _instances(each: ResourceDiff) -> str:
    count = instances(each.old or each.resource)
    return "every instance" if count is None else plural(count, "instance")


def _pods(each: ResourceDiff, diff: PlanDiff) -> str:
    if _hooked(each, diff):
        return "pods are drained by whatever answers the lifecycle hook of the group"
    return "EC2 does not drain: pods are ended without asking their disruption budgets"


def _hooked(each: ResourceDiff, diff: PlanDiff) -> bool:
    group = each.resource
    own = [hook.get("lifecycleTransition") for hook in entries(group.inputs.get("initialLifecycleHooks"))]
    for hook in diff.new.resources:
        given = hook.inputs.get("autoscalingGroupName")
        if hook.type == _HOOK and (names(given, group) or (given and given == group.inputs.get("name"))):
            own.append(hook.inputs.get("lifecycleTransition"))
    return _TERMINATING in own


def _aged(each: ResourceDiff, diff: PlanDiff) -> Iterator[Attention]:
    for change in each.changes:
        before, after = change.old, change.new
        if change.path == "maxInstanceLifetime" and isinstance(after, int) and after > 0:
            if isinstance(before, int) and 0 < before <= after:
                continue
            cause = f"`maxInstanceLifetime` is now {after // 86400} days"
            effect = f"instances older than that are replaced by EC2 Auto Scaling; {_pods(each, diff)}"
            yield attention("rolls", "warning", "rolls nodes", each, cause, effect)


def _moved(each: ResourceDiff, diff: PlanDiff) -> Iterator[Attention]:
    gone = [change for change in each.changes if _leaves(change)]
    if gone:
        cause = f"`{gone[0].top}` loses {len(gone)} of its entries"
        effect = f"EC2 Auto Scaling replaces the instances that run there; {_pods(each, diff)}"
        yield attention("rolls", "warning", "rolls nodes", each, cause, effect)


def _shrunk(each: ResourceDiff, diff: PlanDiff) -> Iterator[Attention]:
    """EC2 Auto Scaling brings the size that runs into the new bounds at once."""
    before, most = instances(each.old), each.resource.inputs.get("maxSize")
    if before is not None and isinstance(most, int) and most < before:
        effect = f"EC2 Auto Scaling ends {plural(before - most, 'instance')} of {before}; {_pods(each, diff)}"
        yield attention("rolls", "warning", "nodes end", each, f"`maxSize` is now {most}", effect)


def instances(group: PlannedResource | None) -> int | None:
    """How many instances a self-managed group is made with, as far as that is known."""
    inputs = group.inputs if group else {}
    return next((inputs[key] for key in ("desiredCapacity", "minSize") if isinstance(inputs.get(key), int)), None)


def _leaves(change: Change) -> bool:
    # What follows from a replaced subnet names another one from now on.
    gone = change.new is ABSENT or change.follows is not None
    return change.top in ("vpcZoneIdentifiers", "availabilityZones") and gone
