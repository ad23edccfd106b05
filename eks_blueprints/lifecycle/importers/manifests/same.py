"""Whether two objects are the same to an API server, and what makes one of the other."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from eks_blueprints.core.errors import Path
from eks_blueprints.core.spec import Reference
from eks_blueprints.workloads._drawing import named_by

_FILE = FilePath(__file__).with_name("defaults.toml")
_AMOUNTS = frozenset({"limits", "requests"})
"""Fields with quantities, which are texts even where they are written as numbers."""
ENGINE = "pulumi.com/"
"""How annotations begin that tell Pulumi how to make an object."""


class UnsayableError(Exception):
    """One object cannot be made of the other by merging."""


def differences(wanted: Any, made: Any, path: Path = ()) -> Iterator[Path]:
    """Where two values differ, but for what an API server fills in; `path` begins with the kind of the object."""
    if isinstance(wanted, Mapping) and isinstance(made, Mapping):
        for key in dict.fromkeys([*wanted, *made]):
            at = (*path, str(key))
            if key in wanted and key in made:
                yield from differences(wanted[key], made[key], at)
            elif not _means_nothing(wanted.get(key, made.get(key)), at):
                yield at
    elif isinstance(wanted, list | tuple) and isinstance(made, list | tuple):
        if len(wanted) != len(made):
            yield path
            return
        for index, (one, other) in enumerate(zip(wanted, made, strict=True)):
            yield from differences(one, other, (*path, index))
    elif not _equal(wanted, made, path):
        yield path


def patch(made: Mapping[str, Any], wanted: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """What has to be merged over one mapping, as `Drawing.patch` does, so that it is as good as the other.

    Raises:
        UnsayableError: if merging cannot do it.
    """
    found: dict[str, Any] = {}
    for key in dict.fromkeys([*made, *wanted]):
        at = (*path, str(key))
        if key not in wanted:
            if not _means_nothing(made[key], at):
                found[key] = None
        elif key not in made:
            if not _means_nothing(wanted[key], at):
                found[key] = _whole(wanted[key])
        elif any(differences(wanted[key], made[key], at)):
            found[key] = _mended(made[key], wanted[key], at)
    return found


def _mended(made: Any, wanted: Any, at: Path) -> Any:
    field = str(at[-1])
    if wanted is None:
        return None
    if isinstance(made, Mapping) and isinstance(wanted, Mapping):
        if not wanted:
            raise UnsayableError(at)
        return patch(made, wanted, at)
    if isinstance(made, list) and isinstance(wanted, list) and made and named_by(field, wanted):
        return _entries(made, wanted, at)
    return _whole(wanted)


def _entries(made: list[Any], wanted: list[Any], at: Path) -> list[Any]:
    """Entries that are merged by their names: those that are there have to come first, in their order."""
    name = named_by(str(at[-1]), wanted)
    if name is None or len(made) > len(wanted) or not named_by(str(at[-1]), made):
        raise UnsayableError(at)
    names = [tuple(each[key] for key in name) for each in wanted]
    if len(set(names)) != len(names):
        raise UnsayableError(at)
    found = []
    for index, each in enumerate(wanted):
        if index >= len(made):
            found.append(_whole(each))
        elif tuple(made[index][key] for key in name) != names[index]:
            raise UnsayableError(at)
        elif changes := patch(made[index], each, (*at, index)):
            found.append({**dict(zip(name, names[index], strict=True)), **changes})
    return found


def _whole(value: Any) -> Any:
    """A value as it is put in the place of another: null in it would remove."""
    if isinstance(value, Mapping):
        return {key: _whole(item) for key, item in value.items() if item is not None}
    return [_whole(item) for item in value] if isinstance(value, list) else value


def _equal(wanted: Any, made: Any, path: Path) -> bool:
    if isinstance(wanted, Reference) and isinstance(made, Reference):
        return str(wanted) == str(made)
    if type(wanted) is type(made):
        return bool(wanted == made)
    if isinstance(wanted, bool) or isinstance(made, bool):
        return False
    if isinstance(wanted, int | float) and isinstance(made, int | float):
        return wanted == made
    return bool(_AMOUNTS & {str(part) for part in path}) and str(wanted) == str(made)


def _means_nothing(value: Any, path: Path) -> bool:
    """Whether a field with this value is as good as one that is absent."""
    if value is None:
        return True
    steps = [str(part) for part in path if not isinstance(part, int)]
    if value in ({}, [], ()):
        return steps[-1] in _table()["empty"]
    if steps[-2:-1] == ["annotations"] and steps[-1].startswith(ENGINE):
        return True
    if isinstance(value, Mapping):
        return all(_means_nothing(item, (*path, str(key))) for key, item in value.items())
    if steps[-1] == "imagePullPolicy":
        return False
    # Containers of each sort, and probes of each sort, have the same defaults.
    steps = ["containers" if step.endswith("Containers") else step for step in steps]
    steps = ["Probe" if step.endswith("Probe") else step for step in steps]
    known: Mapping[str, Any] = _table()["values"]
    for start in range(len(steps)):
        default = known.get(".".join(steps[start:]))
        if default is not None and type(default) is type(value) and default == value:
            return True
    return False


@cache
def _table() -> Mapping[str, Any]:
    found = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {"values": found["values"], "empty": frozenset(found["empty"]["fields"])}
