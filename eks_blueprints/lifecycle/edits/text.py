"""One part of a YAML text replaced, added or taken out: every other character of it stays."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node

from eks_blueprints.core.document import Document, Place
from eks_blueprints.core.errors import Path
from eks_blueprints.core.yaml_text import needs_no_quotes
from eks_blueprints.lifecycle.edits.changes import Change, inline
from eks_blueprints.lifecycle.importers.writing import as_yaml

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\']|\'\')*\'')
_COMMENT = re.compile(r"(?:^|\s)#.*$", re.MULTILINE)
_FIRST = "kind"
"""The key that stays the first one of an element."""


def is_json(text: str) -> bool:
    """Whether a text is JSON, which is YAML too and is still to be JSON after a change."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def replaced(text: str, document: Document, change: Change) -> str:
    """The text with another value at a path that it has."""
    place = document.values[change.path]
    start = _offset(text, place)
    old = _at(document.data, change.path)
    if isinstance(old, dict | list) or not isinstance(change.value, str) or is_json(text):
        return _replaced_whole(text, change)
    token = _token(text, start, place)
    quote = token[:1] if token[:1] in ("'", '"') else ""
    return text[:start] + scalar(change.value, quote) + text[start + len(token) :]


def _replaced_whole(text: str, change: Change) -> str:
    """A mapping or list in the place of a value, or a value in theirs; unchanged where a comment would be lost."""
    key, value = _nodes(text, change.path)
    start, end = key.end_mark.index, _end(text, value)
    start = text.index(":", start) + 1
    if _COMMENT.search(text[start:end]):
        return text
    return f"{text[:start]} {inline(change.value, as_json=is_json(text))}{text[end:]}"


def added(text: str, document: Document, change: Change, above: Path) -> str:
    """The text with a key below the part at `above`, which is there; what is missing between is made too."""
    key, *below = (str(part) for part in change.path[len(above) :])
    value = change.value
    for each in reversed(below):
        value = {each: value}
    as_json = is_json(text)
    entry = f"{inline(key, as_json=as_json)}: {inline(value, as_json=as_json)}"
    place = document.values[above]
    inside = _at(document.data, above)
    start = _offset(text, place)
    if inside is None and as_json:
        return _replaced_whole(text, Change(above, {key: value}))
    if inside is None:
        at = text.index(":", _offset(text, document.keys[above])) + 1
        return f"{text[:at]} {{{entry}}}{text[at:]}"
    if not isinstance(inside, dict):
        return text
    keys = list(inside)
    if text[start : start + 1] == "{":
        return _in_braces(text, document, above, keys, entry, start)
    if isinstance(change.value, dict) and above:
        return _block_at_the_end(text, above, {key: value}, document.keys[*above, keys[0]].column - 1)
    return _in_block(text, document, above, keys, entry, {key: value})


def taken_out(text: str, path: Path) -> str:
    """The text without a part: with the comments behind it, and those right above it that belong to it."""
    parent = _node(text, path[:-1])
    assert isinstance(parent, MappingNode)  # noqa: S101 - the path was found in the text
    key, value = _nodes(text, path)
    index = next(number for number, pair in enumerate(parent.value) if pair[0].start_mark.index == key.start_mark.index)
    if parent.flow_style:
        start, end = key.start_mark.index, _end(text, value)
        if index + 1 < len(parent.value):
            return text[:start] + text[parent.value[index + 1][0].start_mark.index :]
        if index:
            start = _end(text, parent.value[index - 1][1])
        return text[:start] + text[end:]
    lines = text.splitlines(keepends=True)
    first, last = key.start_mark.line, _last_line(text, key, value)
    indent = " " * key.start_mark.column
    while first and lines[first - 1].startswith(f"{indent}#"):
        first -= 1
    # A blank line on both sides would leave two.
    if first and not lines[first - 1].strip() and (last + 1 >= len(lines) or not lines[last + 1].strip()):
        first -= 1
    if len(parent.value) > 1:
        return "".join(lines[:first] + lines[last + 1 :])
    if len(path) == 1:
        return text
    # The mapping above has nothing left, and is written as {}.
    above, _ = _nodes(text, path[:-1])
    at = text.index(":", above.end_mark.index) + 1
    offset = sum(map(len, lines[:first]))
    return f"{text[:at]} {{}}{text[at:offset]}{''.join(lines[last + 1 :])}"


