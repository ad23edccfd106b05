"""Shapes of settings, as the tables write them, and what is wrong with a value of which one is asked.

text, bool, int32, ...    a form of `forms`
[text]                    a list
{text}                    a mapping with any keys; `{Feature: bool}` with the keys that the enum has
text | [text]             one or the other
LocalStorageOptions       a type or an enum of the table
text since 1.33           a field that came or went with a release of Kubernetes
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeAlias

from eks_blueprints.core.errors import Path as Place
from eks_blueprints.core.errors import nearest, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.node_settings.credentials import CREDENTIALS
from eks_blueprints.core.node_settings.forms import fault
from eks_blueprints.core.spec import Reference, is_output

_HERE = Path(__file__).parent
_REST = "*"  # the shape of all fields of a type that are not named
_BOUND = Form(r"(.*?)(?: since (\d+))?(?: until (\d+))?")
_SHOWN_NAMES = 12
_UNKNOWN = "is not a field of"
_HIDDEN = "got another value, which is not shown; write it in that form"

Fault: TypeAlias = tuple[Place, str]


@dataclass(frozen=True)
class Table:
    """The types of one tool's settings, with what they were read from."""

    tool: str
    date: str
    release: str
    enums: Mapping[str, tuple[str, ...]]
    types: Mapping[str, Mapping[str, str]]
    newest: int | None = None
    """Newest minor of Kubernetes that its fields are known of, where they differ by release."""
    others: Mapping[str, Table] = field(default_factory=dict)
    """Types that another table has."""

    @cached_property
    def name(self) -> str:
        """How messages call it."""
        return f"{self.tool} as of {self.date} ({self.release})"

    def read(self, value: Any, shape: str) -> Any:
        """The same settings with references in the place of mappings that spell one (`{secret: key}`).

        They stand where a single value is asked for; a mapping that may be settings is left as it is.
        """
        if shape in self.others:
            return self.others[shape].read(value, shape)
        choices = alternatives(shape)
        if isinstance(value, Mapping):
            if not any(self._takes_mapping(choice) for choice in choices):
                return _reference(value, lambda found: self._fitting(found, shape))
            return {key: self.read(entry, self._below(choices, key)) for key, entry in value.items()}
        if isinstance(value, list | tuple):
            item = next((choice[1:-1] for choice in choices if choice.startswith("[")), "any")
            return [self.read(entry, item) for entry in value]
        return value

    def _takes_mapping(self, shape: str) -> bool:
        return shape == "any" or shape.startswith("{") or shape in self.types or shape in self.others

    def _below(self, choices: list[str], key: Any) -> str:
        for shape in choices:
            if shape.startswith("{"):
                return _entry(shape)[1]
            if shape in self.types:
                fields = self.types[shape]
                return _bounded(fields[key])[0] if key in fields else _entry(fields.get(_REST, "{any}"))[1]
        return "any"

    def _fitting(self, value: Any, shape: str) -> Any:
        for _, message in self.problems(value, shape):
            raise ValueError(message)
        return value

    def problems(self, value: Any, shape: str, minor: int | None = None) -> Iterator[Fault]:
        """What is wrong with a value, and where; `minor` is that of the nodes' Kubernetes, where it is known.

        Outputs and references stand for values of single fields and are not looked at.
        """
        for path, message in _Walk(self, minor).value(value, shape, ()):
            # What stands where a credential belongs may be one, whatever its form.
            hidden = any(part in CREDENTIALS for part in path) and not message.startswith(_UNKNOWN)
            yield path, f"{message.partition('; got ')[0]}; {_HIDDEN}" if hidden else message


def load(file: str, tool: str, others: Mapping[str, Table] | None = None) -> Table:
    """One of the tables beside this file."""
    found = tomllib.loads((_HERE / f"{file}.toml").read_text(encoding="utf-8"))
    enums = {name: tuple(values) for name, values in found["enums"].items()}
    return Table(tool, str(found["as_of"]), found["release"], enums, found["types"], found.get("newest"), others or {})


