"""Rendered texts and the files that are there: what would change, and what belongs to somebody else."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.core.files import put
from eks_blueprints.pipelines.engines import _owners
from eks_blueprints.pipelines.engines._steps import MARK

_HEAD = 400
"""Characters of a file in which it says who wrote it."""
_OURS = "eks-blueprints"
"""Folder whose files are ours although their format has no comments."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """A file that is not as it is rendered."""

    path: Path
    before: str | None
    """What is there; None where there is no such file."""
    after: str

    def diff(self, root: Path) -> str:
        """It as a unified diff."""
        name = self.path.relative_to(root).as_posix()
        lines = ((self.before or "").splitlines(keepends=True), self.after.splitlines(keepends=True))
        begin = f"a/{name}" if self.before is not None else "/dev/null"
        return "".join(difflib.unified_diff(*lines, begin, f"b/{name}"))


def joined(rendered: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The files of several pipelines.

    Raises:
        InputError: if two of them would write one file.
    """
    found: dict[str, str] = {}
    for files in rendered:
        for path, text in files.items():
            if path not in found:
                found[path] = text
            elif _owners.is_part(text):
                found[path] = _owners.merged(found[path], text)
            elif found[path] != text:
                do = "name one of them, with --to the checkout of its repository"
                raise InputError([Problem((), f"{path}: is what two pipelines write; got both; {do}")])
    return found


def changes(root: Path, files: Mapping[str, str]) -> list[Change]:
    """The files below a folder that are not as they are rendered.

    Raises:
        InputError: if there is a file of that name which something else wrote, or no file.
    """
    found: list[Change] = []
    problems: list[Problem] = []
    for name, text in files.items():
        path = root / name
        if path.is_symlink() or (path.exists() and not path.is_file()):
            message = "is no plain file; got a link, a folder or a device; move it away"
            problems.append(Problem((), message, str(path)))
            continue
        before = path.read_text(encoding="utf-8", errors="replace") if path.exists() else None
        after = text
        if _owners.is_part(text):
            after = _owners.merged(before or "", text)
        elif before is not None and MARK not in before[:_HEAD] and path.parent.name != _OURS:
            message = f"was not written by {MARK}, and would be lost; got a file of others; move or remove it"
            problems.append(Problem((), message, str(path)))
            continue
        if before != after:
            found.append(Change(path=path, before=before, after=after))
    if problems:
        raise InputError(problems)
    return found


def write(change: Change) -> None:
    """Put a text into the place of a file, at once as a whole."""
    put(change.path, change.after, mode=0o755 if change.path.suffix == ".sh" else 0o644)
