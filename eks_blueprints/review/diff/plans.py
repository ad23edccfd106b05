"""Comparing two plans: which resources are the same ones, and what happens to each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from eks_blueprints.adoption.types import types
from eks_blueprints.recording.plan import Plan, PlannedResource, by_default_provider
from eks_blueprints.review.diff import replacement
from eks_blueprints.review.diff.aliases import match
from eks_blueprints.review.diff.cascade import spread
from eks_blueprints.review.diff.changes import ABSENT, Change, Kind, PlanDiff, ResourceDiff
from eks_blueprints.review.diff.effective import ignored
from eks_blueprints.review.diff.values import bare, compare, same
from eks_blueprints.review.diff.words import transition, value
from eks_blueprints.review.preview.facts import is_imported

_KUBERNETES = "kubernetes:"
_OPTIONS = ("protect", "retain_on_delete")
"""Options whose change a reader must see; the engine only notes it in its state."""


def diff_plans(old: Plan | None, new: Plan, *, notes: Sequence[str] = ()) -> PlanDiff:
    """What changes from one plan to the other; without an old one, everything is created."""
    before = {r.urn: r for r in old.resources if _managed(r)} if old else {}
    after = [r for r in new.resources if _managed(r)]
    pairs = match(new, old) if old else {}
    diffs: list[ResourceDiff] = []
    taken: set[str] = set()
    for resource in after:
        former = before.get(pairs.get(resource.urn, ""))
        if former is not None and former.urn not in taken and _updates(former.type, resource.type):
            taken.add(former.urn)
            diffs.append(_pair(former, resource))
        else:
            diffs.append(ResourceDiff("import" if is_imported(resource) else "create", None, resource))
    spreading = spread([_in_region(each, old, new) for each in diffs])
    gone = [ResourceDiff("delete", each, None) for urn, each in before.items() if urn not in taken]
    changing = [each for each in spreading if each.kind != "same"]
    return PlanDiff(
        project=new.project,
        stack=new.stack,
        old=old,
        new=new,
        resources=(*changing, *reversed(gone)),
        unchanged=len(spreading) - len(changing),
        outputs=tuple(_outputs(old, new)),
        notes=tuple(notes),
        ineffective=tuple(each for each in spreading if each.kind == "same" and each.idle),
    )


def _in_region(diff: ResourceDiff, old: Plan | None, new: Plan) -> ResourceDiff:
    """A resource of the default AWS provider is replaced where that moves to another region, as of any other one."""
    sides = (old.region if old else None, new.region)
    if diff.old is None or diff.new is None or None in sides or sides[0] == sides[1]:
        return diff
    if not all(by_default_provider(side) for side in (diff.old, diff.new)):
        return diff
    first = diff.delete_first or replacement.deletes_first(diff.type, diff.new.options, diff.new.inputs)
    causes = (f"`aws:region` {sides[0]} → {sides[1]}", *diff.causes)
    return replace(diff, kind="replace", causes=causes, idle=(), delete_first=first)


def _updates(former: str, now: str) -> bool:
    """Whether the provider updates what an alias leads to: one of its type, or of another API version of its kind."""
    if former == now:
        return True
    return former.startswith(_KUBERNETES) and now.startswith(_KUBERNETES) and _kind(former) == _kind(now)


def _kind(type_: str) -> str:
    return type_.rpartition(":")[2]


def _managed(resource: PlannedResource) -> bool:
    """Whether the engine makes it: neither a component of this language, nor one that is only read."""
    return (resource.custom or bool(resource.options.get("remote"))) and "read_id" not in resource.options


def _pair(old: PlannedResource, new: PlannedResource) -> ResourceDiff:
    changes, idle = [], []
    for each in _changes(old, new):
        if ignored(each.path, new):
            idle.append(each)
        else:
            changes.append(_told(new, each, old))
    renamed = old.urn != new.urn
    causes = tuple(_causes([each for each in changes if each.replaces]))
    triggers = (old.options.get("replacement_trigger"), new.options.get("replacement_trigger"))
    # A trigger that comes or goes replaces nothing.
    if None not in triggers and not same(*triggers):
        causes = (*causes, "its replacement trigger changed")
    changes += _option_changes(old, new)
    if causes:
        first = replacement.deletes_first(new.type, new.options, new.inputs)
        return ResourceDiff("replace", old, new, tuple(changes), causes=causes, delete_first=first, renamed=renamed)
    kind: Kind = "update" if changes else "same"
    certain = not changes or replacement.immutable(new.type) is not None
    return ResourceDiff(kind, old, new, tuple(changes), tuple(idle), certain=certain, renamed=renamed)


def _changes(old: PlannedResource, new: PlannedResource) -> list[Change]:
    found: list[Change] = []
    for key in sorted({*old.inputs, *new.inputs}):
        before, after = old.inputs.get(key), new.inputs.get(key)
        if before is None and after is None:
            continue
        if before is None or after is None:
            found.append(Change(key, ABSENT if before is None else before, ABSENT if after is None else after))
        else:
            found += compare(before, after, key, lambda path: replacement.is_set(new.type, path))
    return [each for each in found if not _is_none_twice(each, new.type)]


def _is_none_twice(change: Change, type_: str) -> bool:
    """Whether it is an empty list against nothing, of an input that AWS gives no value of its own to."""
    if [] not in (change.old, change.new) or ABSENT not in (change.old, change.new):
        return False
    known = types().get(type_)
    return known is not None and bare(change.path) not in known.computed


def _told(new: PlannedResource, change: Change, old: PlannedResource) -> Change:
    forced = any(rule in ("*", change.top) or replacement.covers(rule, change.path) for rule in _replace_on(new))
    if forced or replacement.replacing(new.type, change, old.inputs, new.inputs):
        return replace(change, replaces=True)
    return change


def _replace_on(resource: PlannedResource) -> Sequence[str]:
    found: Sequence[str] = resource.options.get("replace_on_changes", ())
    return found


def _causes(changes: Sequence[Change]) -> Iterator[str]:
    """One clause a property: entries that leave and enter one list belong together."""
    by_property: dict[str, list[Change]] = {}
    for each in changes:
        by_property.setdefault(each.path.removesuffix(" (order)").removesuffix("[]"), []).append(each)
    for path, found in by_property.items():
        gone = [value(each.old) for each in found if each.old is not ABSENT]
        come = [value(each.new) for each in found if each.new is not ABSENT]
        if len(found) > 1 and gone and come:
            yield f"`{path}` {', '.join(gone)} → {', '.join(come)}"
        else:
            yield from (f"`{path}` {transition(each)}" for each in found)


def _option_changes(old: PlannedResource, new: PlannedResource) -> list[Change]:
    found = []
    for option in _OPTIONS:
        before, after = bool(old.options.get(option)), bool(new.options.get(option))
        if before != after:
            found.append(Change(f"option {option}", before, after))
    return found


def _outputs(old: Plan | None, new: Plan) -> list[Change]:
    before: Mapping[str, Any] = old.outputs if old else {}
    found: list[Change] = []
    for key in sorted({*before, *new.outputs}):
        if key not in before:
            found.append(Change(key, new=new.outputs[key]))
        elif key not in new.outputs:
            found.append(Change(key, old=before[key]))
        else:
            found += compare(before[key], new.outputs[key], key, lambda path: False)
    return found
