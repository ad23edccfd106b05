"""What is taken over: resources that exist, which a stack imports as they are, and the end of that."""

from __future__ import annotations

from dataclasses import replace

from eks_blueprints.recording.plan import Plan, PlannedResource
from eks_blueprints.review.diff.changes import PlanDiff, ResourceDiff
from eks_blueprints.review.preview.facts import is_imported


def as_it_is(resource: PlannedResource) -> bool:
    """Whether nothing that the program says about it is carried out: all changes of it are ignored."""
    return "*" in resource.options.get("ignore_changes", ())


def is_unchanged(each: ResourceDiff) -> bool:
    """Whether it is imported, and the same in the cloud before and after."""
    return each.kind == "import" and as_it_is(each.resource)


def ended(diff: PlanDiff) -> list[PlannedResource]:
    """What was taken over as it is and is to be what the program says: what that changes, the plans do not tell."""
    before = diff.old.by_urn() if diff.old else {}
    formers = {each.urn: each.old for each in diff.resources if each.old is not None}
    pairs = ((formers.get(new.urn) or before.get(new.urn), new) for new in diff.new.resources)
    return [new for old, new in pairs if old is not None and as_it_is(old) and not as_it_is(new)]


def there_before(old: Plan | None, new: Plan) -> Plan | None:
    """What is there before an up: what the old plan made, and what the new one imports as it is; None for nothing."""
    there = {each.urn for each in old.resources} if old else set()
    taken = [each for each in new.resources if each.urn not in there and is_imported(each) and as_it_is(each)]
    if not taken:
        return old
    # What they are in and managed with says where they belong.
    around = [each for each in new.resources if each.urn not in there and _is_around(each)]
    return replace(old or new, resources=(*(old.resources if old else ()), *around, *taken))


def _is_around(resource: PlannedResource) -> bool:
    return not resource.custom or resource.type.startswith("pulumi:providers:")
