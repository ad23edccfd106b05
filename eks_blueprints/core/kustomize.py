"""The objects of a local Kustomize folder: read where it only lists files, else built by kustomize or kubectl at hand.

Nothing is ever fetched: a folder that names something remote, itself or in one that it includes, is not built. Source
of the fields: Kustomize's reference, "The kustomization file".
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from eks_blueprints.core.yaml_text import YAMLError, documents

FILES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""Names of the file that makes a folder one of Kustomize."""
TOOLS = (("kustomize", "build"), ("kubectl", "kustomize"))
"""Commands that build a folder."""

_LISTS = ("resources", "bases")
"""Fields that name files and folders whose objects are taken as they are."""
_NEUTRAL = frozenset({"apiVersion", "kind", "metadata", "sortOptions", *_LISTS})
"""Fields that change no object."""
_FOLDERS = (*_LISTS, "components", "generators", "transformers", "validators")
"""Fields whose entries may be folders or addresses, and are loaded as such."""
_REMOTE = ("http://", "https://", "git@", "git::", "ssh://", "file://", "oci://")
_DEEPEST = 20
_MOST = 16 * 2**20
_SECONDS = 60


def objects(folder: Path) -> list[Any] | None:
    """What a folder makes; None where that cannot be told here."""
    if (found := _plain(folder)) is not None:
        return found
    return built(folder) if can_build(folder) else None


def is_folder(folder: Path) -> bool:
    """Whether a folder is one of Kustomize."""
    return _file(folder) is not None


def can_build(folder: Path) -> bool:
    """Whether a folder, and all that it includes, is at hand."""
    return is_folder(folder) and _is_local(folder, 0)


def _file(folder: Path) -> Path | None:
    return next((folder / name for name in FILES if (folder / name).is_file()), None)


def _read(file: Path) -> list[Any] | None:
    """The documents of a file; None if it cannot be read."""
    try:
        if file.stat().st_size > _MOST:
            return None
        return documents(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError, YAMLError):
        return None


def _kustomization(folder: Path) -> dict[str, Any] | None:
    file = _file(folder)
    found = _read(file) if file is not None else None
    return found[0] if found and len(found) == 1 and isinstance(found[0], dict) else None


def files(folder: Path, depth: int = 0) -> list[Path] | None:
    """The files of a folder that lists files and changes none of their objects; None where it does more."""
    given = _kustomization(folder)
    if given is None or depth > _DEEPEST or any(key not in _NEUTRAL for key, value in given.items() if value):
        return None
    found: list[Path] = []
    for entry in _entries(given, _LISTS):
        path = folder / entry
        inner = files(path, depth + 1) if path.is_dir() else [path] if path.is_file() else None
        if inner is None:
            return None
        found += inner
    return found


def _plain(folder: Path) -> list[Any] | None:
    listed = files(folder)
    if listed is None:
        return None
    found: list[Any] = []
    for file in listed:
        if (inner := _read(file)) is None:
            return None
        found += [each for each in inner if each is not None]
    return found


def _is_local(folder: Path, depth: int) -> bool:
    given = _kustomization(folder)
    if given is None or depth > _DEEPEST or any(_is_remote(text) for text in _texts(given)):
        return False
    for entry in _entries(given, _FOLDERS):
        if "\n" in entry:
            continue  # a transformer or generator written in place
        path = folder / entry
        if not path.is_file() and not (path.is_dir() and _is_local(path, depth + 1)):
            return False
    return True


def _is_remote(text: str) -> bool:
    return "\n" not in text and text.startswith(_REMOTE)


def _entries(given: Mapping[str, Any], fields: tuple[str, ...]) -> Iterator[str]:
    for field in fields:
        listed = given.get(field)
        yield from (each for each in listed or () if isinstance(each, str)) if isinstance(listed, list) else ()


def _texts(value: Any) -> Iterator[str]:
    """Texts of a file that may name another: literals and metadata hold addresses that nobody loads."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        told = ("literals", "commonAnnotations", "commonLabels", "labels", "metadata", "images")
        yield from (text for key, each in value.items() if key not in told for text in _texts(each))
    elif isinstance(value, list):
        yield from (text for each in value for text in _texts(each))


def built(folder: Path) -> list[Any] | None:
    """What a command at hand makes of a folder; None where there is none, or it fails."""
    for tool, verb in TOOLS:
        if (program := shutil.which(tool)) is None:
            continue
        try:
            done = subprocess.run(  # noqa: S603 - builds files; plugins and Helm charts are off by default
                [program, verb, str(folder)], capture_output=True, timeout=_SECONDS, check=True
            )
            found = documents(done.stdout.decode())
        except (OSError, ValueError, RecursionError, subprocess.SubprocessError, YAMLError):
            continue
        return [each for each in found if each is not None]
    return None
