"""What the engine sends to a provider: a plan's inputs, with the old value of each that `ignore_changes` names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from eks_blueprints.recording.plan import Plan, PlannedResource
from eks_blueprints.review.diff.changes import PlanDiff, ResourceDiff
from eks_blueprints.review.diff.values import bare


def effective(diff: PlanDiff) -> Plan:
    """The new plan as it takes effect on what the old one made."""
    idle = {each.urn: each for each in (*diff.resources, *diff.ineffective) if each.idle}
    if not idle:
        return diff.new
    resources = (kept_inputs(each) if (each := idle.get(resource.urn)) else resource for resource in diff.new.resources)
    return replace(diff.new, resources=tuple(resources))


def kept_inputs(diff: ResourceDiff) -> PlannedResource:
    """A resource as its provider is asked for it: with its old inputs where they are ignored.

    A replacement is made with the new ones.
    """
    old, new = diff.old, diff.resource
    if old is None or not diff.idle:
        return new
    return replace(new, inputs=_kept(old.inputs, new.inputs, "", new))


def ignored(path: str, resource: PlannedResource) -> bool:
    """Whether a resource's options leave a change at this path out."""
    rules: Sequence[str] = resource.options.get("ignore_changes", ())
    at = bare(path.partition("{}")[0].removesuffix(" (order)"))
    return any(
        rule == "*" or at == (flat := bare(rule).removesuffix(".*")) or at.startswith(f"{flat}.") for rule in rules
    )


def _kept(old: Mapping[str, Any], new: Mapping[str, Any], path: str, resource: PlannedResource) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in [*new, *(key for key in old if key not in new)]:
        at = f"{path}.{key}" if path else key
        if ignored(at, resource):
            if key in old:
                found[key] = old[key]
        elif key in new:
            before, after = old.get(key), new[key]
            if isinstance(before, Mapping) and isinstance(after, Mapping):
                after = _kept(before, after, at, resource)
            found[key] = after
    return found
