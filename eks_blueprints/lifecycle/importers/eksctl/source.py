"""A ClusterConfig that has been read, and each of its parts with its place."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from eks_blueprints.core.document import Document, documents
from eks_blueprints.core.errors import InputError, Path, Problem, dotted, shown
from eks_blueprints.lifecycle.importers.eksctl import schema

STDIN = "-"


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a ClusterConfig."""

    document: Document
    path: Path
    value: Any
    holds: str
    """What the schema says that it holds."""

    @property
    def place(self) -> str:
        """File, line and column."""
        found = self.document.place(self.path)
        return f"{self.document.file}:{found.line}:{found.column}" if found else self.document.file

    @property
    def name(self) -> str:
        """Its path, as messages have it."""
        return dotted(self.path)

    def get(self, *keys: str) -> Node | None:
        """The part below some keys, one inside the other; None where there is none, or nothing in it."""
        node: Node | None = self
        for key in keys:
            if node is None or not isinstance(node.value, dict):
                return None
            node = next((each for each in node.members() if each.path[-1] == key), None)
            if node is not None and node.empty:
                return None
        return node

    def value_of(self, *keys: str, default: Any = None) -> Any:
        """The value below some keys, or else a default."""
        node = self.get(*keys)
        return default if node is None else node.value

    def is_true(self, *keys: str) -> bool:
        """Whether the value below some keys is true."""
        return self.value_of(*keys) is True

    @property
    def empty(self) -> bool:
        """Whether it says nothing, as fields do that eksctl writes out for a dry run."""
        return self.value is None or self.value == ""

    def members(self) -> Iterator[Node]:
        """The parts of a mapping or list, in their order."""
        if isinstance(self.value, dict):
            known = schema.fields(self.holds) if schema.is_type(self.holds) else None
            for key, value in self.value.items():
                holds = schema.inner(self.holds, self.value) if known is None else known.get(key, "any")
                yield Node(self.document, (*self.path, key), _read(value, holds), holds)
        elif isinstance(self.value, list):
            of = schema.inner(self.holds, self.value)
            for index, value in enumerate(self.value):
                yield Node(self.document, (*self.path, index), _read(value, of), of)

    def leaves(self) -> Iterator[Node]:
        """The values below it that have no parts; an empty mapping or list is one."""
        if isinstance(self.value, dict | list) and self.value:
            for each in self.members():
                yield from each.leaves()
        else:
            yield self


def _read(value: Any, holds: str) -> Any:
    return schema.truth(value) if holds == "bool" else value


def read(file: str, region: str | None = None) -> tuple[Node, str]:
    """A ClusterConfig and the text that it was read from; `-` is standard input.

    Args:
        file: Its path.
        region: AWS region of a file that names none.

    Raises:
        InputError: with all that is wrong with it: no YAML, keys that are given twice or that no ClusterConfig has,
            values of another kind, several documents, or another region than the given one.
    """
    name, text = _text(file)
    document = _only(documents(text, name), name)
    if region is not None:
        _add_region(document, region)
    if found := sorted(schema.problems(document), key=lambda each: (each.line or 0, each.column or 0)):
        raise InputError(found)
    return Node(document, (), document.data, schema.ROOT), text


def _only(found: list[Document], name: str) -> Document:
    if not found:
        raise _error(name, "needs a ClusterConfig; got nothing; write apiVersion, kind and metadata")
    if len(found) > 1:
        second = found[1].values[()]
        do = "eksctl reads the first alone: write each into a file of its own"
        raise _error(name, f"needs one ClusterConfig; got {len(found)} documents; {do}", second.line, second.column)
    document = found[0]
    if not isinstance(document.data, dict):
        raise _error(name, f"needs a mapping at the top; got {shown(document.data)}; start with apiVersion and kind")
    kind, version = document.data.get("kind"), document.data.get("apiVersion")
    for key, value, wanted in (("apiVersion", version, schema.table()["api_version"]), ("kind", kind, schema.ROOT)):
        if isinstance(value, str) and value != wanted:
            place = document.values[key,]
            message = f"is no ClusterConfig that is known; got {shown(value)}; only {wanted} is read"
            raise InputError([Problem((key,), message, name, place.line, place.column)])
    return document


def _add_region(document: Document, region: str) -> None:
    metadata = document.data.get("metadata")
    if not isinstance(metadata, dict):
        return
    said = metadata.setdefault("region", region)
    if said not in (region, None, ""):
        place = document.place(("metadata", "region"))
        message = f"is another region than --region; got {shown(said)} and {region}; leave --region out"
        line, column = (place.line, place.column) if place else (1, 1)
        raise InputError([Problem(("metadata", "region"), message, document.file, line, column)])
    metadata["region"] = region


def _error(name: str, message: str, line: int | None = 1, column: int | None = 1) -> InputError:
    return InputError([Problem((), message, name, line, column)])


def _text(file: str) -> tuple[str, str]:
    if file == STDIN:
        return "<stdin>", sys.stdin.read()
    path = FilePath(file)
    try:
        if path.is_dir():
            raise _error(file, "is a folder; got one; name a file with a ClusterConfig", None, None)
        return file, path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise _error(file, "does not exist; got nothing; name a file, or - for standard input", None, None) from None
    except UnicodeDecodeError as error:
        got = f"byte {error.object[error.start]:#04x}"
        raise _error(file, f"is not UTF-8 text; got {got}; save it as UTF-8", None, None) from None
    except OSError as error:
        raise _error(file, f"cannot be read; got {error.strerror}; name a readable file", None, None) from None
