"""A cluster's export as `kubectl get … -o json` or `-o yaml` writes it: its objects by kind, each with its place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, NoReturn

from eks_blueprints.core.document import Document
from eks_blueprints.core.document import documents as documents_of
from eks_blueprints.core.errors import InputError, Path, Problem, shown
from eks_blueprints.core.files import text_of
from eks_blueprints.core.object_lists import listed

COMMAND = "kubectl get nodes,pods,pv,pvc,sc,csinodes,priorityclasses,namespaces,nodepools,nodeclaims -A -o json"
"""What writes an export with all that is read."""


@dataclass(frozen=True, slots=True)
class Item:
    """An object of an export."""

    manifest: Mapping[str, Any]
    path: Path
    """Where it stands in its document."""
    document: Document | None = None
    """The document, where lines are known."""

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Its metadata."""
        found: Mapping[str, Any] = self.manifest["metadata"]
        return found

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.metadata["name"])

    @property
    def namespace(self) -> str:
        """Its namespace."""
        return str(self.metadata.get("namespace") or "default")

    @property
    def labels(self) -> dict[str, str]:
        """Its labels."""
        return {str(key): str(value) for key, value in (self.metadata.get("labels") or {}).items()}

    @property
    def annotations(self) -> Mapping[str, Any]:
        """Its annotations."""
        found = self.metadata.get("annotations")
        return found if isinstance(found, Mapping) else {}

    @property
    def line(self) -> int | None:
        """The line that it begins in; None where that is not known."""
        place = None if self.document is None else self.document.place(self.path)
        return None if place is None else place.line


@dataclass(frozen=True, slots=True)
class Exported:
    """An export."""

    file: str
    items: Mapping[str, tuple[Item, ...]] = field(default_factory=dict)
    """Objects by kind, in the order of the file."""

    def of(self, *kinds: str) -> tuple[Item, ...]:
        """The objects of some kinds."""
        return tuple(each for kind in kinds for each in self.items.get(kind, ()))

    def refuse(self, item: Item, message: str, *below: str | int) -> NoReturn:
        """Raise an error about a part of an object.

        Raises:
            InputError: always.
        """
        path = (*item.path, *below)
        place = None if item.document is None else item.document.place(path)
        where = (None, None) if place is None else (place.line, place.column)
        kind = f"the {item.manifest.get('kind')} {item.manifest['metadata'].get('name')}"
        raise InputError([Problem(path, f"{kind} {message}", self.file, *where)])


def read_export(file: FilePath) -> Exported:
    """The objects of an export.

    Raises:
        InputError: if it is neither JSON nor YAML, holds what is no object, or neither nodes nor pods.
        OSError: if it cannot be read.
    """
    name = str(file)
    try:
        text = text_of(file).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        _refuse(name, f"is not UTF-8 text; got byte {byte:#04x}; write it with {COMMAND}")
    except FileNotFoundError:
        _refuse(name, f"does not exist; got nothing; write it with {COMMAND}")
    found: dict[str, list[Item]] = {}
    for document, data in _documents(text, name):
        if not isinstance(data, Mapping):
            _refuse(name, f"needs objects of Kubernetes; got {shown(data)}; write it with {COMMAND}")
        for path, manifest in _objects(data, name, document):
            found.setdefault(str(manifest.get("kind")), []).append(Item(manifest, path, document))
    if not found.keys() & {"Node", "Pod"}:
        got = ", ".join(sorted(found)) or "no object"
        _refuse(name, f"needs nodes or pods; got {got}; write it with {COMMAND}")
    return Exported(name, {kind: tuple(each) for kind, each in found.items()})


def _documents(text: str, name: str) -> Iterator[tuple[Document | None, Any]]:
    if not text.strip():
        _refuse(name, f"is empty; got nothing; write it with {COMMAND}")
    if text.lstrip()[0] not in "{[":
        try:
            read = documents_of(text, name)
        except InputError as error:
            if any(each.message.startswith("is too large") for each in error.problems):
                _refuse(name, f"is too large to be read as YAML; got {len(text)} characters; write it with {COMMAND}")
            raise
        yield from ((each, each.data) for each in read)
        return
    reader, at = json.JSONDecoder(), 0
    while at < len(text):
        try:
            data, end = reader.raw_decode(text, at + len(text[at:]) - len(text[at:].lstrip()))
        except json.JSONDecodeError as error:
            what = f"is not JSON: {error.msg}; got it here; write it with {COMMAND}"
            raise InputError([Problem((), what, name, error.lineno, error.colno)]) from None
        except RecursionError:
            _refuse(name, f"is nested too deeply; got hundreds of levels; write it with {COMMAND}")
        yield None, data
        at = end if text[end:].strip() else len(text)


def _objects(data: Mapping[str, Any], name: str, document: Document | None) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The objects of a document, each with metadata and a name."""
    items = data.get("items")
    for index, each in enumerate(items if isinstance(items, list) else []):
        if not isinstance(each, Mapping):
            _refuse(name, f"is no object; got {shown(each)}; write it with {COMMAND}", ("items", index), document)
    for path, manifest in listed(data):
        metadata = manifest.get("metadata")
        if isinstance(metadata, Mapping) and metadata.get("name") and isinstance(manifest.get("kind"), str):
            yield path, manifest
            continue
        got = ", ".join(sorted(map(str, manifest))[:6]) or "nothing"
        what = f"needs an object with kind and metadata.name; got {got}; write it with {COMMAND}"
        _refuse(name, what, path, document)


def _refuse(name: str, message: str, path: Path = (), document: Document | None = None) -> NoReturn:
    place = None if document is None else document.place(path)
    where = (None, None) if place is None else (place.line, place.column)
    raise InputError([Problem(path, message, name, *where)])
