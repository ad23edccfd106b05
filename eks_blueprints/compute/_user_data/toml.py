"""Writes TOML: tables, arrays of tables, and every value that settings can have."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.form import Form

_BARE = Form(r"[A-Za-z0-9_-]+")


def document(tree: Mapping[str, Any]) -> str:
    """Nested mappings as a document that reads back as the same.

    Raises:
        TypeError: if TOML has no such value.
    """
    return "\n".join(_table(tree, (), "")).lstrip("\n") + "\n"


def _table(tree: Mapping[str, Any], path: tuple[str, ...], head: str) -> Iterator[str]:
    # Below a table's head come its values; what has a head of its own must follow them all.
    inner = {key: value for key, value in tree.items() if isinstance(value, Mapping) or _is_tables(value)}
    values = [f"{_key(key)} = {_value(value)}" for key, value in tree.items() if key not in inner]
    if head and (values or not inner or head.startswith("[[")):
        yield head
    yield from values
    for key, value in inner.items():
        at = (*path, key)
        name = ".".join(map(_key, at))
        if isinstance(value, Mapping):
            yield from _table(value, at, f"[{name}]")
        else:
            for entry in value:
                yield from _table(entry, at, f"[[{name}]]")


def _is_tables(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(entry, Mapping) for entry in value)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)} = {_value(entry)}" for key, entry in value.items()) + "}"
    raise TypeError(f"TOML has no {type(value).__name__}")


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _text(value: str) -> str:
    # A basic string of TOML takes what a string of JSON takes, but for DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
