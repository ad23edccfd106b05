"""The bash that stages of this package run: files in `scripts`, each with the settings that it needs in front of it."""

from __future__ import annotations

import shlex
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("scripts")


@cache
def _text(name: str) -> str:
    lines = (_FOLDER / f"{name}.sh").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("# ") or "shellcheck" in line)


def script(name: str, **settings: str | int | bool | tuple[str, ...]) -> str:
    """One whole command of a job: variables of the shell, which its other commands see, and the lines of a script."""
    said = [f"{key}={_written(value)}" for key, value in settings.items()]
    return "\n".join([*said, _text(name)])


def _written(value: str | int | bool | tuple[str, ...]) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"({' '.join(map(shlex.quote, value))})"
    return shlex.quote(str(value))