class _Walk:
    def __init__(self, table: Table, minor: int | None) -> None:
        self.table = table
        self.minor = minor

    def value(self, value: Any, shape: str, path: Place) -> Iterator[Fault]:
        choices = alternatives(shape)
        if len(choices) > 1:
            yield from self._one_of(value, choices, path)
        elif shape in self.table.others:
            yield from _Walk(self.table.others[shape], self.minor).value(value, shape, path)
        elif shape == "any" or _is_named(value):
            return
        elif shape.startswith("["):
            yield from self._list(value, shape[1:-1], path)
        elif shape.startswith("{"):
            yield from self._mapping(value, shape, path)
        elif shape in self.table.types:
            yield from self._fields(value, shape, path)
        elif shape in self.table.enums:
            yield from self._enum(value, self.table.enums[shape], path)
        elif message := fault(shape, value):
            yield path, message

    def _one_of(self, value: Any, choices: list[str], path: Place) -> Iterator[Fault]:
        found = [list(self.value(value, choice, path)) for choice in choices]
        if all(found):
            # The choice that the value comes nearest to says most: one whose faults lie inside it.
            yield from next((faults for faults in found if any(len(at) > len(path) for at, _ in faults)), found[0])

    def _list(self, value: Any, item: str, path: Place) -> Iterator[Fault]:
        if not isinstance(value, list | tuple):
            do = "write each entry after a dash" if isinstance(value, Mapping) else f"write [{shown(value)}]"
            yield path, f"needs a list; got {shown(value)}; {do}"
            return
        for index, entry in enumerate(value):
            yield from self.value(entry, item, (*path, index))

    def _mapping(self, value: Any, shape: str, path: Place) -> Iterator[Fault]:
        keys, item = _entry(shape)
        if not isinstance(value, Mapping):
            yield path, f"needs a mapping; got {shown(value)}; write key: value lines below it"
            return
        for key, entry in value.items():
            if keys and key not in self.table.enums[keys]:
                yield (*path, str(key)), self._unknown(path, key, self.table.enums[keys])
            else:
                yield from self.value(entry, item, (*path, str(key)))

    def _enum(self, value: Any, known: tuple[str, ...], path: Place) -> Iterator[Fault]:
        if isinstance(value, str) and value in known:
            return
        same = [name for name in known if isinstance(value, str) and name.lower() == value.lower()]
        do = f"did you mean {same[0]}?" if same else f"use one of {', '.join(name for name in known if name)}"
        yield path, f"is not one of the values of {self.table.name}; got {shown(value)}; {do}"

    def _fields(self, value: Any, kind: str, path: Place) -> Iterator[Fault]:
        if not isinstance(value, Mapping):
            yield path, f"needs a mapping; got {shown(value)}; write key: value lines below it"
            return
        fields = self.table.types[kind]
        for key, entry in value.items():
            at = (*path, str(key))
            if key in fields and key != _REST:
                shape, since, until = _bounded(fields[key])
                if message := self._misses(since, until):
                    yield at, f"{message}; got {shown(entry)}; remove it"
                else:
                    yield from self.value(entry, shape, at)
            elif _REST in fields:
                yield from self._mapping({key: entry}, fields[_REST], path)
            elif not self._newer:
                yield at, self._unknown(path, key, fields)

    @property
    def _newer(self) -> bool:
        """Whether the nodes' Kubernetes is newer than the table, which then cannot know all fields."""
        return None not in (self.minor, self.table.newest) and self.minor > self.table.newest  # type: ignore[operator]

    def _misses(self, since: int | None, until: int | None) -> str | None:
        if self.minor is None:
            return None
        if since is not None and self.minor < since:
            return f"exists since Kubernetes 1.{since}, and nodes have 1.{self.minor}"
        if until is not None and self.minor > until:
            return f"was removed in Kubernetes 1.{until + 1}, and nodes have 1.{self.minor}"
        return None

    def _unknown(self, path: Place, key: Any, known: Iterable[str]) -> str:
        names = sorted(name for name in known if name != _REST)
        near = nearest(str(key), names)
        listed = ", ".join(names[:_SHOWN_NAMES]) + (", …" if len(names) > _SHOWN_NAMES else "")
        do = f"did you mean {near}?" if near else f"known are {listed}"
        return f"{_UNKNOWN} {self.table.name}; got {shown(key)}; {do}"


@cache
def alternatives(shape: str) -> list[str]:
    """The shapes of which one is asked: those between bars that stand outside all brackets."""
    found, depth = [""], 0
    for letter in shape:
        depth += (letter in "[{") - (letter in "]}")
        if letter == "|" and depth == 0:
            found.append("")
        else:
            found[-1] += letter
    return [part.strip() for part in found]


def _entry(shape: str) -> tuple[str, str]:
    """The enum of a mapping's keys, if it has one, and the shape of its values."""
    match = re.fullmatch(r"\{(?:(\w+): )?(.+)\}", shape)
    assert match is not None  # noqa: S101 - the caller has looked
    return match[1] or "", match[2]


def _reference(value: Mapping[Any, Any], read: Callable[[Any], Any]) -> Any:
    try:
        return Reference.parse(value, read) or value
    except ValueError:
        return value  # told as what it is: a mapping in the place of a value


def _is_named(value: Any) -> bool:
    return isinstance(value, Reference) or is_output(value)


def _bounded(shape: str) -> tuple[str, int | None, int | None]:
    match = _BOUND.fullmatch(shape)
    assert match is not None  # noqa: S101 - the pattern takes any text
    shape, since, until = match.groups()
    return shape, int(since) if since else None, int(until) if until else None
