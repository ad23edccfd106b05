"""Texts that a spec takes from files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from eks_blueprints.core.errors import shown

_MOST = 1024 * 1024
"""Most bytes that a ConfigMap or a Secret holds. Source: Kubernetes, "ConfigMaps" and "Secrets"."""

_FOLDER: ContextVar[Path | None] = ContextVar("folder", default=None)


@contextmanager
def counted_from(folder: Path) -> Iterator[None]:
    """Count the paths of files that are read meanwhile from a folder, and not from the working directory."""
    before = _FOLDER.set(folder)
    try:
        yield
    finally:
        _FOLDER.reset(before)


@dataclass(frozen=True, slots=True)
class FileText:
    """A file that was read."""

    path: str
    text: str


def _read(value: Any) -> FileText:
    """The file at a path.

    Raises:
        ValueError: if there is none, or it cannot stand in a ConfigMap.
    """
    if isinstance(value, FileText):
        return value
    if not isinstance(value, str) or not value:
        raise ValueError(f"needs the path of a file; got {shown(value)}; write one such as web/nginx.conf")
    folder = (_FOLDER.get() or Path()).resolve()
    path = folder / value
    try:
        if not path.resolve().is_relative_to(folder.parent):
            # A pull request that changes a stack file must not make a preview show files of the machine it runs on.
            do = "write the path of a file below the folder of the stack file, or beside it"
            raise ValueError(f"is outside of the project; got {shown(value)}; {do}")
        if not path.is_file():
            raise ValueError(f"is no file; got {shown(value)}; write a path from the folder of the stack file")
        if path.stat().st_size > _MOST:
            raise ValueError(f"is larger than 1 MiB; got {shown(value)}; Kubernetes keeps at most that: shorten it")
        return FileText(value, path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise ValueError(f"is not UTF-8 text; got {shown(value)}; put it into the image") from None
    except OSError as error:
        raise ValueError(f"cannot be read; got {shown(value)} ({error.strerror}); check its path and rights") from None


TextFile = Annotated[
    FileText,
    PlainValidator(_read),
    PlainSerializer(lambda file: file.path, return_type=str),
    WithJsonSchema({"type": "string", "minLength": 1}),
]
"""The path of a file whose text is taken over when the spec is read."""
