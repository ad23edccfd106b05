"""The fields of a stack file, and which of them a ClusterConfig says."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from eks_blueprints.core.errors import Path
from eks_blueprints.lifecycle.importers.eksctl import schema
from eks_blueprints.lifecycle.importers.eksctl.build import value_at
from eks_blueprints.lifecycle.importers.eksctl.rules import rule_of


@dataclass(slots=True)
class Fields:
    """Data of a stack file that is taken bit by bit; what is left has no place."""

    data: dict[str, Any]
    notes: list[tuple[Path, str]] = field(default_factory=list)
    """Fields that are said otherwise, or left out, and why."""

    def take(self, path: Path, default: Any = None) -> Any:
        """The value at a path, which counts as said from then on."""
        found = self.at(path, default)
        if found is not default:
            self.drop(path)
        return deepcopy(found)

    def at(self, path: Path, default: Any = None) -> Any:
        """The value at a path, or a default."""
        return value_at(self.data, path, default)

    def drop(self, path: Path) -> None:
        """Take a value out, and what encloses it where nothing else is in there."""
        for length in range(len(path), 0, -1):
            above = self.at(path[: length - 1])
            if length == len(path) or above[path[length - 1]] == {}:
                del above[path[length - 1]]

    def default(self, path: Path, value: Any) -> None:
        """Set a value that the stack file leaves open."""
        inside: Any = self.data
        for part in path[:-1]:
            inside = inside.setdefault(part, {})
        inside.setdefault(path[-1], value)

    def note(self, path: Path, text: str) -> None:
        """Say something about a field."""
        self.notes.append((path, text))

    def left(self) -> Iterator[Path]:
        """The fields that nothing has taken."""
        yield from _leaves(self.data, ())


def _leaves(value: Any, path: Path) -> Iterator[Path]:
    if isinstance(value, dict) and value:
        for key, each in value.items():
            yield from _leaves(each, (*path, key))
    elif path:
        yield path


def reversed_rules(fields: Fields, owner: str, base: Path) -> dict[str, Any]:
    """What the rules of a type, read backwards, say of the fields below a path."""
    said: dict[str, Any] = {}
    for name, holds in schema.fields(owner).items():
        rule = rule_of(owner, name)
        if rule is None:
            if schema.is_type(holds) and (inside := reversed_rules(fields, holds, base)):
                said[name] = inside
            continue
        target = rule["to"] if isinstance(rule, dict) else rule
        if target.startswith("@"):
            continue
        path = tuple(target[1:].split(".")) if target.startswith("/") else (*base, *target.split("."))
        value = fields.at(path)
        if isinstance(rule, dict):
            words = {word: key for key, word in rule["values"].items()}
            if value not in words:
                continue
            value = {"true": True, "false": False}.get(words[value], words[value])
        if value is not None and _fits(value, holds):
            fields.drop(path)
            said[name] = deepcopy(value)
    return said


def _fits(value: Any, holds: str) -> bool:
    """Whether a value is one that the field of a ClusterConfig takes."""
    if holds == "text":
        return isinstance(value, str)
    if holds == "bool":
        return isinstance(value, bool)
    if holds in ("int", "number"):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, dict) if holds.startswith("{") or holds == "any" else isinstance(value, list)
