"""A stack file in the making: its values, where each came from, and what is said about what has no place in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from eks_blueprints.core import peer_fields
from eks_blueprints.core.errors import Path, dotted, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import element_name
from eks_blueprints.lifecycle.importers.eksctl import schema
from eks_blueprints.lifecycle.importers.eksctl.source import Node

EMPTY = "says nothing"
HEAD = "leave it out: it says what kind of file or part this is"
"""What is said of values that nobody looks for in a report."""


def value_at(data: Any, path: Path, default: Any = None) -> Any:
    """The value at a path of nested mappings, or else a default."""
    for part in path:
        if not isinstance(data, dict) or part not in data:
            return default
        data = data[part]
    return data


@dataclass(frozen=True, slots=True)
class Default:
    """A value that the source does not have, and eksctl would have used."""

    path: Path
    value: Any
    why: str


@dataclass(slots=True)
class Build:
    """What has been made of a ClusterConfig so far."""

    source: Node
    data: dict[str, Any] = field(default_factory=dict)
    became: dict[Path, list[Path]] = field(default_factory=dict)
    """Values of the source by their path, and the paths in the stack file that say them."""
    told: dict[Path, list[str]] = field(default_factory=dict)
    """Values of the source by their path, and what is said about each: what differs, or why it is left out."""
    defaults: list[Default] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    """What the stack file does otherwise than eksctl, whatever the source says."""
    yours: dict[Path, str] = field(default_factory=dict)
    """Values that stand for those which the source does not have and nobody but the user knows, and what they are."""
    _written: list[tuple[Path, Any, tuple[Node, ...]]] = field(default_factory=list)
    """What was set, in its order, and for which values of the source."""

    def put(self, path: Path, value: Any, *sources: Node) -> None:
        """Set a value of the stack file, and note which values of the source it says."""
        # What is left out of the stack file later stays in the source.
        value = deepcopy(value)
        inside: Any = self.data
        for part in path[:-1]:
            inside = inside.setdefault(part, {})
        last = path[-1]
        if isinstance(inside.get(last), dict) and isinstance(value, Mapping):
            inside[last] = {**inside[last], **value}
        elif isinstance(inside.get(last), list) and isinstance(value, list):
            inside[last] = [*inside[last], *(each for each in value if each not in inside[last])]
        else:
            inside[last] = value
        self.said(path, *sources)
        self._written.append((path, deepcopy(value), tuple(leaf for each in sources for leaf in each.leaves())))

    def said(self, path: Path, *sources: Node) -> None:
        """Note that a part of the stack file says what values of the source say."""
        for source in sources:
            for leaf in source.leaves():
                found = self.became.setdefault(leaf.path, [])
                if path not in found:
                    found.append(path)

    def tell(self, source: Node | None, *texts: str) -> None:
        """Say something about values of the source; they count as dealt with."""
        if source is None:
            return
        for leaf in source.leaves():
            found = self.told.setdefault(leaf.path, [])
            found += [text for text in texts if text not in found]

    def default(self, path: Path, value: Any, why: str) -> None:
        """Set a value that the source leaves to eksctl, unless it is set."""
        if self.at(path, _ABSENT) is _ABSENT:
            self.put(path, value)
            self.defaults.append(Default(path, value, why))

    def at(self, path: Path, default: Any = None) -> Any:
        """A value of the stack file, or else a default."""
        return value_at(self.data, path, default)

    def ask(self, path: Path, value: str, what: str) -> None:
        """Set a value that the user has to replace, as eksctl looks it up; what it is stands beside it."""
        self.put(path, value)
        self.yours[path] = what

    def finish(self) -> None:
        """Say of every value that nothing has dealt with, or that is no longer there, why it has no place."""
        for source, targets in list(self.became.items()):
            there = [each for each in targets if self.at(each, _ABSENT) is not _ABSENT]
            self.became[source] = there
            if not there:
                del self.became[source]
                self.told.setdefault(source, []).append("is left out: what it belongs to is not taken over")
        self._overwritten()
        for leaf in self.source.leaves():
            if leaf.path in self.became or leaf.path in self.told:
                continue
            self.tell(leaf, EMPTY if leaf.empty or leaf.value in ({}, []) else advice(leaf))

    def _overwritten(self) -> None:
        """Say of every value that is not in its place any more, as another one has taken it, what is there instead."""
        last = {(leaf.path, path): (leaf, value) for path, value, leaves in self._written for leaf in leaves}
        for (source, path), (leaf, value) in last.items():
            now = self.at(path, _ABSENT)
            if source not in self.became or source in self.told or now is _ABSENT or holds(now, value):
                continue
            # Of a mapping another member may be the one that is gone.
            if isinstance(value, Mapping) and _has(now, leaf.path[-1], leaf.value):
                continue
            self.told[source] = [f"is not kept: {dotted(path)} is {shown(now)}"]
            self.became[source] = [each for each in self.became[source] if each != path]
            if not self.became[source]:
                del self.became[source]


_ABSENT = object()


def holds(there: Any, said: Any) -> bool:
    """Whether a value says all that another one does: a mapping its keys, a list its members."""
    if isinstance(said, Mapping):
        return isinstance(there, dict) and all(key in there and holds(there[key], value) for key, value in said.items())
    if isinstance(said, list):
        return isinstance(there, list) and all(any(holds(each, value) for each in there) for value in said)
    return bool(there == said)


def _has(there: Any, key: str | int, value: Any) -> bool:
    """Whether a value stands under its key, or in a list, somewhere inside of another one."""
    if isinstance(there, Mapping):
        return (key in there and there[key] == value) or any(_has(each, key, value) for each in there.values())
    if isinstance(there, list):
        return (isinstance(key, int) and value in there) or any(_has(each, key, value) for each in there)
    return False


def advice(leaf: Node) -> str:
    """What to do about a value that has no place: what the table of other tools' fields says of the nearest field."""
    found = schema.field_at(leaf.path)
    if found is None:
        return "cannot be written: no field of the stack file says it"
    owner, name = found
    rows = [row for row in peer_fields.meanings(name) if row.tool == "eksctl" and owner in row.of and row.name == name]
    if not rows:
        return "cannot be written: no field of the stack file says it"
    row = rows[0]
    return row.here if not row.is_field else f"write {' or '.join(row.paths)}, which fits in part"


def name_for(text: str, taken: Mapping[str, Any], form: Form = element_name, other: str = "part") -> str:
    """A name for an entry of the stack file that is made of a text, unlike those that are taken."""
    name = text if not form.fault(text) else re.sub(r"[^A-Za-z0-9-]+", "-", text).strip("-")
    if form.fault(name):
        name = name.lower()[:40].rstrip("-")
    if form.fault(name):
        name = f"{other}-{name}"[:40].rstrip("-") if name else other
    found, count = name, 2
    while found in taken:
        end = f"-{count}"
        found, count = f"{name[: 40 - len(end)]}{end}", count + 1
    return found
