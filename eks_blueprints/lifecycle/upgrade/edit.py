"""One value of a stack file changed or added as text: every other character of it stays, comments and layout too.

The value is changed in the file in which it stands: the stack file, or one that it extends. What came out is read
again, and has to be what was meant: a value that an anchor shares with others is refused rather than changed for all of
them.
"""

from __future__ import annotations

import copy
import os
import re
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from eks_blueprints.core.document import Document, Place, parse
from eks_blueprints.core.errors import InputError, Path, Problem, dotted
from eks_blueprints.core.yaml_text import needs_no_quotes
from eks_blueprints.stackfile.extends import extended

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\']|\'\')*\'')
_FIRST = "kind"
"""The key that stays the first one of an element."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value to be written."""

    path: Path
    value: str

    def __str__(self) -> str:
        return f'{dotted(self.path)}: "{self.value}"'


class Files:
    """The files of a stack: its stack file, and those that it extends, the nearest first."""

    def __init__(self, stack_file: FilePath) -> None:
        there = [stack_file, *(FilePath(os.path.relpath(each)) for each in extended(stack_file))]
        self.before = {file: _text(file) for file in there}
        self.texts = dict(self.before)

    def apply(self, change: Change) -> bool:
        """Write a change into the texts; False where the file says so already.

        Raises:
            InputError: if the file is written so that it cannot be changed without changing something else too.
        """
        documents = {file: parse(text, str(file)) for file, text in self.texts.items()}
        for file, document in documents.items():
            if change.path in document.values:
                if _at(document.data, change.path) == change.value:
                    return False
                self._put(file, document, change, _replaced(self.texts[file], document, change))
                return True
        for length in range(len(change.path) - 1, -1, -1):
            above = change.path[:length]
            for file, document in documents.items():
                if above in document.values:
                    self._put(file, document, change, _added(self.texts[file], document, change, above))
                    return True
        raise AssertionError("every document has a root")

    def changed(self) -> dict[FilePath, str]:
        """The new texts of the files that changed."""
        return {file: text for file, text in self.texts.items() if text != self.before[file]}

    def _put(self, file: FilePath, document: Document, change: Change, text: str) -> None:
        expected = copy.deepcopy(document.data)
        _set(expected, change.path, change.value)
        try:
            found = parse(text, str(file)).data
        except InputError:
            found = None
        if found != expected:
            place = document.place(change.path)
            message = "cannot be changed alone as it is written; got an anchor, an alias or a layout of its own"
            do = f"write {change} by hand"
            raise InputError([Problem(change.path, f"{message}; {do}", str(file), place.line if place else 1)])
        self.texts[file] = text


def _text(file: FilePath) -> str:
    # Line breaks stay as they are: Path.read_text would make \n of \r\n.
    return file.read_bytes().decode("utf-8-sig")


def _replaced(text: str, document: Document, change: Change) -> str:
    place = document.values[change.path]
    start = _offset(text, place)
    token = _token(text, start, place)
    quote = token[:1] if token[:1] in ("'", '"') else ""
    return text[:start] + _written(change.value, quote) + text[start + len(token) :]


def _token(text: str, start: int, place: Place) -> str:
    if place.text is not None:
        return place.text
    match = _TOKEN.match(text, start)
    return match[0] if match else ""


def _added(text: str, document: Document, change: Change, above: Path) -> str:
    """The text with a key below the part at `above`, which is there; what is missing between is made on one line."""
    key, *below = change.path[len(above) :]
    value = _written(change.value, "")
    for each in reversed(below):
        value = f"{{{each}: {value}}}"
    entry = f"{key}: {value}"
    place = document.values[above]
    inside = _at(document.data, above)
    start = _offset(text, place)
    if inside is None:
        at = text.index(":", _offset(text, document.keys[above])) + 1
        return f"{text[:at]} {{{entry}}}{text[at:]}"
    if not isinstance(inside, dict):
        return text
    keys = list(inside)
    if text[start : start + 1] == "{":
        return _in_braces(text, document, above, keys, entry, start)
    return _in_block(text, document, above, keys, entry)


def _in_braces(  # noqa: PLR0917 - one place in a text
    text: str, document: Document, above: Path, keys: list[str], entry: str, start: int
) -> str:
    if not keys:
        return f"{text[: start + 1]}{entry}{text[start + 1 :]}"
    if keys[0] == _FIRST:
        place = document.values[*above, _FIRST]
        end = _offset(text, place)
        end += len(_token(text, end, place))
        return f"{text[:end]}, {entry}{text[end:]}"
    at = _offset(text, document.keys[*above, keys[0]])
    return f"{text[:at]}{entry}, {text[at:]}"


def _in_block(text: str, document: Document, above: Path, keys: list[str], entry: str) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    if not above:
        start = entry.index(": ") + 2
        block = f"{entry[: start - 1]}{newline}  {entry[start + 1 : -1]}" if entry[start] == "{" else entry
        return f"{text.rstrip()}{newline}{newline}{block}{newline}"
    place = document.keys[*above, keys[0]]
    indent = " " * (place.column - 1)
    # After `kind`, which says what the rest is about; else before everything.
    line = place.line if keys[0] == _FIRST else place.line - 1
    lines = text.splitlines(keepends=True)
    lines.insert(line, f"{indent}{entry}{newline}")
    return "".join(lines)


def _written(value: str, quote: str) -> str:
    if quote:
        return f"{quote}{value}{quote}"
    plain = needs_no_quotes(value) and not re.fullmatch(r"[\d.]+", value)
    return value if plain else f'"{value}"'


def _offset(text: str, place: Place) -> int:
    lines = text.splitlines(keepends=True)
    return sum(len(line) for line in lines[: place.line - 1]) + place.column - 1


def _at(data: Any, path: Path) -> Any:
    for key in path:
        data = data[key]
    return data


def _set(data: Any, path: Path, value: str) -> None:
    for key in path[:-1]:
        if data.get(key) is None:
            data[key] = {}
        data = data[key]
    data[path[-1]] = value
