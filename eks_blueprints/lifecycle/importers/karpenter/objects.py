"""NodePools and classes of nodes, read from YAML or JSON: single ones, several documents, and Lists."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any

from eks_blueprints.core.document import Document, documents
from eks_blueprints.core.errors import InputError, Path, Problem, shown
from eks_blueprints.core.object_lists import listed
from eks_blueprints.lifecycle.importers.manifests.comments import About, of_documents

KINDS = {
    ("karpenter.sh", "NodePool"): ("v1", "v1beta1"),
    ("karpenter.k8s.aws", "EC2NodeClass"): ("v1", "v1beta1"),
    ("eks.amazonaws.com", "NodeClass"): ("v1",),
    ("karpenter.sh", "NodeOverlay"): ("v1alpha1",),
}
"""What is read, and its versions."""
_TEMPLATE: Path = ("spec", "template", "spec")
_LISTS: tuple[Path, ...] = ((*_TEMPLATE, "requirements"),)
_SHAPES: dict[Path, type] = {
    ("metadata", "labels"): dict,
    ("metadata", "annotations"): dict,
    ("spec", "template"): dict,
    ("spec", "template", "metadata"): dict,
    ("spec", "disruption"): dict,
    ("spec", "metadataOptions"): dict,
    _TEMPLATE: dict,
    (*_TEMPLATE, "nodeClassRef"): dict,
    **dict.fromkeys(_LISTS, list),
}
"""Parts that have to be mappings or lists where they are there."""
_OLDER = ("Provisioner", "AWSNodeTemplate", "Machine")


@dataclass(slots=True)
class Object:
    """One object, and what is said about it."""

    document: Document
    path: Path
    kind: str
    version: str
    data: dict[str, Any]
    notes: list[tuple[str, str]] = field(default_factory=list)
    """File, line and column, and what was changed or has no place."""
    comments: list[About] = field(default_factory=list)
    """Comments about it, by paths within it."""

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.metadata.get("name", ""))

    @property
    def metadata(self) -> dict[str, Any]:
        """Its metadata."""
        return _mapping(self.data.get("metadata"))

    @property
    def spec(self) -> dict[str, Any]:
        """Its spec."""
        found = self.data.setdefault("spec", {})
        return _mapping(found)

    @property
    def called(self) -> str:
        """Kind and name."""
        return f"{self.kind}/{self.name}"

    def at(self, path: Path, default: Any) -> Any:
        """What stands at a path; where there is nothing, a default."""
        inside: Any = self.data
        for part in path:
            if not isinstance(inside, dict) or inside.get(part) is None:
                return default
            inside = inside[part]
        return inside

    def note(self, path: Sequence[str | int], text: str) -> None:
        """Say something about a part of it."""
        where = ".".join(str(part) for part in path)
        self.notes.append((self.place(path), f"{where}: {text}"))

    def place(self, path: Sequence[str | int] = ()) -> str:
        """File, line and column of a part of it."""
        found = self.document.place((*self.path, *path))
        return f"{self.document.file}:{found.line}:{found.column}" if found else self.document.file


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def read(files: Sequence[str]) -> list[Object]:
    """The objects of some files, in their order; `-` is standard input.

    Raises:
        InputError: with all that is wrong with them.
    """
    problems: list[Problem] = []
    found = [each for file in files for each in _of_file(file, problems)]
    seen: dict[tuple[str, str], Object] = {}
    for each in found:
        first = seen.setdefault((each.kind, each.name), each)
        if first is not each:
            problems.append(_problem(each, ("metadata", "name"), f"is there twice; got {each.called} again; keep one"))
    if not problems and not found:
        problems.append(Problem((), "holds no NodePool and no class of nodes; got none; name other files", files[0]))
    if problems:
        raise InputError(problems)
    return found


def _of_file(file: str, problems: list[Problem]) -> Iterator[Object]:
    try:
        text = sys.stdin.read() if file == "-" else FilePath(file).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problems.append(Problem((), "is not UTF-8 text; got other bytes; save it as UTF-8", file))
        return
    except OSError as error:
        problems.append(Problem((), f"cannot be read; got {error.strerror}; name a readable file", file))
        return
    try:
        found = documents(text, "<stdin>" if file == "-" else file)
    except InputError as error:
        problems += error.problems
        return
    comments = of_documents(text, found)
    for number, document in enumerate(found):
        if not isinstance(document.data, dict):
            place = document.values[()]
            message = (
                f"needs a Kubernetes object; got {shown(document.data)}; write apiVersion, kind, metadata and spec"
            )
            problems.append(Problem((), message, document.file, place.line, place.column))
            continue
        for path, manifest in listed(document.data):
            if (each := _object(document, path, dict(manifest), problems)) is not None:
                each.comments = [
                    replace(about, path=about.path[len(path) :])
                    for about in comments[number]
                    if about.path[: len(path)] == path
                ]
                yield each


def _object(document: Document, path: Path, data: dict[str, Any], problems: list[Problem]) -> Object | None:
    group, _, version = str(data.get("apiVersion", "")).rpartition("/")
    kind = str(data.get("kind", ""))
    found = Object(document, path, kind, version, deepcopy(data))
    versions = KINDS.get((group, kind))
    if kind in _OLDER:
        do = "convert it with karpenter-convert of release 0.32 first, and import what that prints"
        problems.append(_problem(found, ("kind",), f"is of a version before v1beta1; got {kind}; {do}"))
    elif versions is None:
        known = ", ".join(name for _, name in KINDS)
        problems.append(_problem(found, ("kind",), f"is none of Karpenter; got {shown(kind)}; only {known} are read"))
    elif version not in versions:
        do = f"only {' and '.join(versions)} are read"
        problems.append(_problem(found, ("apiVersion",), f"is no version that is known; got {shown(version)}; {do}"))
    elif not found.name or not isinstance(data.get("spec"), dict):
        lacks = "metadata.name" if not found.name else "spec"
        problems.append(_problem(found, (), f"needs {lacks}; got none; add it"))
    elif wrong := [path for path, shape in _SHAPES.items() if not isinstance(found.at(path, shape()), shape)]:
        what = "list" if wrong[0] in _LISTS else "mapping"
        problems.append(_problem(found, wrong[0], f"needs a {what}; got {shown(found.at(wrong[0], None))}; write one"))
    else:
        return found
    return None


def _problem(found: Object, path: Path, message: str) -> Problem:
    place = found.document.place((*found.path, *path))
    at = (place.line, place.column) if place else (1, 1)
    return Problem((*found.path, *path), message, found.document.file, *at)