def scalar(value: Any, quote: str = "") -> str:
    """A single value as YAML; a text without quotes where every reader takes it for that text."""
    if not isinstance(value, str):
        return json.dumps(value)
    if '"' in value or "\\" in value or "\n" in value or "'" in value:
        return json.dumps(value, ensure_ascii=False)
    if quote:
        return f"{quote}{value}{quote}"
    plain = needs_no_quotes(value) and not re.fullmatch(r"[\d.]+", value)
    return value if plain else f'"{value}"'


def _token(text: str, start: int, place: Place) -> str:
    if place.text is not None:
        return place.text
    match = _TOKEN.match(text, start)
    return match[0] if match else ""


def _in_braces(  # noqa: PLR0917 - one place in a text
    text: str, document: Document, above: Path, keys: list[str], entry: str, start: int
) -> str:
    if not keys:
        return f"{text[: start + 1]}{entry}{text[start + 1 :]}"
    at = _offset(text, document.keys[*above, keys[0]])
    # Where the first key stands on a line of its own, so does the new one.
    apart = space if "\n" in (space := text[start + 1 : at]) and not space.strip() else " "
    if keys[0] == _FIRST:
        end = _end(text, _nodes(text, (*above, _FIRST))[1])
        return f"{text[:end]},{apart}{entry}{text[end:]}"
    return f"{text[:at]}{entry},{apart}{text[at:]}"


def _in_block(  # noqa: PLR0917 - one place in a text
    text: str, document: Document, above: Path, keys: list[str], entry: str, data: dict[str, Any]
) -> str:
    newline = _newline(text)
    if not above:
        (inside,) = data.values()
        apart = [tuple(data)] if isinstance(inside, dict) else []
        block = as_yaml(data, apart=apart).rstrip("\n").replace("\n", newline)
        return f"{text.rstrip()}{newline}{newline}{block}{newline}"
    place = document.keys[*above, keys[0]]
    indent = " " * (place.column - 1)
    # After `kind`, which says what the rest is about; else before everything.
    line = _last_line(text, *_nodes(text, (*above, _FIRST))) + 1 if keys[0] == _FIRST else place.line - 1
    lines = text.splitlines(keepends=True)
    lines.insert(line, f"{indent}{entry}{newline}")
    return "".join(lines)


def _block_at_the_end(text: str, above: Path, data: dict[str, Any], indent: int) -> str:
    """A mapping on lines of its own, behind the last part of the one above it."""
    parent = _node(text, above)
    assert isinstance(parent, MappingNode)  # noqa: S101 - it was found to be one
    lines = text.splitlines(keepends=True)
    last = _last_line(text, *parent.value[-1])
    newline = _newline(text)
    if not lines[last].endswith(newline):
        lines[last] += newline
    block = as_yaml(data).splitlines()
    lines[last + 1 : last + 1] = [f"{' ' * indent}{line}{newline}" if line else newline for line in block]
    return "".join(lines)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _node(text: str, path: Path) -> Node:
    _, found = _nodes(text, path)
    return found


def _nodes(text: str, path: Path) -> tuple[Node, Node]:
    """The nodes of a key and its value.

    Raises:
        KeyError: if a merge key (`<<`) brings the part, so that it does not stand there itself.
    """
    node = key = _root(text)
    for part in path:
        pairs = {each.value: (each, value) for each, value in node.value}
        key, node = pairs[str(part)]
    return key, node


@lru_cache(maxsize=8)
def _root(text: str) -> Node:
    found: Node = YAML(typ="rt", pure=True).compose(text)
    return found


def _end(text: str, value: Node) -> int:
    """Behind the last character of a value; a block ends where the next part begins, for the parser."""
    found: int = value.end_mark.index
    if getattr(value, "flow_style", None) is False:
        return _end(text, _last(value))
    return found


def _last(value: Node) -> Node:
    last = value.value[-1]
    found: Node = last[1] if isinstance(last, tuple) else last
    return found


def _last_line(text: str, key: Node, value: Node) -> int:
    """The index of the last line of a part."""
    end = max(_end(text, value), key.end_mark.index)
    while text[end - 1 : end] in ("\n", "\r", " "):
        end -= 1
    return text.count("\n", 0, end)


def _offset(text: str, place: Place) -> int:
    lines = text.splitlines(keepends=True)
    return sum(len(line) for line in lines[: place.line - 1]) + place.column - 1


def _at(data: Any, path: Path) -> Any:
    for key in path:
        data = data[key]
    return data
