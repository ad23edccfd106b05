"""Objects that an API server takes, and what becomes of each by one change at one place."""

from __future__ import annotations

import copy
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from eks_blueprints.core.errors import dotted

OBJECTS = Path(__file__).with_name("objects.yaml")
VERDICTS = Path(__file__).with_name("verdicts.json")
"""What a server said to each object and change, by kind: nothing where it took it."""
_KEPT = 6
"""One of how many changes is kept for the suite that has no server."""
Object = dict[str, Any]


def objects() -> dict[str, Object]:
    """The objects as they are right, by their kinds."""
    return {each["kind"]: each for each in YAML(typ="safe").load_all(OBJECTS)}


def changed(base: Object) -> Iterator[tuple[str, Object]]:
    """Every change, by what it is: `spec.replicas = "x"`."""
    for path, value in list(_places(base)):
        for said, change in _changes(value):
            other = copy.deepcopy(base)
            at: Any = other
            for key in path[:-1]:
                at = at[key]
            change(at, path[-1])
            yield f"{dotted(path)} {said}", other


def kept(kind: str, said: str) -> bool:
    """Whether a change is one of those whose verdict is written down."""
    return zlib.crc32(f"{kind} {said}".encode()) % _KEPT == 0


def _places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    entries = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, item in entries:
        if (*path, key) not in (("apiVersion",), ("kind",)):
            yield (*path, key), item
            yield from _places(item, (*path, key))


def _changes(value: Any) -> Iterator[tuple[str, Callable[[Any, Any], None]]]:
    yield "removed", lambda at, key: at.pop(key)
    yield "misspelt", _misspelt
    if isinstance(value, list) and value:
        yield "first twice", lambda at, key: at[key].append(copy.deepcopy(at[key][0]))
    for other in _others(value):
        shown = json.dumps(other)
        yield f"= {shown if len(shown) < 40 else 'long text'}", lambda at, key, other=other: _set(at, key, other)


def _others(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return ["yes", 1, None]
    if isinstance(value, int):
        return ["x", -1, 0, 2**40, 1.5, True, {}]
    if isinstance(value, str):
        return [7, True, "", "Wrong Value", "x" * 300, [], {}]
    return ["x", 7, [] if isinstance(value, Mapping) else {}, {} if isinstance(value, Mapping) else [], None]


def _set(at: Any, key: Any, value: Any) -> None:
    at[key] = value


def _misspelt(at: Any, key: Any) -> None:
    if isinstance(key, str):
        at[f"{key}x"] = at.pop(key)
    else:
        at[key] = {"x": at[key]}
