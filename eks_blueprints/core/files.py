"""Files that somebody names on a command line: `plan.json`, pipes such as `<(pulumi stack export)`, and outputs."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eks_blueprints.core.errors import InputError, Problem

_PATIENCE = 10.0
"""Seconds in which somebody has to open a pipe for writing."""


@contextmanager
def named(file: Path) -> Iterator[None]:
    """Have an error say which file could not be written: one of a full disk names none."""
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.filename is None:
            error.filename = str(file)
        raise


def put(path: Path, text: str, *, mode: int | None = None) -> None:
    """Put a text into the place of a file, at once as a whole or not at all; its folders are made.

    Args:
        path: The file.
        text: What it holds from then on.
        mode: Its permissions. Default: those of every new file.

    Raises:
        OSError: if it cannot be written.
    """
    with named(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.partial")
        try:
            partial.write_text(text, encoding="utf-8", newline="\n")
            if mode is not None:
                partial.chmod(mode)
            partial.replace(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise


def text_of(path: Path, *, errors: str = "strict") -> str:
    """The text of a file, or what is written to a pipe until it is closed; `errors` are those of decoding.

    Raises:
        InputError: if it is neither, or nobody writes to the pipe.
        OSError: if it cannot be read.
        UnicodeDecodeError: if it is not UTF-8, and `errors` has it so.
    """
    if path.is_fifo():
        return _piped(path).decode("utf-8", errors)
    if path.exists() and not path.is_file():
        raise InputError([Problem((), "is not a file; got a folder or a device; name a file or a pipe", str(path))])
    return path.read_text(encoding="utf-8", errors=errors)


def _piped(path: Path) -> bytes:
    # Opened as usual, a pipe without a writer would hold the command up for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with open(descriptor, "rb", buffering=0) as pipe:
        first: bytes | None = None
        if not select.select([descriptor], [], [], _PATIENCE)[0]:
            first = pipe.read(1)  # nothing (None) as long as a writer is there, and the end (empty) otherwise
            if first == b"":
                got = f"no writer within {_PATIENCE:g} s"
                do = "name a file, or a pipe that something is written to"
                raise InputError([Problem((), f"is a pipe; got {got}; {do}", str(path))])
        os.set_blocking(descriptor, True)
        return (first or b"") + pipe.readall()
