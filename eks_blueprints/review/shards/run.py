"""What a shard looks at, and what of its machine has to be the same on all others."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from eks_blueprints.core.errors import InputError
from eks_blueprints.policies.inside.helm import VARIABLE
from eks_blueprints.review.diff.commits import git
from eks_blueprints.stackfile.extends import extended


def surroundings(files: Sequence[Path]) -> dict[str, str]:
    """The commit, the edits that no commit has, and whether Helm renders charts."""
    edits = sha256()
    for part in _edited(files):
        edits.update(part)
    commit = _git("rev-parse", "HEAD")
    return {"commit": commit, "working tree": edits.hexdigest()[:16], "--render": os.environ.get(VARIABLE, "")}


def _edited(files: Sequence[Path]) -> Iterator[bytes]:
    """All that stack files, or the settings of stacks, say, and what of any file is not committed yet."""
    for file in dict.fromkeys(part for stack in files for part in (stack, *extended(stack))):
        yield os.fsencode(file.name)
        try:
            yield file.read_bytes()
        except OSError:  # told by the command itself
            yield b"\0"
    yield _git("diff", "HEAD", "--no-ext-diff", "--no-color").encode(errors="surrogateescape")


def digest(path: Path | None) -> str:
    """What a file says, in short; empty without one."""
    return sha256(path.read_bytes()).hexdigest()[:16] if path is not None else ""


def _git(*arguments: str) -> str:
    try:
        return git(Path.cwd(), *arguments)
    except (subprocess.CalledProcessError, InputError, UnicodeDecodeError):
        return ""
