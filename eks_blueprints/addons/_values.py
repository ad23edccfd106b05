"""Settings of add-ons: nested JSON from several sources, put together."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.spec import is_output

Path = tuple[str | int, ...]


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Both, mapping by mapping; where both say something else, `above` wins. Lists are replaced as a whole."""
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        result[key] = merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return result


def clashes(typed: Mapping[str, Any], raw: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Where two sources say different things: path, and what each says."""
    for key in typed.keys() & raw.keys():
        one, other = typed[key], raw[key]
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            for path, a, b in clashes(one, other):
                yield (key, *path), a, b
        elif one is not other and one != other:
            yield (key,), one, other


def unfit(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every part of a value that JSON cannot carry: where, and what is wrong with it."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                yield (*path, str(key)), f"needs text as its key; got {shown(key)}; quote it"
            else:
                yield from unfit(item, (*path, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from unfit(item, (*path, index))
    elif isinstance(value, float) and not math.isfinite(value):
        yield path, f"is no number that JSON knows; got {value}; write a finite one"
    elif not (value is None or isinstance(value, str | int | float | bool) or is_output(value)):
        yield path, f"is no JSON value; got {shown(str(value))} ({type(value).__name__}); quote it"


def json_values(values: dict[str, Any]) -> dict[str, Any]:
    """Settings that JSON can carry.

    Raises:
        ValidationError: naming every part that it cannot.
    """
    faults = Faults()
    for path, message in unfit(values):
        faults.add(path, message)
    faults.raise_if_any()
    return values


JsonValues = Annotated[dict[str, Any], AfterValidator(json_values)]
"""Settings of an add-on in its own schema, with Outputs for leaves at most."""
