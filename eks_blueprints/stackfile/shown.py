"""A stack file with those that it extends as one text, each value beside the place where it is written."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.document import Document
from eks_blueprints.core.errors import Path, dotted
from eks_blueprints.core.overlays import is_source
from eks_blueprints.core.plain_secrets import MASK, called, hidden
from eks_blueprints.core.secret_objects import FIELDS, is_secret, masked_text
from eks_blueprints.core.yaml_text import needs_no_quotes

_WIDTH = 80
"""Lists that would be wider stand below their key, an entry a line."""

Line = tuple[str, str]
"""A line of YAML, and where its value is written; nothing for a line that only holds others."""


def lines(document: Document) -> Iterator[Line]:
    """The document as YAML. Secrets in plain text are masked; references to some are not."""
    yield from _mapping(without_secrets(document.data), (), "", document)


def origins(document: Document) -> dict[str, str]:
    """Where each value is written, by its path: `compute.system.max_size` to `stacks/prod.yaml:4:15`."""
    found = {}
    for path in _leaves(document.data, ()):
        if place := document.place(path):
            found[dotted(path)] = f"{place.file}:{place.line}:{place.column}"
    return found


def without_secrets(value: Any, name: str = "") -> Any:
    """A value of a stack file with a mark in the place of what is secret in it."""
    if isinstance(value, Mapping):
        if is_source(value):
            return value
        if name == "secrets":
            return {key: _without_data(item) for key, item in value.items()}
        fields = FIELDS if is_secret(value) else ()
        return {
            key: MASK if key in fields and item else without_secrets(item, called(value, key))
            for key, item in value.items()
        }
    if isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value):
        return [without_secrets(item, name) for item in value]
    value = masked_text(value) if isinstance(value, str) and "\n" in value else value
    return hidden(value, name, MASK)


def _without_data(value: Any) -> Any:
    """A Secret of a workload, what it holds in plain text masked whatever it is called."""
    if not (isinstance(value, Mapping) and isinstance(data := value.get("data"), Mapping)):
        return without_secrets(value)
    named = (type(None), Mapping)  # a reference, or a key that is removed
    plain = {key: without_secrets(item) if isinstance(item, named) else MASK for key, item in data.items()}
    return {**without_secrets(value), "data": plain}


def _mapping(value: Mapping[str, Any], path: Path, indent: str, document: Document) -> Iterator[Line]:
    for key, item in value.items():
        yield from _entry(f"{indent}{_text(key)}:", item, (*path, key), f"{indent}  ", document)


def _entry(start: str, item: Any, path: Path, indent: str, document: Document) -> Iterator[Line]:
    if isinstance(item, Mapping) and item and not is_source(item):
        yield start, ""
        yield from _mapping(item, path, indent, document)
    elif isinstance(item, list) and _is_nested(item):
        yield start, ""
        for index, each in enumerate(item):
            yield from _item(each, (*path, index), indent, document)
    elif isinstance(item, list) and len(item) > 1 and len(f"{start} {_flow(item)}") > _WIDTH:
        yield start, (place := _place(path, document))
        for index, each in enumerate(item):
            yield f"{indent}- {_flow(each)}", "" if (own := _place((*path, index), document)) == place else own
    elif isinstance(item, str) and _is_block(item):
        yield f"{start} {'|' if item.endswith(chr(10)) else '|-'}", _place(path, document)
        yield from ((f"{indent}{line}" if line else "", "") for line in item.removesuffix("\n").split("\n"))
    else:
        yield f"{start} {_flow(item)}", _place(path, document)


def _item(item: Any, path: Path, indent: str, document: Document) -> Iterator[Line]:
    """An entry of a list: its first line begins with the dash."""
    if isinstance(item, Mapping) and item and not is_source(item):
        first, *rest = _mapping(item, path, f"{indent}  ", document)
        yield f"{indent}- {first[0].removeprefix(indent + '  ')}", first[1]
        yield from rest
    else:
        yield f"{indent}- {_flow(item)}", _place(path, document)


def _is_nested(value: list[Any]) -> bool:
    return any(isinstance(each, dict | list) for each in value)


def _is_block(text: str) -> bool:
    """Whether a text of several lines reads the same as a block below its key."""
    parts = text.removesuffix("\n").split("\n")
    seen = all(line.isprintable() and (not line or line.strip()) for line in parts)
    return "\n" in text and seen and bool(parts[-1]) and text[:1].strip() != ""


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _text(text: str) -> str:
    if needs_no_quotes(text):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(each if each.isprintable() else f"\\U{ord(each):08x}" for each in quoted)


def _place(path: Path, document: Document) -> str:
    place = document.place(path)
    return f"{place.file}:{place.line}" if place else ""


def _leaves(value: Any, path: Path) -> Iterator[Path]:
    if isinstance(value, Mapping) and value and not is_source(value):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, list) and _is_nested(value):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index))
    else:
        yield path
