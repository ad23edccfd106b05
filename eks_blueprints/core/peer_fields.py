"""Every field of eksctl and terraform-aws-eks, and how a stack file says it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from eks_blueprints.core.errors import folded


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerField:
    """A field of another tool."""

    tool: str
    """The tool, such as eksctl."""
    of: tuple[str, ...]
    """Its modules or types that have the field."""
    places: tuple[str, ...]
    """Where their fields are in a stack file, such as `compute.managed_nodes`; the empty place is the file itself."""
    name: str
    """Their name of the field."""
    here: str
    """A field of the stack file, or of each place if it begins with a dot, or a text: what to write, or why not."""

    @property
    def is_field(self) -> bool:
        """Whether a field of ours says it, rather than a text."""
        return " " not in self.here

    @property
    def paths(self) -> tuple[str, ...]:
        """The fields of ours, in full."""
        if not self.is_field:
            return ()
        if not self.here.startswith("."):
            return (self.here,)
        return tuple(f"{place}{self.here}".strip(".") for place in self.places)


def meanings(word: str) -> list[PeerField]:
    """What a word of other tools means, in any spelling; the fields in all of their parts."""
    return list(_by_name().get(folded(word), ()))


def in_place(word: str, places: Iterable[str]) -> PeerField | None:
    """The same for the first of some places where the word means something."""
    found = meanings(word)
    return next((each for place in places for each in found if place in each.places), None)


@cache
def parts() -> tuple[tuple[PeerField, ...], ...]:
    """All fields, by the parts of the table."""
    return tuple(tuple(_of_part(part)) for part in _table()["part"])


def date() -> str:
    """The day of the table."""
    return str(_table()["as_of"])


def source() -> str:
    """Where the table comes from."""
    return str(_table()["source"])


def _of_part(part: dict[str, Any]) -> Iterable[PeerField]:
    same = {name: f".{_snake(name)}" for name in part.get("same", ())}
    for name, here in sorted((same | part["fields"]).items(), key=lambda item: item[0].lower()):
        yield PeerField(tool=part["tool"], of=tuple(part["of"]), places=tuple(part["places"]), name=name, here=here)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


@cache
def _by_name() -> dict[str, list[PeerField]]:
    found: dict[str, list[PeerField]] = {}
    for part in parts():
        for each in part:
            found.setdefault(folded(each.name), []).append(each)
    return found


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("peer_fields.toml").read_text(encoding="utf-8"))
