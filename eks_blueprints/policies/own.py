"""A team's own rules: Python files in a folder `policies` beside the stack files, and entry points of packages.

A package offers its rules to every project where it is installed by an entry point of the group
`eks_blueprints.policies`, which names a module. Rules of both kinds are rules like those of this package: settings and
waivers apply to them, and every command knows them.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.policies.catalogue import rules
from eks_blueprints.policies.definition import Rule, forget

FOLDER = "policies"
"""The name of the folder, beside the stack files or beside Pulumi.yaml."""
GROUP = "eks_blueprints.policies"
"""The group of entry points."""

_PREFIX = "eks_blueprints_own_policies_"
_loaded: dict[str, tuple[tuple[str, int], ...]] = {}
"""What was loaded last: file and time of its last change, by folder."""


def files(folder: Path | None) -> list[Path]:
    """The files with rules that belong to a folder of stack files; those of a name with `_` in front are helpers."""
    if folder is None:
        return []
    for candidate in (folder / FOLDER, folder.resolve().parent / FOLDER):
        found = sorted(path for path in candidate.glob("*.py") if path.name[0] not in "_.")
        if found and (candidate.parent == folder or (candidate.parent / "Pulumi.yaml").is_file()):
            return found
    return []


def is_own(rule: Rule) -> bool:
    """Whether a rule stands in a file of the folder that was loaded."""
    return rule.check.__module__.startswith(_PREFIX)


def load(folder: Path | None) -> list[Path]:
    """Make the rules known that belong to a folder of stack files, and those of installed packages; their files.

    Rules of another folder that were loaded before are forgotten.

    Raises:
        InputError: with each file that cannot be loaded, and why.
    """
    rules()
    problems = list(_of_packages())
    found = files(folder)
    state = tuple((str(path.resolve()), path.stat().st_mtime_ns) for path in found)
    if _loaded.get(FOLDER) != state:
        forget(_PREFIX)
        _loaded[FOLDER] = state
        for path in found:
            problems += _load_file(path)
    if problems:
        _loaded.pop(FOLDER, None)
        raise InputError(problems)
    return found


def _load_file(path: Path) -> Iterator[Problem]:
    if not path.is_file():
        message = "is no file; got a folder, a pipe or a device; rename it, or move it out of the folder"
        yield Problem((), message, str(path))
        return
    name = f"{_PREFIX}.{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        return
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    with _beside(path.parent), redirect_stdout(sys.stderr):  # what it prints is no part of our results
        try:
            spec.loader.exec_module(module)
        except (Exception, SystemExit) as error:
            yield _problem(str(path), error)


@cache
def _entry_points(_path: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    # Reads what every installed package says of itself, and is asked for every stack.
    return tuple(entry_points(group=GROUP))


def _of_packages() -> Iterator[Problem]:
    for point in _entry_points(tuple(sys.path)):
        try:
            point.load()
        except (Exception, SystemExit) as error:
            yield _problem(f"entry point {point.name} of {GROUP}", error)


def _problem(file: str, error: BaseException) -> Problem:
    why = " ".join(str(error).split()) or type(error).__name__
    line = getattr(error, "lineno", None)
    trace = error.__traceback__
    while trace is not None and line is None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    message = f"cannot be loaded; got {type(error).__name__}: {why}; fix it, or move it out of the folder"
    return Problem((), message, file, line)


@contextmanager
def _beside(folder: Path) -> Iterator[None]:
    """Files of the folder can import one another."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
