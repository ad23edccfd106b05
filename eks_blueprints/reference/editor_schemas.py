"""Which JSON Schema files the stack files of a project name in their first lines, and of which class each is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from eks_blueprints.core.document import read
from eks_blueprints.core.errors import InputError, Problem

FILE = "stack.schema.json"
"""Name of the schema where a stack file names none; it stands beside it."""

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


def schemas_of(stacks: Iterable[Path]) -> dict[Path, str | None]:
    """The path of each schema that these stack files need, with the blueprint class that reads them: None for ours.

    Raises:
        InputError: if stack files of different classes name one schema, or one cannot be read.
    """
    wanted: dict[Path, dict[str | None, Path]] = {}
    for stack in stacks:
        named = named_schema(stack) or FILE
        blueprint = read(stack).data.get("blueprint")
        if "://" not in named:
            path = stack.parent / named
            wanted.setdefault(path, {}).setdefault(blueprint if isinstance(blueprint, str) else None, stack)
    if problems := list(_clashes(wanted)):
        raise InputError(problems)
    return {path: next(iter(classes)) for path, classes in wanted.items()}


def _clashes(wanted: dict[Path, dict[str | None, Path]]) -> Iterator[Problem]:
    for path, classes in wanted.items():
        if len(classes) > 1:
            first, second = list(classes.values())[:2]
            do = "name another schema in the first line of one of them"
            yield Problem((), f"is the schema of two blueprint classes; got {first} and {second}; {do}", str(path))
