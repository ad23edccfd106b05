"""YAML as files of engines are written: the same on every machine, with scripts as blocks that can be read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eks_blueprints.core.yaml_text import needs_no_quotes


class Noted(str):
    """A text with a comment behind it."""

    note: str

    def __new__(cls, text: str, note: str) -> Noted:
        """Write a text and its comment."""
        made = super().__new__(cls, text)
        made.note = note
        return made


def text(data: Mapping[str, Any], head: Sequence[str] = (), *, spaced: bool = True) -> str:
    """A document; `head` are lines of comment before it, and `spaced` puts empty lines between its parts."""
    parts = [*(f"# {line}".rstrip() for line in head)]
    for key, value in data.items():
        if spaced and parts and not isinstance(value, str | int | bool):
            parts.append("")
        parts += _entry(key, value, 0)
    return "\n".join(parts) + "\n"


def _entry(key: str, value: Any, depth: int) -> Iterator[str]:
    begin = f"{'  ' * depth}{_scalar(key)}:"
    yield from _value(begin, value, depth)


def _value(begin: str, value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, Mapping):
        if not value:
            yield f"{begin} {{}}"
            return
        yield begin
        for key, item in value.items():
            yield from _entry(key, item, depth + 1)
    elif isinstance(value, list | tuple):
        if all(isinstance(item, str | int | bool) and "\n" not in str(item) for item in value):
            line = f"{begin} [{', '.join(_scalar(item, flow=True) for item in value)}]"
            if len(line) <= 120 or not value:
                yield line
                return
        yield begin
        for item in value:
            yield from _item(item, depth + 1)
    elif isinstance(value, str) and "\n" in value:
        yield f"{begin} |{'' if value.endswith(chr(10)) else '-'}"
        for line in value.removesuffix("\n").split("\n"):
            yield f"{'  ' * (depth + 1)}{line}".rstrip() if not line.strip() else f"{'  ' * (depth + 1)}{line}"
    else:
        yield f"{begin} {_scalar(value)}{f'  # {value.note}' if isinstance(value, Noted) else ''}"


def _item(item: Any, depth: int) -> Iterator[str]:
    dash = f"{'  ' * depth}- "
    if isinstance(item, Mapping) and item:
        lines = [line for key, value in item.items() for line in _entry(key, value, depth + 1)]
        yield dash + lines[0].lstrip()
        yield from lines[1:]
    else:
        yield from _value(dash.rstrip(), item, depth)


def _scalar(value: Any, *, flow: bool = False) -> str:
    if isinstance(value, bool) or not isinstance(value, str):
        return json.dumps(value)
    if needs_no_quotes(value) and not (flow and ":" in value):
        return str(value)
    return json.dumps(value, ensure_ascii=False)
