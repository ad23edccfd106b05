"""Where things stand in a stack file and the files that it extends: of which element a resource is, and its line."""

from __future__ import annotations

from itertools import pairwise

from eks_blueprints.core.document import Document
from eks_blueprints.core.errors import Path
from eks_blueprints.policies.check import BLUEPRINT
from eks_blueprints.policies.stack import Resource, Stack


class Places:
    """The lines of a stack file; without one, those of the resources themselves."""

    def __init__(self, document: Document | None) -> None:
        self.document = document

    def element(self, resource: Resource, stack: Stack, group: str) -> str:
        """The name in the stack file of the element that a resource belongs to; empty where there is none."""
        name = _name(resource, stack)
        there = self.document.data.get(group) if self.document is not None else None
        if not isinstance(there, dict) or not name:
            return name
        return next((key for key in there if key.replace("_", "-") == name.replace("_", "-")), "")

    def at(self, path: Path, resource: Resource | None = None) -> str:
        """`file:line` of a field, or of the nearest part around it; else of the resource."""
        if self.document is not None and path and path[:2] and self._has(path):
            place = self.document.place(path, of_key=True)
            if place is not None:
                return f"{place.file or self.document.file}:{place.line}"
        position = getattr(resource, "position", None)
        return f"{position.file}:{position.line}" if position is not None else ""

    def _has(self, path: Path) -> bool:
        """Whether at least the element is there; a line of the whole file helps nobody."""
        document = self.document
        return document is not None and (path[: min(2, len(path))] in document.keys or path[:1] == ("cluster",))


def _name(resource: Resource, stack: Stack) -> str:
    line = [resource, *stack.ancestors(resource)]
    for inner, outer in pairwise(line):
        if outer.type == BLUEPRINT and inner.name.startswith(f"{outer.name}-") and inner is not resource:
            return inner.name.removeprefix(f"{outer.name}-")
    return ""
