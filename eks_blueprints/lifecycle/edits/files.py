"""The files of a stack, changed part by part as text: every other character stays, comments and layout too.

A part is changed in the file in which it stands: the stack file, or one that it extends. What came out is read again,
and has to be what was meant: a value that an anchor shares with others is refused rather than changed for all of them.
"""

from __future__ import annotations

import copy
import difflib
import os
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from pathlib import Path as FilePath
from typing import Any

from eks_blueprints.core import plain_secrets, versions
from eks_blueprints.core.document import Document, parse
from eks_blueprints.core.errors import InputError, Path, Problem
from eks_blueprints.core.files import put
from eks_blueprints.core.secret_text import masked
from eks_blueprints.lifecycle.edits import text as edited
from eks_blueprints.lifecycle.edits.changes import GONE, Change
from eks_blueprints.stackfile.extends import extended
from eks_blueprints.stackfile.find import stacks_of
from eks_blueprints.stackfile.load import open_stack

_parsed = lru_cache(maxsize=16)(parse)
"""A text is looked at many times between two changes; nothing changes what was read."""


class Files:
    """The files of a stack: its stack file, and those that it extends, the nearest first."""

    def __init__(self, stack_file: FilePath) -> None:
        there = [stack_file, *(FilePath(os.path.relpath(each)) for each in extended(stack_file))]
        self.before = {file: _text(file) for file in there}
        self.texts = dict(self.before)

    def apply(self, change: Change) -> bool:
        """Write a change into the texts; False where the files say so already.

        Raises:
            InputError: if a file is written so that it cannot be changed without changing something else too.
        """
        documents = {file: _parsed(text, str(file)) for file, text in self.texts.items()}
        if change.value is GONE:
            having = [file for file, document in documents.items() if change.path in document.values]
            for file in having:
                self._put(file, documents[file], change, lambda text, _: edited.taken_out(text, change.path))
            return bool(having)
        for file, document in documents.items():
            if change.path in document.values:
                if _same(_at(document.data, change.path), change.value):
                    return False
                self._put(file, document, change, lambda text, found: edited.replaced(text, found, change))
                return True
        for length in range(len(change.path) - 1, -1, -1):
            above = change.path[:length]
            for file, document in documents.items():
                if above in document.values:
                    add = partial(edited.added, change=change, above=above)
                    self._put(file, document, change, add)
                    return True
        raise AssertionError("every document has a root")

    def changed(self) -> dict[FilePath, str]:
        """The new texts of the files that changed."""
        return {file: text for file, text in self.texts.items() if text != self.before[file]}

    def diff(self) -> str:
        """What changed, as a unified diff for people: a secret that a file has in plain text is not in it."""
        pairs = {file: (self.before[file], text) for file, text in self.changed().items()}
        return "".join(unified(file, *map(without_secrets, each)) for file, each in pairs.items())

    def rest(self) -> Files:
        """The same files as they are now, before further changes."""
        later = copy.copy(self)
        later.before, later.texts = dict(self.texts), dict(self.texts)
        return later

    def _put(self, file: FilePath, document: Document, change: Change, edit: Callable[[str, Document], str]) -> None:
        expected = copy.deepcopy(document.data)
        _set(expected, change.path, change.value)
        try:
            text = edit(self.texts[file], document)
            found = _parsed(text, str(file)).data
        except (InputError, KeyError):  # KeyError: a merge key brings the part
            text, found = "", None
        if found != expected or (edited.is_json(self.texts[file]) and not edited.is_json(text)):
            place = document.place(change.path)
            message = "cannot be changed alone as it is written; got an anchor, an alias, a comment inside of it or a "
            do = f"write {change} by hand"
            problem = f"{message}layout of its own; {do}"
            raise InputError([Problem(change.path, problem, str(file), place.line if place else 1)])
        self.texts[file] = text


def without_secrets(text: str) -> str:
    """The text of a stack file as it may be shown."""
    data = _parsed(text, "").data
    for path in plain_secrets.found(data):
        value = str(_at(data, path)).strip()
        if "\n" not in value:
            text = text.replace(value, plain_secrets.MASK)
    lines = masked(text, plain_secrets.MASK).splitlines(keepends=True)
    return "".join(plain_secrets.hidden_line(line.rstrip("\r\n")) + line[len(line.rstrip("\r\n")) :] for line in lines)


def unified(file: FilePath, before: str, after: str) -> str:
    """A unified diff of one file."""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True),
        after.splitlines(keepends=True),
        f"a/{file.as_posix()}",
        f"b/{file.as_posix()}",
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def others(stack_file: FilePath, changed: Mapping[FilePath, str]) -> Iterator[str]:
    """Other stacks that a changed file is part of."""
    found = {
        each.resolve(): each for file in changed if file.resolve() != stack_file.resolve() for each in stacks_of(file)
    }
    yield from sorted(str(each) for real, each in found.items() if real != stack_file.resolve())


def write(stack_file: FilePath, files: Mapping[FilePath, str]) -> None:
    """Write the files; where the platform is no longer valid then, nothing is changed.

    Raises:
        InputError: with what would be invalid.
    """
    before = {file: file.read_bytes() for file in files}
    try:
        for file, text in files.items():
            bom = "\ufeff" if before[file].startswith(b"\xef\xbb\xbf") else ""
            real = file.resolve()
            put(real, bom + text, mode=real.stat().st_mode & 0o777)
        with versions.what_stands():
            open_stack(stack_file, str(stack_file))
    except BaseException:
        for file, content in before.items():
            file.write_bytes(content)
        raise


def _text(file: FilePath) -> str:
    # Line breaks stay as they are: Path.read_text would make \n of \r\n.
    return file.read_bytes().decode("utf-8-sig")


def _same(found: Any, value: Any) -> bool:
    return bool(found == value) and isinstance(found, bool) == isinstance(value, bool)


def _at(data: Any, path: Path) -> Any:
    for key in path:
        data = data[key]
    return data


def _set(data: Any, path: Path, value: Any) -> None:
    for key in path[:-1]:
        if data.get(key) is None:
            data[key] = {}
        data = data[key]
    if value is GONE:
        del data[path[-1]]
    else:
        data[path[-1]] = value
