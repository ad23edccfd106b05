"""Settings of add-ons: nested JSON from several sources, put together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


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
