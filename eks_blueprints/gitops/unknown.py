"""What in an object is secret, or known to AWS alone: neither can stand in a repository."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_SYMBOL = re.compile(r"\$\{([^{}]+)\}")
_FUNCTION = re.compile(r"get\w+\(")


@dataclass(frozen=True, slots=True)
class Open:
    """A part of an object that is not there to be written."""

    path: tuple[str | int, ...]
    symbol: str | None
    """The name of the value, such as `prod-cluster.endpoint`; None where it has none."""
    secret: bool = False


def open_parts(value: Any, names: Collection[str], path: tuple[str | int, ...] = ()) -> Iterator[Open]:
    """The parts of a value that are secret or not known; `names` are those of resources, by which symbols begin."""
    if isinstance(value, Mapping):
        if "$secret" in value or "$unknown" in value:
            sources = value.get("from") or ()
            named = ", ".join(map(str, sources)) or None
            yield Open(path, named, secret="$secret" in value)
            return
        for key, each in value.items():
            yield from open_parts(str(key), names, (*path, str(key)))
            yield from open_parts(each, names, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from open_parts(each, names, (*path, index))
    elif isinstance(value, str):
        for symbol in symbols(value, names):
            yield Open(path, symbol)


def symbols(text: str, names: Collection[str]) -> Iterator[str]:
    """The symbols in a text; `${...}` of scripts and templates are none."""
    for match in _SYMBOL.finditer(text):
        if _FUNCTION.match(match[1]) or any(match[1][: at.start()] in names for at in re.finditer(r"\.", match[1])):
            yield match[1]


def filled(value: Any, known: Mapping[str, Any]) -> Any:
    """A value with the symbols replaced whose values are known."""
    if not known:
        return value
    if isinstance(value, Mapping):
        return {filled(key, known): filled(each, known) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [filled(each, known) for each in value]
    if isinstance(value, str) and "${" in value:
        whole = _SYMBOL.fullmatch(value)
        if whole and whole[1] in known:
            return known[whole[1]]
        return _SYMBOL.sub(lambda match: str(known.get(match[1], match[0])), value)
    return value
