"""Where an imported part goes: a stack file of its own, one that extends another, or one that is there."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from eks_blueprints.core.document import Document, parse, read
from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.core.files import put
from eks_blueprints.lifecycle.importers.writing import Note, as_yaml
from eks_blueprints.stackfile.extends import read_stack

_PLATFORM = """\
region: eu-west-1  # yours
cluster: {version: "1.35"}  # yours
compute:
  nodes: {kind: managed_nodes}  # yours
"""
_GROUPS = ("namespaces", "compute", "workloads", "addons")


def stack_text(data: Mapping[str, Any], about: str, extends: str | None = None, notes: Sequence[Note] = ()) -> str:
    """The text of a stack file with a part and its comments: on top of another file, or on a platform to be filled
    in."""
    head = f"extends: {extends}\n" if extends is not None else _PLATFORM
    blocks = [as_yaml({group: data[group]}, notes) for group in _GROUPS if group in data]
    return "\n".join([f"# {about}\n{head}", *blocks])


def platform_with_compute(elements: Mapping[str, Any], about: str, notes: Sequence[Note] = ()) -> str:
    """The text of a stack file with further compute and its comments, on a platform to be filled in."""
    auto = any(each.get("kind") == "auto_mode" for each in elements.values())
    cluster = 'cluster: {version: "1.35", auto_mode: {}}' if auto else 'cluster: {version: "1.35"}'
    nodes = "" if auto else "  nodes: {kind: managed_nodes}  # yours\n"
    block = as_yaml({"compute": dict(elements)}, notes).split("\n", 1)[1]
    return f"# {about}\nregion: eu-west-1  # yours\n{cluster}  # yours\ncompute:\n{nodes}{block}"


def addons_of(file: FilePath, problems_name: str) -> dict[str, Any]:
    """The add-ons of a stack file and of those that it extends.

    Raises:
        InputError: if it cannot be read.
    """
    found = read_stack(file, problems_name).data.get("addons")
    return dict(found) if isinstance(found, dict) else {}


def relative(base: FilePath, output: FilePath) -> str:
    """How a file names another that it extends."""
    return os.path.relpath(base.resolve(), output.resolve().parent)


def added(file: FilePath, name: str, data: Mapping[str, Any], notes: Sequence[Note] = ()) -> str:
    """The text of a stack file with a part and its comments added; all that stands there stays as it is, comments too.

    Raises:
        InputError: if it cannot be read, has entries of the same names, or is written so that nothing can be added.
    """
    document = read(file, name)
    problems = [each for group in _GROUPS if group in data for each in _clashes(document, group, data[group])]
    if problems:
        raise InputError(problems)
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    # From the end, so that the places of what comes before stay right.
    for group in sorted((each for each in _GROUPS if each in data), key=lambda each: -_line(document, each)):
        block = as_yaml({group: data[group]}, notes, apart=[(group,)]).splitlines()
        if group not in document.data:
            lines += ["", *block]
            continue
        entries = document.data[group] or {}
        first = next(iter(entries), None)
        indent = 2 if first is None else document.keys[group, first].column - 1
        at = _end(document, group, lines)
        lines[at:at] = [f"{' ' * (indent - 2)}{line}" if line else line for line in block[1:]]
    text = "\n".join(lines) + "\n"
    expected = {
        group: {**(document.data.get(group) or {}), **_plain(data[group])} for group in _GROUPS if group in data
    }
    if {group: parse(text, name).data.get(group) for group in expected} != expected:
        raise InputError(
            [Problem((), "cannot be added to as it is written; got other data; use -o and --extends", name)]
        )
    return text


def _clashes(document: Document, group: str, entries: Mapping[str, Any]) -> list[Problem]:
    found = []
    there = document.data.get(group)
    if there is not None and not isinstance(there, dict):
        return [_at(document, (group,), "needs a mapping; got something else; mend it")]
    if there and document.keys[group, next(iter(there))].line == document.keys[group,].line:
        return [_at(document, (group,), "is written on one line; got { }; write each entry on a line of its own")]
    if there == {}:
        return [_at(document, (group,), "is written as {}; got nothing in it; take the line out")]
    for key in entries:
        if there and key in there:
            found.append(_at(document, (group, key), f"is there already; got {key}; rename one of them, or use --name"))
    return found


def _at(document: Document, path: tuple[str, ...], message: str) -> Problem:
    place = document.place(path, of_key=True)
    return Problem(path, message).at(document.file, place.line if place else 1, place.column if place else 1)


def _line(document: Document, group: str) -> int:
    place = document.keys.get((group,))
    return place.line if place is not None else 0


def _end(document: Document, group: str, lines: list[str]) -> int:
    """The index of the line behind the last one of a group."""
    start = _line(document, group)
    later = [place.line for path, place in document.keys.items() if len(path) == 1 and place.line > start]
    end = min(later) - 1 if later else len(lines)
    while end > start and re.fullmatch(r"\s*(#.*)?", lines[end - 1]):
        end -= 1
    return end


def _plain(data: Any) -> Any:
    return parse(as_yaml({"data": data})).data["data"]


def write(texts: Mapping[FilePath, str], do: str = "name another") -> None:
    """Write new text files: all of them, or none where one is there.

    Args:
        texts: the text of each file.
        do: what to do instead where one is there.

    Raises:
        InputError: if one is there.
        OSError: if one cannot be written.
    """
    there = [path for path in texts if path.exists()]
    if there:
        kinds = {path: "a folder" if path.is_dir() else "a file of that name" for path in there}
        raise InputError(Problem((), f"is there already; got {kinds[path]}; {do}", str(path)) for path in there)
    for path, text in texts.items():
        put(path, text)


def write_or_add(path: FilePath, text: str, *, add: bool) -> None:
    """Write a new text file, or the text of one that something was added to.

    Raises:
        InputError: if it is there, and nothing is to be added to it.
        OSError: if it cannot be written.
    """
    if add:
        put(path, text)
    else:
        write({path: text}, "name another, or use --into to add to it")


def check_new(folder: FilePath) -> None:
    """Refuse a folder that is there.

    Raises:
        InputError: if it is.
    """
    if folder.exists():
        raise InputError([Problem((), f"is there already; got {folder.name}; name a new folder", str(folder))])


def write_secrets(folder: FilePath, values: Mapping[str, str]) -> None:
    """Write each value into a file of its own that only its owner reads, in a new folder.

    Raises:
        OSError: if it cannot be written.
    """
    folder.mkdir(parents=True, mode=0o700)
    for key, value in values.items():
        descriptor = os.open(folder / key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            # Pulumi takes one line break off the end of what it reads.
            stream.write(f"{value}\n")
