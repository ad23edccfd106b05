"""The kinds of Kubernetes and their fields, by the minor that a cluster runs; the facts: `shapes.json`.

What a field takes is one word: `text`, `bool`, `int32`, `int64`, `number`, `int|text`, `quantity`, `base64`, `time`,
`any`, or the name of a type; `[` before it makes it a list of such, `{` a mapping with free keys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("shapes.json")
_RUN = re.compile(r"([^@ ]+?)(!?)(?:@(\d*)-(\d*))?$")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind that an API server knows."""

    namespaced: bool
    type: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a type."""

    word: str
    required: bool
    values: tuple[str, ...] | None = None
    """The values that it takes, where the list of them is closed."""


class Shapes:
    """What API servers of one minor know; of every minor in the table where that is None."""

    def __init__(self, minor: int | None) -> None:
        table = _table()
        oldest, newest = table["minors"]
        self.minor = None if minor is None else max(oldest, min(minor, newest))
        self.complete = minor is None or minor <= newest
        """Whether the table knows all that they know: a newer minor may have more kinds and fields."""
        self._kinds: dict[str, Kind | None] = {}
        self._types: dict[str, Mapping[str, Field]] = {}
        self._required: dict[str, tuple[str, ...]] = {}

    def kind(self, api_version: str, kind: str) -> Kind | None:
        """The kind of this API version; None where there is none."""
        key = f"{api_version} {kind}"
        if key not in self._kinds and (said := _table()["kinds"].get(key)) is not None:
            scope, _, rest = said.partition(" ")
            found = self._at(rest.split(" "))
            self._kinds[key] = None if found is None else Kind(scope == "namespaced", found.word)
        return self._kinds.get(key)

    def api_versions(self, kind: str) -> list[str]:
        """The API versions that have a kind, the stable ones first."""
        return sorted((version for version, name in self.kinds() if name == kind), key=_unstable)

    def kinds(self) -> Iterable[tuple[str, str]]:
        """Every API version and kind."""
        for key in _table()["kinds"]:
            version, _, kind = key.partition(" ")
            if self.kind(version, kind) is not None:
                yield version, kind

    def fields(self, type_name: str) -> Mapping[str, Field]:
        """The fields of a type."""
        found = self._types.get(type_name)
        if found is None:
            runs: dict[str, list[str]] = {}
            for run in _table()["types"].get(type_name, "").split():
                name, _, said = run.partition(":")
                runs.setdefault(name, []).append(said)
            at = {name: self._at(said, f"{type_name}.{name}") for name, said in runs.items()}
            found = self._types[type_name] = {name: field for name, field in at.items() if field is not None}
        return found

    def required(self, type_name: str) -> tuple[str, ...]:
        """The fields of a type that have to be given."""
        found = self._required.get(type_name)
        if found is None:
            fields = self.fields(type_name).items()
            found = self._required[type_name] = tuple(name for name, field in fields if field.required)
        return found

    def elsewhere(self, type_name: str, name: str) -> tuple[int | None, int | None] | None:
        """The first and the last minor that have a field which this one has not; None where no minor has it."""
        for run in _table()["types"].get(type_name, "").split():
            if run.partition(":")[0] == name and (match := _RUN.match(run.partition(":")[2])):
                return _number(match[3]), _number(match[4])
        return None

    def _at(self, runs: Iterable[str], place: str = "") -> Field | None:
        found = None
        said = _table()["values"].get(place)
        values = None if said is None else tuple(said.split("|"))
        for run in runs:
            match = _RUN.match(run)
            if match is None:
                continue
            first, last = _number(match[3]), _number(match[4])
            if self.minor is None or ((first or 0) <= self.minor <= (last or self.minor)):
                found = Field(match[1], bool(match[2]), values)
        return found


@cache
def of(minor: int | None) -> Shapes:
    """The shapes of one minor."""
    return Shapes(minor)


def groups() -> frozenset[str]:
    """The API groups of Kubernetes itself; the empty one is the core group."""
    return frozenset(group_of(key.partition(" ")[0]) for key in _table()["kinds"])


def group_of(api_version: str) -> str:
    """The group of an API version: `apps` of `apps/v1`, and nothing of `v1`."""
    return api_version.partition("/")[0] if "/" in api_version else ""


@cache
def _table() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return found


def _number(text: str | None) -> int | None:
    return int(text) if text else None


def _unstable(api_version: str) -> tuple[bool, str]:
    version = api_version.rpartition("/")[2]
    return ("alpha" in version or "beta" in version, api_version)
