"""`extends: base.yaml`: the stack file that a chain of files makes, each laid over the one that it extends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path as FilePath
from stat import S_ISREG
from typing import Any

from eks_blueprints.blueprint.core_addons import CORE_ADDONS
from eks_blueprints.core.document import Document, read, text_at_top
from eks_blueprints.core.elements import GROUPS
from eks_blueprints.core.errors import InputError, Path, Problem, nearest, shown
from eks_blueprints.core.overlays import is_empty, overlaid

KEY = "extends"
_DEEPEST = 10
"""So many files may extend each other; a longer chain is hardly meant."""
_DO = "write the path of one file from this file's folder, such as base.yaml"


def read_stack(path: FilePath, name: str | None = None, problems: list[Problem] | None = None) -> Document:
    """What a stack file says together with the files that it extends.

    Args:
        path: The file.
        name: What messages call it.
        problems: Where to put what is not clear about what a file makes of the one that it extends, instead of raising
            it. The rest of the file can then be checked too: such a part is as if the file did not have it.

    Raises:
        InputError: if a file of the chain cannot be read, the chain leads in a circle or is too long, or it is not
            clear what a file makes of the one that it extends.
    """
    merged, *uppers = reversed(_chain(path, name or str(path)))
    found: list[Problem] = []
    for upper in uppers:
        merged = overlaid(merged, upper, _stays, found)
    nothing = _removals(merged)
    found += nothing
    if problems is None and found:
        raise InputError(found)
    if problems is not None:
        problems += found
        for group, element in (problem.path for problem in nothing):
            del merged.data[str(group)][element]
    return merged


def extended(path: FilePath) -> Iterator[FilePath]:
    """The files that a stack file extends, with their real paths and as far as they can be read, the nearest first."""
    known: set[FilePath] = set()
    while (path := _named_in(path)) is not None and path not in known:  # type: ignore[assignment]
        known.add(path)
        yield path


def _named_in(path: FilePath) -> FilePath | None:
    try:
        about = path.stat()
        # A pipe would be waited for, and what is read from it be gone.
        text = _text_at_top(path, about.st_mtime_ns) if S_ISREG(about.st_mode) else None
        return FilePath(os.path.realpath(path.parent / text)) if text else None
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=1024)
def _text_at_top(path: FilePath, _changed: int) -> str | None:
    return text_at_top(path.read_text(encoding="utf-8-sig"), KEY)


def _chain(path: FilePath, name: str) -> list[Document]:
    """The file and those that it extends, the nearest first, each without that key."""
    found = [read(path, name)]
    known = {os.path.realpath(path): name}
    while KEY in found[-1].data:
        above = found[-1]
        text = _path_in(above)
        path, name = path.parent / text, os.path.normpath(os.path.join(os.path.dirname(name), text))
        real = os.path.realpath(path)
        if real in known:
            circle = " -> ".join([*list(known.values())[list(known).index(real) :], name])
            raise _error(above, f"extends itself; got {circle}; remove one of them")
        if len(found) == _DEEPEST:
            raise _error(above, f"makes a chain of more than {_DEEPEST} files; got {name} as well; merge some of them")
        known[real] = name
        found.append(_lower(path, name, above))
    return [_without(document) for document in found]


def _lower(path: FilePath, name: str, above: Document) -> Document:
    """The file that another extends; that it cannot be read is told where it is named."""
    try:
        return read(path, name)
    except InputError as error:
        problem = error.problems[0]
        if problem.line is not None:
            raise
        raise _error(above, f"names {name}, which {problem.message}") from None
    except (OSError, ValueError) as error:  # a name that no file can have
        what = getattr(error, "strerror", None) or "a name that no file can have"
        raise _error(above, f"names a file that cannot be read; got {what}; {_DO}") from None


def _path_in(document: Document) -> str:
    text = document.data[KEY]
    if isinstance(text, list):
        raise _error(document, f"needs one file; got {shown(text)}; each file can extend the next, in a chain")
    if not isinstance(text, str) or not text.strip() or not text.isprintable():
        raise _error(document, f"needs a path; got {shown(text)}; {_DO}")
    if os.path.isabs(text) or FilePath(text).drive:
        raise _error(document, f"needs a relative path, which is the same on every machine; got {shown(text)}; {_DO}")
    return text


def _without(document: Document) -> Document:
    data = {key: value for key, value in document.data.items() if key != KEY}
    return Document(document.file, data, document.keys, document.values)


def _stays(path: Path) -> bool:
    return len(path) == 2 and path[0] == "addons" and path[1] in CORE_ADDONS


def _removals(document: Document) -> list[Problem]:
    """What is null among elements: the word removes, and nothing after the colon may be meant as the defaults."""
    found: list[Problem] = []
    for group in GROUPS:
        entries = document.data.get(group)
        for name, value in entries.items() if isinstance(entries, dict) else ():
            if value is None and (message := _doubt(document, entries, (group, name))):
                place = document.keys[group, name]
                found.append(Problem((group, name), message, place.file, place.line, place.column))
    return found


def _doubt(document: Document, entries: dict[str, Any], path: Path) -> str | None:
    name = str(path[-1])
    if _stays(path):
        do = f"write {name}: {{}} for its defaults, or {name}: null to leave it out"
        return (
            f"is empty, and on every cluster unless it is left out; got nothing; {do}"
            if is_empty(document, path)
            else None
        )
    if is_empty(document, path):
        return None
    others = [
        *(key for key, value in entries.items() if value is not None),
        *(CORE_ADDONS if path[0] == "addons" else ()),
    ]
    near = nearest(name, others)
    do = f"did you mean {near}?" if near else f"write {name}: {{}} for its defaults, or remove the line"
    return f"removes nothing: no file beneath this one has it; got null; {do}"


def _error(document: Document, message: str) -> InputError:
    place = document.values[KEY,]
    return InputError([Problem((KEY,), message, document.file, place.line, place.column)])
