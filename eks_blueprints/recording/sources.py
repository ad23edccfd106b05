"""Which line of a stack file a resource comes from: that of the nearest part of the blueprint above it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eks_blueprints.recording.positions import Position

if TYPE_CHECKING:
    from pulumi import Resource

    from eks_blueprints.core.document import Document


class Sources:
    """The lines of one recording's resources, which are told from parent to child.

    A component may carry `spec_path`, where its spec stands in a stack file, and `origin`, that file with those that it
    extends; both hold for all that is below it, until another says otherwise.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[Document | None, Position | None]] = {}

    def note(self, resource: Resource, parent: Resource | None) -> Position | None:
        """The line of a resource that is being made; None where no stack file is behind it."""
        document, position = self._known.get(id(parent), (None, None))
        own: Any = getattr(resource, "origin", None)
        if own is not None:
            document, position = own, Position(own.file, 1)
        path = getattr(resource, "spec_path", ())
        if document is not None and path and (place := document.place(path, of_key=True)):
            position = Position(place.file, place.line)
        self._known[id(resource)] = (document, position)
        return position
