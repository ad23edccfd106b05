"""Which line of the user's program asked for a resource.

The SDK keeps a whole stack trace per resource, which costs a `linecache` look-up and a `Path` per frame (0.4 ms a
resource, measured). One walk over the frames until the first line of user code is enough, and costs microseconds.
"""

import os
import sys
from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import FrameType, TracebackType

RUNNER = "eks_blueprints.recording.run"
"""The module that calls the program: frames outside it belong to whoever asked for the recording."""


@dataclass(frozen=True, slots=True)
class Position:
    """A line of source."""

    file: str
    line: int


_NOBODYS = frozenset({"pulumi", "pydantic", "pydantic_core"})
"""Packages whose lines are never the ones to change: the SDK, and what validates specs."""


class _Kind(Enum):
    """Whose code a frame runs."""

    MACHINERY = "machinery"  # the SDK, provider packages, the standard library, this package
    LIBRARY = "library"  # eks_blueprints' own components
    USER = "user"
    END = "end"


class Locator:
    """Finds and names positions; one per recording, so that it can remember the names of files."""

    def __init__(self, root: str) -> None:
        self._root = os.path.realpath(root)
        self._names: dict[str, str] = {}
        self._real: dict[str, str] = {}

    def locate(self, frame: FrameType | None, resource: object) -> tuple[Position | None, Position | None]:
        """The line in the user's program that made a resource, and the innermost line that is not the SDK's.

        The two differ when one of this library's own components makes the resource on the user's behalf. A component's
        own constructor does not count as making it: the line that calls the constructor does.
        """
        innermost: Position | None = None
        while frame is not None:
            kind = _kind(frame)
            if kind is _Kind.END:
                break
            if kind is not _Kind.MACHINERY and _constructs(frame, resource):
                frame = frame.f_back
                continue
            if kind is _Kind.USER:
                found = self._position(frame.f_code.co_filename, frame.f_lineno)
                return found, innermost or found
            if kind is _Kind.LIBRARY and innermost is None:
                innermost = self._position(frame.f_code.co_filename, frame.f_lineno)
            frame = frame.f_back
        return None, innermost

    def blame(self, traceback: TracebackType | None) -> Position | None:
        """The deepest line of user code an exception went through."""
        found: Position | None = None
        while traceback is not None:
            if _kind(traceback.tb_frame) is _Kind.USER:
                found = self._position(traceback.tb_frame.f_code.co_filename, traceback.tb_lineno)
            traceback = traceback.tb_next
        return found

    def name(self, file: str) -> str:
        """A file as reports show it: relative to the project directory, else to the import path, never absolute."""
        known = self._names.get(file)
        if known is None:
            known = self._names[file] = self._name(file)
        return known

    def _position(self, file: str, line: int | None) -> Position:
        return Position(self.name(file), line or 0)

    def _name(self, file: str) -> str:
        path = os.path.realpath(file)
        roots = [self._root, *sorted(map(self._real_path, filter(None, sys.path)), key=len, reverse=True)]
        for root in roots:
            if path.startswith(root.rstrip(os.sep) + os.sep):
                return os.path.relpath(path, root).replace(os.sep, "/")
        return os.path.basename(path)

    def _real_path(self, entry: str) -> str:
        if entry not in self._real:
            self._real[entry] = os.path.realpath(entry)
        return self._real[entry]


def _kind(frame: FrameType) -> _Kind:
    return _classify(str(frame.f_globals.get("__name__", "")))


def _constructs(frame: FrameType, resource: object) -> bool:
    code = frame.f_code
    return code.co_name == "__init__" and bool(code.co_varnames) and frame.f_locals[code.co_varnames[0]] is resource


@cache
def _classify(module: str) -> _Kind:
    package = module.partition(".")[0]
    if module == RUNNER:
        return _Kind.END
    if module.startswith("eks_blueprints.recording"):
        return _Kind.MACHINERY
    if package == "eks_blueprints":
        return _Kind.LIBRARY
    # `__main__` is in no list of the standard library's modules: the program itself stays user code.
    if package in _NOBODYS or package.startswith("pulumi_") or package in sys.stdlib_module_names:
        return _Kind.MACHINERY
    return _Kind.USER
