"""Renames: what is deleted under one name and created under another, and what an alias keeps under a new one.

The engine knows no renames: without an alias it deletes the one and creates the other. A reader must see that both are
the same element all the same, so that its rights, findings and costs are told as neither new nor gone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eks_blueprints.recording.plan import Plan, PlannedResource
from eks_blueprints.review.diff.aliases import match
from eks_blueprints.review.diff.changes import PlanDiff, ResourceDiff
from eks_blueprints.review.diff.values import same

_ALIKE = 0.8
"""Which share of the inputs two components must have in common: a renamed group may grow in the same change."""


_ZONE = re.compile(
    r"[a-z]{2}(?:-gov|-iso[a-z]?)?-(?:central|(?:north|south)?(?:east|west)|north|south)-\d[a-z]?|[a-z]{2,5}\d-az\d"
)
"""A place in a name: what stands in another place is another thing."""

_ARN = re.compile(r"(arn:[^\s`\"$]+)")


@dataclass(frozen=True, slots=True)
class Rename:
    """One element, or one resource, that has another name than before."""

    old: str
    new: str
    """Logical names of its topmost resource."""
    type: str
    pairs: Mapping[str, str]
    """Old URNs of what it manages, by which new URN each has now."""
    anew: tuple[tuple[ResourceDiff, ResourceDiff], ...] = ()
    """What is deleted, and what is created for it; empty where an alias keeps all."""
    changed: tuple[str, ...] = ()
    """Inputs that change besides, as `NodeGroup.instanceTypes`."""

    @property
    def kept(self) -> int:
        """How many resources an alias keeps."""
        return len(self.pairs) - len(self.anew)

    def renamed(self, text: str) -> str:
        """A text about the old one as it would be about the new one."""
        return _substituted(text, self.old, self.new)


def renames(diff: PlanDiff) -> tuple[Rename, ...]:
    """All renames of one comparison, those that make resources anew first."""
    if diff.old is None:
        return ()
    gone = {each.urn: each for each in diff.of("delete")}
    come = {each.urn: each for each in diff.of("create")}
    found = [*_anew(diff.old, diff.new, gone, come)] if gone and come else []
    return (*_together(found), *_kept(diff))


def new_urns(found: Sequence[Rename]) -> dict[str, str]:
    """New URN by old one, of everything that is renamed."""
    return {old: new for each in found for old, new in each.pairs.items()}


def _anew(old: Plan, new: Plan, gone: Mapping[str, ResourceDiff], come: Mapping[str, ResourceDiff]) -> Iterator[Rename]:
    before, after = _Tree(old, gone, new), _Tree(new, come, old)
    left = list(after.tops)
    for top in before.tops:
        candidates = [(likeness, other) for other in left if (likeness := _likeness(top, other, before, after))]
        if not candidates:
            continue
        _, best = max(candidates, key=lambda each: each[0])
        left.remove(best)
        pairs = list(_paired(top, best, before, after))
        anew = tuple((gone[a.urn], come[b.urn]) for a, b in pairs)
        changed = [path for a, b in pairs for path in _differing(a, b, top.name, best.name)]
        urns = {a.urn: b.urn for a, b in pairs}
        yield Rename(top.name, best.name, top.type, urns, anew, tuple(dict.fromkeys(changed)))


class _Tree:
    """What of a plan goes, or comes, as a whole."""

    def __init__(self, plan: Plan, moved: Mapping[str, ResourceDiff], other: Plan) -> None:
        self._children: defaultdict[str, list[PlannedResource]] = defaultdict(list)
        for resource in plan.resources:
            if resource.parent:
                self._children[resource.parent].append(resource)
        self._moved = moved
        there = {each.urn for each in other.resources}
        whole = {r.urn for r in plan.resources if r.urn not in there and self._is_whole(r)}
        self.tops = [r for r in plan.resources if r.urn in whole and r.parent not in whole]
        """The topmost resources and components of which everything goes, or comes."""

    def _is_whole(self, resource: PlannedResource) -> bool:
        managed = [each for each in self.below(resource) if each.custom and "read_id" not in each.options]
        return bool(managed) and all(each.urn in self._moved for each in managed)

    def below(self, resource: PlannedResource) -> Iterator[PlannedResource]:
        """A resource, and all that is inside it."""
        yield resource
        for each in self._children[resource.urn]:
            yield from self.below(each)

    def managed(self, resource: PlannedResource) -> list[PlannedResource]:
        """What goes, or comes, with it."""
        return [each for each in self.below(resource) if each.urn in self._moved]


def _likeness(old: PlannedResource, new: PlannedResource, before: _Tree, after: _Tree) -> float:
    """How much two have in common, from 0 to 1; 0 where they are not the same element."""
    if old.type != new.type or old.name == new.name or _ZONE.findall(old.name) != _ZONE.findall(new.name):
        return 0
    if old.parent != new.parent and not _is_root(old, before) and not _same_place(old, new):
        return 0
    a, b = before.managed(old), after.managed(new)
    pairs = list(_paired(old, new, before, after))
    if len(pairs) < _ALIKE * max(len(a), len(b)):
        return 0
    shares = [_share(one, other, old.name, new.name) for one, other in pairs]
    likeness = sum(shares) / len(shares)
    # Of a single resource an input is often all it is: a policy's attachment, whom an access entry is for.
    return likeness if likeness == 1 or (likeness >= _ALIKE and not old.custom) else 0


def _is_root(resource: PlannedResource, tree: _Tree) -> bool:
    return not resource.custom and resource in tree.tops


def _same_place(old: PlannedResource, new: PlannedResource) -> bool:
    """Whether both have parents of the same types, though these have other names themselves."""
    return old.urn.split("::")[2] == new.urn.split("::")[2]


def _paired(
    old: PlannedResource, new: PlannedResource, before: _Tree, after: _Tree
) -> Iterator[tuple[PlannedResource, PlannedResource]]:
    waiting = {(each.type, each.name): each for each in after.managed(new)}
    for each in before.managed(old):
        name = new.name + each.name.removeprefix(old.name) if each.name.startswith(old.name) else each.name
        other = waiting.pop((each.type, name), None) or waiting.pop(
            (each.type, _substituted(each.name, old.name, new.name)), None
        )
        if other is not None:
            yield each, other


def _share(old: PlannedResource, new: PlannedResource, old_name: str, new_name: str) -> float:
    keys = {*old.inputs, *new.inputs}
    differing = list(_differing(old, new, old_name, new_name))
    return 1 - len(differing) / len(keys) if keys else 1


def _differing(old: PlannedResource, new: PlannedResource, old_name: str, new_name: str) -> Iterator[str]:
    for key in sorted({*old.inputs, *new.inputs}):
        if not _same_but_named(old.inputs.get(key), new.inputs.get(key), old_name, new_name):
            yield f"{old.type.rpartition(':')[2]}.{key}"


def _same_but_named(old: Any, new: Any, old_name: str, new_name: str) -> bool:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        # A mark of the platform's own may be a key, such as `kubernetes.io/cluster/shop`.
        renamed = {_substituted(key, old_name, new_name) if key not in new else key: old[key] for key in old}
        return renamed.keys() == new.keys() and all(
            _same_but_named(renamed[key], new[key], old_name, new_name) for key in renamed
        )
    if isinstance(old, list) and isinstance(new, list):
        pairs = zip(old, new, strict=False)
        return len(old) == len(new) and all(_same_but_named(a, b, old_name, new_name) for a, b in pairs)
    if isinstance(old, str) and isinstance(new, str):
        if old == new or _substituted(old, old_name, new_name) == new:
            return True
        # Only the whole name may be meant: `karpenter.sh/nodepool` stays where `prod-karpenter` becomes `prod-karp`.
        return "arn:" not in old and old.replace(old_name, new_name) == new
    return same(old, new)


def _substituted(text: str, old: str, new: str) -> str:
    """A text with the new name for the old one, but within ARNs: those say who is meant, whatever a part is called."""
    pieces = _ARN.split(text)
    return "".join(piece if index % 2 else _named_anew(piece, old, new) for index, piece in enumerate(pieces))


def _named_anew(text: str, old: str, new: str) -> str:
    for one, other in dict.fromkeys(((old, new), _tokens(old, new))):
        if one:
            text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(one)}(?![A-Za-z0-9])", other.replace("\\", r"\\"), text)
    return text


def _tokens(old: str, new: str) -> tuple[str, str]:
    """What of two names differs: `prod-system-group` and `prod-main-group` in `system` and `main`."""
    a, b = old.split("-"), new.split("-")
    while a and b and a[0] == b[0]:
        a, b = a[1:], b[1:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    return "-".join(a), "-".join(b)


def _together(found: Sequence[Rename]) -> Iterator[Rename]:
    """One rename of all whose names differ in the same words, such as an access entry and its policies."""
    groups: defaultdict[tuple[str, str], list[Rename]] = defaultdict(list)
    for each in found:
        groups[_tokens(each.old, each.new)].append(each)
    for group in groups.values():
        first = min(group, key=lambda each: len(each.old))
        pairs = {old: new for each in group for old, new in each.pairs.items()}
        anew = tuple(pair for each in group for pair in each.anew)
        changed = tuple(dict.fromkeys(path for each in group for path in each.changed))
        yield Rename(first.old, first.new, first.type, pairs, anew, changed)


def _kept(diff: PlanDiff) -> Iterator[Rename]:
    """What an alias leads to from another name."""
    if diff.old is None:
        return
    before, after = diff.old.by_urn(), diff.new.by_urn()
    moved = {
        new: old
        for new, old in match(diff.new, diff.old).items()
        if new != old and before[old].name != after[new].name and before[old].type == after[new].type
    }
    for urn, former in moved.items():
        if after[urn].parent in moved:
            continue
        inside = {old: new for new, old in moved.items() if _is_below(after[new], urn, after) and after[new].custom}
        if inside:
            yield Rename(before[former].name, after[urn].name, after[urn].type, inside)


def _is_below(resource: PlannedResource, urn: str, plan: Mapping[str, PlannedResource]) -> bool:
    at: PlannedResource | None = resource
    while at is not None and at.urn != urn:
        at = plan.get(at.parent or "")
    return at is not None
