"""YAML with the place of every key and value, read as YAML 1.2 (`no` is text, `1.30` is a number).

Composed nodes are used rather than loaded objects: they keep the text a scalar was written as, so that an unquoted
version can be quoted back in an error, and they show duplicate keys. Of a mapping or list one member is composed at a
time, because the nodes of a large file take many times the room of its values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any

from ruamel.yaml.docinfo import DocInfo
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from eks_blueprints.core import yaml_events
from eks_blueprints.core.errors import InputError, Path, Problem, shown
from eks_blueprints.core.yaml_text import reader

_PLAIN_TAGS = (None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
"""Tags that say of a mapping or a list what it is anyway."""
_MAX_NODES = 200_000
_TOO_DEEP = "is nested too deeply; got hundreds of levels, or an alias inside itself; write it flat"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written; line and column count from 1."""

    line: int
    column: int
    text: str | None = None
    """The scalar as it was written; empty where nothing follows the colon."""
    file: str = ""
    """What messages call the file; a document may be put together from several."""


_START = Place(1, 1)
_NEXT = None
"""In the place of a node: the one that comes next in the text."""


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document and where each of its parts stands."""

    file: str
    """What messages call it."""
    data: Any
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    extended: tuple[str, ...] = ()
    """What messages call the files that it extends, the nearest first."""

    def place(self, path: Path, *, of_key: bool = False) -> Place | None:
        """Where the part at `path` stands, or the nearest part that encloses it."""
        for length in range(len(path), -1, -1):
            at = path[:length]
            first, second = (self.keys, self.values) if of_key or length < len(path) else (self.values, self.keys)
            if found := first.get(at) or second.get(at):
                return found
        return None


def read(path: FilePath, name: str | None = None) -> Document:
    """Read a file that holds one YAML document whose root is a mapping; `name` is what messages call it.

    Raises:
        InputError: if it cannot be read, is not YAML, has duplicate keys, or is not one mapping.
    """
    name = name or str(path)
    if path.exists() and not path.is_file():
        got = "a folder" if path.is_dir() else "a pipe or a device"
        raise _error(name, f"cannot be read; got {got}; name a readable stack file")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _error(name, f"is not UTF-8 text; got byte {error.object[error.start]:#04x}; save it as UTF-8") from None
    except FileNotFoundError:
        raise _error(name, "does not exist; got nothing; name a stack file") from None
    except OSError as error:
        raise _error(name, f"cannot be read; got {error.strerror}; name a readable stack file") from None
    return parse(text, name)


def located(problems: Iterable[Problem], document: Document) -> list[Problem]:
    """Problems with the lines of the file they belong to, in the order of the file.

    Those that name a file already stay as they are.
    """
    result = []
    for problem in problems:
        if problem.file is not None:
            result.append(problem)
            continue
        place = document.place(problem.path, of_key="no such field" in problem.message)
        place = place or Place(1, 1, file=document.file)
        told = _quoted_as_written(problem, document).at(place.file, place.line, place.column)
        # Whoever reads it may not know that file, or for which of its stacks it is wrong.
        if place.file != document.file:
            told = replace(told, message=f"{told.message} (extended by {document.file})")
        result.append(told)
    files = (document.file, *document.extended)
    return sorted(result, key=lambda found: (_rank(found.file, files), found.line or 0, found.column or 0))


def _rank(file: str | None, files: tuple[str, ...]) -> int:
    return files.index(file) if file in files else -1


def _quoted_as_written(problem: Problem, document: Document) -> Problem:
    # The number 1.30 reads as 1.3; only the file still knows which of them was meant.
    place = document.values.get(problem.path)
    if place is None or place.text is None or "quote it" not in problem.message:
        return problem
    read = "true or false" if place.text.lower() in ("true", "false") else "a number"
    message = f'needs text; got {place.text}, which YAML reads as {read}; quote it: "{place.text}"'
    return replace(problem, message=message)


def parse(text: str, name: str = "<text>") -> Document:
    """Parse YAML text; see `read`."""
    if (quick := yaml_events.events(text)) is not None:
        with suppress(InputError):
            return _parsed(text, name, quick)
    return _parsed(text, name)


def _parsed(text: str, name: str, events: Any = None) -> Document:
    with _told(name, text):
        builder = _Builder(name, text, events)
        data, others = builder.document()
    if others or () not in builder.values:
        count, place = (f"{len(others) + 1} documents", others[0]) if others else ("an empty file", _START)
        raise _error(name, f"needs one YAML document; got {count}; write one mapping, and one file a stack", place)
    if not isinstance(data, dict):
        message = f"needs a mapping at the top; got {shown(data)}; write key: value lines"
        raise _error(name, message, builder.values[()])
    if builder.problems:
        raise InputError(builder.problems)
    return Document(name, data, builder.keys, builder.values)


def documents(text: str, name: str = "<text>") -> list[Document]:
    """The documents of a text whose roots may be anything, each with its places; empty ones are left out.

    Raises:
        InputError: if it is not YAML, or has duplicate keys.
    """
    if (quick := yaml_events.events(text)) is not None:
        with suppress(InputError):
            return _documents(text, name, quick)
    return _documents(text, name)


def _documents(text: str, name: str, events: Any = None) -> list[Document]:
    found: list[Document] = []
    problems: list[Problem] = []
    with _told(name, text):
        for data, builder in _Builder(name, text, events).every():
            problems += builder.problems
            if data is not None:
                found.append(Document(name, data, builder.keys, builder.values))
    if problems:
        raise InputError(problems)
    return found


@contextmanager
def _told(name: str, text: str) -> Iterator[None]:
    """Tell in our words what the parser finds wrong with a text."""
    try:
        yield
    except InputError:
        raise
    except MarkedYAMLError as error:
        from eks_blueprints.core.yaml_problems import in_words

        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise InputError([Problem((), in_words(error, text), name, line, column)]) from None
    except RecursionError:
        raise _error(name, _TOO_DEEP, _START) from None
    except (YAMLError, ValueError) as error:
        what = " ".join(str(getattr(error, "reason", None) or error).split())[:120]
        place = _at(text, getattr(error, "position", 0))
        raise _error(name, f"is invalid YAML: {what}; got it here; fix the syntax", place) from None


def text_at_top(text: str, key: str) -> str | None:
    """The text that a key at the top of a YAML text has, read no further than that; None where there is none.

    What is not YAML has none: reading all of it tells what is wrong.
    """
    if key not in text:
        return None
    depth, parts = 0, 0
    events = reader().parse(text)
    with suppress(YAMLError, ValueError, RecursionError):
        for event in events:
            if isinstance(event, MappingStartEvent | SequenceStartEvent):
                depth += 1
            elif isinstance(event, MappingEndEvent | SequenceEndEvent):
                depth -= 1
            elif not isinstance(event, ScalarEvent | AliasEvent):
                continue
            if depth == 1:
                # Keys and values take turns; a mapping or list at the top counts once, where it ends.
                parts += not isinstance(event, MappingStartEvent)
                if parts % 2 and isinstance(event, ScalarEvent) and event.value == key:
                    value = next(events)
                    return value.value if isinstance(value, ScalarEvent) else None
    return None


class _Builder:
    """Turns the nodes of a text into plain values and notes where each stands."""

    def __init__(self, name: str, text: str, events: Any = None) -> None:
        """`events` is what reads the text, if not the parser in Python."""
        self._name = name
        yaml = reader()
        yaml.doc_infos.append(DocInfo())  # as `YAML.load` does: a directive of the text is noted in it
        if events is not None:
            vars(yaml)["_parser"] = events
        self._constructor, self._parser = yaml.get_constructor_parser(text if events is None else "")
        self._composer = self._constructor.composer
        self._count = 0
        self.keys: dict[Path, Place] = {}
        self.values: dict[Path, Place] = {}
        self.problems: list[Problem] = []

    def document(self) -> tuple[Any, list[Place]]:
        """The value of the first document, and where further ones begin."""
        data: Any = None
        others: list[Place] = []
        try:
            if self._composer.check_node():
                self._parser.get_event()
                data = self._build(_NEXT, ())
                self._parser.get_event()
                self._composer.anchors = {}
            while self._composer.check_node():
                others.append(_place(self._composer.get_node(), self._name))
        finally:
            self._parser.dispose()
        return data, others

    def every(self) -> Iterator[tuple[Any, _Builder]]:
        """The value of each document, and what was noted about it."""
        try:
            while self._composer.check_node():
                self._count, self.keys, self.values, self.problems = 0, {}, {}, []
                self._parser.get_event()
                data = self._build(_NEXT, ())
                self._parser.get_event()
                self._composer.anchors = {}
                yield data, self
        finally:
            self._parser.dispose()

    def _build(self, part: Any, path: Path) -> Any:
        node = self._begun() if part is _NEXT else part
        self._count += 1
        if self._count > _MAX_NODES:
            raise _error(
                self._name, f"is too large; got more than {_MAX_NODES} values; split it", _place(node, self._name)
            )
        self.values[path] = _place(node, self._name)
        if not isinstance(node, ScalarNode) and node.tag not in _PLAIN_TAGS:
            self._problem(path, node, f"has a YAML tag; got {shown(node.tag)}; write it without")
        if isinstance(node, MappingNode | MappingStartEvent):
            return self._mapping(node.value if isinstance(node, MappingNode) else self._pairs(), path)
        if isinstance(node, SequenceNode | SequenceStartEvent):
            items = node.value if isinstance(node, SequenceNode) else self._items()
            return [self._build(item, (*path, index)) for index, item in enumerate(items)]
        return self._scalar(node, path)

    def _begun(self) -> Any:
        """What comes next in the text: the start of a mapping or list, or the whole node where an alias may name it."""
        event = self._parser.peek_event()
        if isinstance(event, MappingStartEvent | SequenceStartEvent) and event.anchor is None:
            return self._parser.get_event()
        return self._composer.compose_node(None, None)

    def _pairs(self) -> Iterator[tuple[Any, None]]:
        while not self._parser.check_event(MappingEndEvent):
            yield self._composer.compose_node(None, None), _NEXT
        self._parser.get_event()

    def _items(self) -> Iterator[None]:
        while not self._parser.check_event(SequenceEndEvent):
            yield _NEXT
        self._parser.get_event()

    def _whole(self, part: Any) -> Any:
        return self._composer.compose_node(None, None) if part is _NEXT else part

    def _mapping(self, pairs: Iterable[tuple[Any, Any]], path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key_node, value in pairs:
            if key_node.tag == "tag:yaml.org,2002:merge":
                value_node = self._whole(value)
                for source in value_node.value if isinstance(value_node, SequenceNode) else [value_node]:
                    part = self._build(source, path)
                    if isinstance(part, dict):
                        merged = part | merged
                    else:
                        self._problem(path, source, f"<< needs mappings; got {shown(part)}; name an anchored mapping")
                continue
            if not isinstance(key_node, ScalarNode):
                self._whole(value)
                self._problem(path, key_node, "a key must be text; got a list or mapping; write a plain key")
                continue
            # A key such as 80 or true is meant as text: every map of AWS and Kubernetes has text for keys.
            key = str(key_node.value)
            if key in result:
                self._whole(value)
                self._problem((*path, key), key_node, f"is given twice; got {shown(key)} again; keep one")
                continue
            below = (*path, key)
            self.keys[below] = _place(key_node, self._name)
            result[key] = self._build(value, below)
        return merged | result

    def _scalar(self, node: Node, path: Path) -> Any:
        if node.tag == "tag:yaml.org,2002:timestamp":
            return node.value
        try:
            value = self._constructor.construct_object(node)
        except Exception as error:  # a tag that does not fit its text fails in as many ways as there are tags
            what = getattr(error, "problem", None) or (
                str(error) if isinstance(error, ValueError) else "the tag does not fit"
            )
            if "int_max_str_digits" in what:  # of Python's advice nobody can make use here
                what = f"a number of {len(node.value)} digits"
            self._problem(path, node, f"cannot be read: {what}; got {shown(node.value)}; write a plain value")
            return None
        if not (value is None or isinstance(value, str | int | float | bool)):
            self._problem(path, node, f"has a YAML tag; got {shown(node.value)}; write a plain value")
            return None
        return value

    def _problem(self, path: Path, node: Node, message: str) -> None:
        place = _place(node, self._name)
        self.problems.append(Problem(path, message, self._name, place.line, place.column))


def _place(node: Any, file: str) -> Place:
    mark = node.start_mark
    plain = isinstance(node, ScalarNode) and node.style is None
    return Place(mark.line + 1, mark.column + 1, node.value if plain else None, file)


def _at(text: str, position: int) -> Place:
    before = text[:position]
    return Place(before.count("\n") + 1, position - before.rfind("\n"))


def _error(name: str, message: str, place: Place | None = None) -> InputError:
    line, column = (place.line, place.column) if place else (None, None)
    return InputError([Problem((), message, name, line, column)])
