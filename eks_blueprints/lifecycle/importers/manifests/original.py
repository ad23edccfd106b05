"""An object as it was found, and what is said about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from eks_blueprints.core.document import Document
from eks_blueprints.core.errors import Path, Problem
from eks_blueprints.kubernetes.shapes import group_of
from eks_blueprints.lifecycle.importers.manifests.comments import About

Key = tuple[str, str, str, str]
"""API group, kind, namespace and name."""


@dataclass(slots=True)
class Original:
    """An object that was read."""

    manifest: dict[str, Any]
    file: str
    """What messages call the file that it stands in."""
    document: Document | None = None
    """The document that it stands in; None where a tool wrote it."""
    at: Path = ()
    """Where it stands in that document: below `items` for one of a List."""
    comments: tuple[About, ...] = ()
    """Comments about it and its parts, whose paths are those of the object."""
    notes: list[str] = field(default_factory=list)
    """What differs from it in the stack file, and why."""

    @property
    def kind(self) -> str:
        """Its kind."""
        return str(self.manifest["kind"])

    @property
    def metadata(self) -> dict[str, Any]:
        """Its metadata."""
        found: dict[str, Any] = self.manifest["metadata"]
        return found

    @property
    def name(self) -> str:
        """Its name; empty where Kubernetes gives it one."""
        return str(self.metadata.get("name") or "")

    @property
    def namespace(self) -> str:
        """The namespace that it names."""
        return str(self.metadata.get("namespace") or "")

    @property
    def labels(self) -> dict[str, str]:
        """Its labels."""
        return dict(self.metadata.get("labels") or {})

    @property
    def key(self) -> Key:
        """What tells it from all others in a cluster."""
        return group_of(str(self.manifest["apiVersion"])), self.kind, self.namespace, self.name

    @property
    def called(self) -> str:
        """How messages call it."""
        within = f" of {self.namespace}" if self.namespace else ""
        return f"{self.kind} {self.name or self.metadata.get('generateName')}{within}"

    @property
    def spec(self) -> dict[str, Any]:
        """Its spec."""
        found = self.manifest.get("spec")
        return found if isinstance(found, dict) else {}

    def problem(self, message: str, path: Path = (), severity: Any = "error") -> Problem:
        """A problem of it, with its place."""
        place = self.document.place((*self.at, *path)) if self.document is not None else None
        found = Problem(path, message, severity=severity)
        return found.at(self.file, place.line, place.column) if place is not None else found.at(self.file)

    @property
    def place(self) -> str:
        """Where it begins, as `file:line`."""
        place = self.document.place(self.at) if self.document is not None else None
        return f"{self.file}:{place.line}" if place is not None else self.file


def texts(value: Any) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts(each)
