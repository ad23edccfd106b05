"""Elements of `compute` laid into a stack file that is there, with all that it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from eks_blueprints.core.document import Document, parse, read
from eks_blueprints.core.errors import InputError, Path, Problem, dotted
from eks_blueprints.lifecycle.importers import files
from eks_blueprints.lifecycle.importers.writing import Note, as_yaml


def with_compute(
    file: FilePath, name: str, elements: Mapping[str, Mapping[str, Any]], notes: Sequence[Note] = ()
) -> str:
    """The text of a stack file with further elements, or further pools in elements of the same kind, and comments.

    Raises:
        InputError: if it cannot be read, says something else at the same place, or is written so that nothing fits in.
    """
    document = read(file, name)
    there = document.data.get("compute") or {}
    new = {key: value for key, value in elements.items() if key not in there}
    mine = [each for each in notes if each.path[1] in new]
    text = files.added(file, name, {"compute": new}, mine) if new else file.read_text(encoding="utf-8-sig")
    for key, value in elements.items():
        if key in there:
            own = [replace(each, path=each.path[2:]) for each in notes if each.path[:2] == ("compute", key)]
            text = _filled(parse(text, name), text, ("compute", key), value, own)
    return text


def _filled(document: Document, text: str, at: Path, fields: Mapping[str, Any], notes: Sequence[Note]) -> str:
    """A text with further mappings in an element; one that is there and empty is replaced."""
    element = document.data["compute"][at[-1]]
    groups = {key: value for key, value in fields.items() if key != "kind"}
    wrong = None
    if not isinstance(element, dict) or element.get("kind", at[-1]) != fields["kind"]:
        wrong = f"is of another kind; got no {fields['kind']}; use --name"
    elif taken := next((key for key in groups if element.get(key)), None):
        wrong = f"has {taken} already; got entries; add the new ones by hand, or use --name"
    elif element and document.keys[*at, next(iter(element))].line == document.keys[at].line:
        wrong = "is written on one line; got { }; write each field on a line of its own"
    elif not element:
        wrong = "is empty; got nothing; write its kind on a line of its own"
    if wrong is not None:
        place = document.keys[at]
        raise InputError([Problem(at, wrong, document.file, place.line, place.column)])
    lines = text.splitlines()
    indent = document.keys[*at, next(iter(element))].column - 1
    gone = {document.keys[*at, key].line - 1 for key in groups if key in element}
    body = [f"{' ' * indent}{line}" if line else line for line in as_yaml(groups, notes).splitlines()]
    start = document.keys[*at, next(iter(element))].line
    kept = [line for index, line in enumerate(lines) if index not in gone]
    # Behind the first field of the element, mostly its kind, less what was taken out above.
    first = start - sum(1 for index in gone if index < start)
    result = "\n".join([*kept[:first], *body, *kept[first:]]) + "\n"
    wanted = {**element, **parse(as_yaml({"data": groups})).data["data"]}
    if parse(result, document.file).data["compute"][at[-1]] != wanted:
        raise InputError([Problem(at, f"cannot be added to as {dotted(at)} is written; use --name", document.file)])
    return result
