"""Whether what was read has the shapes that properties have: a state may come from anywhere."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from eks_blueprints.adoption.types import types
from eks_blueprints.core.errors import InputError, Problem, shown
from eks_blueprints.lifecycle.importers.found.model import CLUSTER, Holdings

_FILE = Path(__file__).with_name("shapes.toml")
_MOST = 10
"""As many faults are told."""


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@cache
def _shapes() -> Mapping[str, str]:
    """The shape of each property that has another one than a text, a number or a switch."""
    return {name: shape for shape, names in _table().items() if isinstance(names, list) for name in names}


def check_shapes(holdings: Holdings) -> None:
    """Refuse what no provider would have written.

    Raises:
        InputError: with what is wrong, by place and property.
    """
    found: list[Problem] = []
    for each in holdings.resources:
        if each.type not in types():
            continue
        for key, value in each.properties.items():
            shape = _table().get(each.type, {}).get(key)
            found += [_told(each.place, *fault, holdings.source) for fault in _faults(value, key, shape)]
        if each.type == CLUSTER and each.id is None:
            found.append(_told(each.place, "name", "a text", each.properties.get("name"), holdings.source))
    if found:
        raise InputError(found[:_MOST])


def _told(place: str, path: str, needed: str, got: Any, source: str) -> Problem:
    do = "write the state again with the tool that it is of"
    return Problem((), f"{place}: {path} needs {needed}; got {shown(got)}; {do}", source)


def _faults(value: Any, path: str, shape: str | None = None) -> Iterator[tuple[str, str, Any]]:
    """Each part that has another shape: path, what it needs, and what it is."""
    shape = shape or _shapes().get(path.rpartition(".")[2], "")
    if shape == "any":
        return
    if shape in ("texts", "blocks"):
        if not isinstance(value, list):
            yield path, "a list", value
        elif shape == "texts":
            yield from ((path, "texts", each) for each in value if not isinstance(each, str))
        else:
            for each in value:
                yield from _of_block(each, path)
    elif shape == "maps":
        if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in value.values()):
            yield path, "a mapping of texts", value
    elif shape == "block":
        yield from _of_block(value, path)
    elif shape == "numbers":
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield path, "a number", value
    elif not isinstance(value, str | int | float):
        yield path, "a text, a number or a switch", value


def _of_block(value: Any, path: str) -> Iterator[tuple[str, str, Any]]:
    if not isinstance(value, Mapping):
        yield path, "a mapping", value
        return
    for key, each in value.items():
        yield from _faults(each, f"{path}.{key}")
