"""Comments of objects, at the fields of the stack file that their parts become."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from eks_blueprints.core import secret_text
from eks_blueprints.core.errors import Path
from eks_blueprints.lifecycle.importers.writing import Note, Side

if TYPE_CHECKING:
    from eks_blueprints.lifecycle.importers.manifests.comments import About
    from eks_blueprints.lifecycle.importers.manifests.original import Original
    from eks_blueprints.lifecycle.importers.manifests.part import Part
    from eks_blueprints.workloads._drawing import Drawing

_WHOLE: tuple[Path, ...] = (
    (),
    ("apiVersion",),
    ("kind",),
    ("metadata",),
    ("metadata", "name"),
    ("metadata", "namespace"),
    ("spec",),
    ("data",),
)
"""Parts that every object of a kind has: what is said of them is said of the object."""


def carry(part: Part) -> None:
    """Put the comments of the objects of a part where they belong in it; what has no place is noted as left out."""
    for found, at in _places(part):
        for each in found.comments:
            field, side = at(each)
            path = None if _is_secret(found, each) else _existing(part.data, field)
            if path is None:
                part.uncarried.setdefault(found.file, []).append(each.comment.line)
            else:
                part.notes.append(Note(path, each.comment.text, side))
    for lines in part.uncarried.values():
        lines.sort()


def _is_secret(found: Original, each: About) -> bool:
    """Whether a comment may hold a secret; in a Secret, each may."""
    said = each.comment.text.lstrip("# ")
    return found.kind == "Secret" or secret_text.shaped(said) or any(secret_text.inside(said))


_At = Callable[["About"], tuple[Path, Side]]


def _places(part: Part) -> Iterator[tuple[Original, _At]]:
    """Each object with comments, and what gives the place in the stack file for one of its comments."""
    with_some = {id(each) for each in part.originals if each.comments}
    for built in part.workloads:
        if any(id(each) in with_some for each in built.made):
            top: Path = ("workloads", built.name)
            yield from ((found, _in_workload(found, drawing, top)) for found, drawing in built.drawn())
    for found, _ in part.manifests:
        yield found, _below(("addons", part.name, "manifests", part.keys[id(found)]))
    for found in part.namespaces:
        yield found, _in_namespace(found.name)


def _in_workload(found: Original, drawing: Drawing, top: Path) -> _At:
    def at(about: About) -> tuple[Path, Side]:
        path, side = about.path, about.side
        field = drawing.source if path in _WHOLE else drawing.field_of(path)
        if path in _WHOLE or field != drawing.source:
            return (*top, *field), side
        # Of a mapping or list that no field is for, the field of the first that it holds.
        for leaf in _leaves(found.manifest, path):
            if (inner := drawing.field_of(leaf)) != drawing.source:
                return (*top, *_outermost(inner, leaf[len(path) :])), "above" if side == "behind" else side
        return (*top, *field), side

    return at


def _outermost(field: Path, rest: Path) -> Path:
    """A field without the keys that it shares with the object, but for the first of them."""
    while len(field) > 1 and len(rest) > 1 and field[-1] == rest[-1]:
        field, rest = field[:-1], rest[:-1]
    return field


def _below(top: Path) -> _At:
    return lambda about: (top if about.path in _WHOLE[:3] else (*top, *about.path), about.side)


def _in_namespace(name: str) -> _At:
    return lambda about: (("namespaces", name, *about.path[1:]), about.side)


def _leaves(value: Any, path: Path) -> Iterator[Path]:
    inside = value
    for step in path:
        inside = _child(inside, step)
    entries = inside.items() if isinstance(inside, Mapping) else enumerate(inside) if isinstance(inside, list) else ()
    for key, item in entries:
        if isinstance(item, Mapping | list) and item:
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key)


def _child(value: Any, key: str | int) -> Any:
    if isinstance(value, Mapping):
        return value.get(key)
    return value[key] if isinstance(value, list) and isinstance(key, int) and key < len(value) else None


def _existing(data: Mapping[str, Any], path: Path) -> Path | None:
    """The part of a stack file at a path, or the nearest around it; None where there is not even the element."""
    inside: Any = data
    for length, key in enumerate(path):
        there = isinstance(inside, Mapping) and key in inside
        if not there and not (isinstance(inside, list) and isinstance(key, int) and key < len(inside)):
            return path[:length] if length >= 2 else None
        inside = inside[key]
    return path
