"""Which line of a stack file a resource comes from: that of the nearest part of the blueprint above it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from eks_blueprints.core.errors import Path
from eks_blueprints.recording.positions import Position

if TYPE_CHECKING:
    from pulumi import Resource

    from eks_blueprints.core.document import Document


_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

Where = Callable[[Path], Position | None]
"""The line of the field that a part of a resource's inputs comes from; None where it is that of the resource."""


class Sources:
    """The lines of one recording's resources, which are told from parent to child.

    A component may carry `spec_path`, where its spec stands in a stack file, and `origin`, that file with those that it
    extends; both hold for all that is below it, until another says otherwise. It may carry `parts`, the same for single
    children, whose inputs are then looked for under their own names. A resource may carry `field_of`, by which each
    part of its inputs comes from a field of that spec.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[Document | None, Position | None, Path]] = {}

    def note(self, resource: Resource, name: str, parent: Resource | None) -> tuple[Position | None, Where | None]:
        """The line of a resource that is being made, and those of its parts; None where no stack file is behind it."""
        document, position, above = self._known.get(id(parent), (None, None, ()))
        own: Any = getattr(resource, "origin", None)
        if own is not None:
            document, position = own, Position(own.file, 1)
        part = _part(name, parent)
        path = getattr(resource, "spec_path", ()) or part
        if document is not None and path and (place := document.place(path, of_key=True)):
            position = Position(place.file, place.line)
        self._known[id(resource)] = (document, position, path or above)
        field_of = getattr(resource, "field_of", None)
        if document is not None and field_of is not None and above:
            return position, partial(_where, document, above, field_of)
        if document is not None and part:
            return position, partial(_where, document, part, _spelled)
        return position, None


def _part(name: str, parent: Resource | None) -> Path:
    """Where the part stands that a child is made from; nothing where its parent does not say it."""
    parts: dict[str, Path] = getattr(parent, "parts", {})
    if not parts:
        return ()
    named = [each for each in parts if name == each or name.startswith(f"{each}-")]
    return parts[max(named, key=len)] if named else ()


def _spelled(path: Path) -> Path:
    """A path in inputs, in the spelling of fields."""
    return tuple(_CAPITAL.sub("_", each).lower() if isinstance(each, str) else each for each in path)


def _where(document: Document, above: Path, field_of: Callable[[Path], Path], path: Path) -> Position | None:
    field = field_of(path)
    place = document.place((*above, *field), of_key=True) if field else None
    return Position(place.file, place.line) if place is not None else None
