"""Equal changes of many resources, told once."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eks_blueprints.review.diff.changes import ABSENT, Change, ResourceDiff

_MANY = 3
"""From how many resources on a change is told once: two are quicker read side by side."""

_TAGS = re.compile(r"(?:^|.*[.\]])(tags(?:\.|\[\").*)")
_LISTED_TAG = re.compile(r"(?:^|.*[.\]])tags\[key=(.+)\]\.value")


@dataclass(frozen=True, slots=True)
class Shared:
    """One change that many resources have in common."""

    change: Change
    resources: tuple[ResourceDiff, ...]


@dataclass(frozen=True, slots=True)
class Folded:
    """The changes of some resources: what many share, and what is left of each."""

    shared: tuple[Shared, ...]
    left: Mapping[str, Sequence[Change]]
    """By URN."""

    def told(self, each: ResourceDiff) -> bool:
        """Whether nothing of a resource is left to tell."""
        return each.kind == "update" and bool(each.changes) and not self.left.get(each.urn)


def fold(resources: Sequence[ResourceDiff]) -> Folded:
    """Find what many resources share."""
    users: dict[str, dict[str, tuple[Change, ResourceDiff]]] = {}
    for each in resources:
        if each.kind in ("update", "replace"):
            for change in each.changes:
                users.setdefault(_key(change), {})[each.urn] = (change, each)
    many = {key: found for key, found in users.items() if len(found) >= _MANY}
    shared = []
    for found in many.values():
        first = next(iter(found.values()))[0]
        shared.append(Shared(_general(first), tuple(each for _, each in found.values())))
    left = {each.urn: [change for change in each.changes if _key(change) not in many] for each in resources}
    shared.sort(key=lambda item: (not item.change.replaces, -len(item.resources), item.change.path))
    return Folded(tuple(shared), left)


def _key(change: Change) -> str:
    values = ["nothing" if each is ABSENT else [each] for each in (change.old, change.new)]
    if change.follows is not None:
        # Each takes another output; what matters is whose.
        values = []
    return json.dumps([_path(change), values, change.follows, change.replaces, change.lines], default=str)


def _general(change: Change) -> Change:
    return Change(_path(change), change.old, change.new, change.lines, change.replaces, change.follows)


def _path(change: Change) -> str:
    """Where it is, in whatever resource: a tag is a tag wherever a type keeps its tags."""
    if match := _LISTED_TAG.fullmatch(change.path):
        return f"tags.{match[1]}"
    if match := _TAGS.fullmatch(change.path):
        return match[1]
    return re.sub(r"\[\d+\]$", "[]", change.path) if change.follows is not None else change.path
