"""Which JSON Schema files the stack files of a project name in their first lines, and of what each is the schema."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.stackfile.extends import extended, read_stack

FILE = "stack.schema.json"
"""Name of the schema where a stack file names none; it stands beside it."""

OVERLAY_FILE = "overlay.schema.json"
"""The same for files that extend others, or are extended."""

SETTINGS_FILE = "settings.schema.json"
"""The same for the settings of a program without stack files; it stands beside them."""


class Schema(NamedTuple):
    """What a schema describes."""

    blueprint: str | None
    """Dotted path of the class that reads the files; None for ours."""
    overlay: bool
    """Whether the files extend others, or are extended: nothing is required in them, and null removes."""


_LINE = re.compile(r"#\s*yaml-language-server:\s*\$schema=(\S+)")


def line_of(schema: str) -> str:
    """The first line of a stack file by which editors find its schema."""
    return f"# yaml-language-server: $schema={schema}"


def named_schema(stack: Path) -> str | None:
    """The schema that a stack file names for editors, a path from its folder or a URL; None if it names none."""
    with stack.open(encoding="utf-8-sig", errors="replace") as lines:
        for line in lines:
            if not line.startswith("#"):
                return None
            if found := _LINE.match(line):
                return found[1]
    return None


def schemas_of(stacks: Iterable[Path]) -> dict[Path, Schema]:
    """The path of each schema that these stack files need, and those that they extend, with what it describes.

    Raises:
        InputError: if files that need different schemas name one, or a file cannot be read.
    """
    wanted: dict[Path, dict[Schema, Path]] = {}
    for stack in stacks:
        blueprint = read_stack(stack).data.get("blueprint")
        files = [stack, *extended(stack)]
        needed = Schema(blueprint if isinstance(blueprint, str) else None, overlay=len(files) > 1)
        for file in files:
            named = named_schema(file) or _default(needed.overlay)
            if "://" not in named:
                path = Path(os.path.relpath(file.parent / named))
                wanted.setdefault(path, {}).setdefault(needed, file)
    if problems := list(_clashes(wanted)):
        raise InputError(problems)
    return {path: next(iter(needed)) for path, needed in wanted.items()}


def without_schema(stacks: Iterable[Path]) -> dict[Path, str]:
    """The files among these stack files, and those that they extend, that name no schema, with the one to name."""
    found: dict[Path, str] = {}
    for stack in stacks:
        files = [stack, *extended(stack)]
        found |= {
            Path(os.path.relpath(file)): _default(overlay=len(files) > 1)
            for file in files
            if named_schema(file) is None
        }
    return found


def _default(overlay: bool) -> str:
    return OVERLAY_FILE if overlay else FILE


def _clashes(wanted: dict[Path, dict[Schema, Path]]) -> Iterator[Problem]:
    for path, needed in wanted.items():
        if len(needed) > 1:
            (one, first), (other, second) = list(needed.items())[:2]
            differ = "two blueprint classes" if one.blueprint != other.blueprint else "whole files and of overlays"
            do = "name another schema in the first line of one of them"
            yield Problem((), f"is the schema of {differ}; got {first} and {second}; {do}", str(path))
