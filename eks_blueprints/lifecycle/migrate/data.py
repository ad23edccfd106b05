"""Parts of a stack file's data, as migrations read and change them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from eks_blueprints.core.errors import InputError, Path, Problem
from eks_blueprints.lifecycle.migrate.model import Data


def kind_of(name: str, fields: Any) -> str:
    """The kind of an element: what it says, or its name."""
    said = fields.get("kind") if isinstance(fields, dict) else None
    return str(said or name)


def elements(data: Data, group: str, *kinds: str) -> dict[str, Data]:
    """The elements of some kinds in a group, by name; in their order."""
    found = data.get(group)
    if not isinstance(found, dict):
        return {}
    return {
        name: fields if isinstance(fields, dict) else {}
        for name, fields in found.items()
        if kind_of(name, fields) in kinds
    }


def inside(data: Data, *path: str) -> Data:
    """The mapping at a path, which is made where it is not there."""
    for key in path:
        found = data.get(key)
        if not isinstance(found, dict):
            found = data[key] = {}
        data = found
    return data


def parts(value: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every part of the data with its path."""
    yield at, value
    if isinstance(value, dict):
        for key, each in value.items():
            yield from parts(each, (*at, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from parts(each, (*at, index))


def slug(text: str, taken: Any) -> str:
    """A name for an element, as none of those that are taken."""
    base = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-") or "entry"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    return name


def nothing(path: Path, message: str) -> InputError:
    """Why a migration does not apply."""
    return InputError([Problem(path, message)])


def without(data: Data, group: str, *names: str) -> Data:
    """The data without some elements; a group that is empty then goes too."""
    for name in names:
        data[group].pop(name, None)
    if not data[group]:
        del data[group]
    return data
