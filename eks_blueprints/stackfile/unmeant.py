"""Files that others extend and that look like stacks: without settings of their own they are none any more.

That `staging.yaml` extends `prod.yaml` must not make `prod` disappear without a word. A file is taken for a stack if it
could stand alone (it says its region and its cluster itself) and nothing says that it is meant to be shared: neither
its name, nor the schema in its first lines, which is that of stack files as a whole (`stack.schema.json`) or that of
parts (`overlay.schema.json`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from eks_blueprints.core.document import read
from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.stackfile.find import Project, relative, shared_files

_ALONE = {"region", "cluster"}
"""What a stack file says before all else."""
_SHARED = frozenset(
    (
        *("all", "base", "bases", "baseline", "common", "commons", "core", "default", "defaults", "global", "lib"),
        *("parent", "platform", "root", "shared", "standard", "template", "templates"),
    )
)
"""Words in the names of files that are meant to be extended."""
_SCHEMA = re.compile(r"^#.*\$schema\s*[=:]\s*\S*?([\w-]+)\.schema\.json", re.MULTILINE)


def unmeant(project: Project) -> list[Problem]:
    """A warning for each file of a project that looks like a stack, and is none because others extend it."""
    found = shared_files(project)
    beside = sorted(file for file in found if file.parent == project.main.resolve())
    return [_warning(file, found[file], project) for file in beside if _looks_like_a_stack(file)]


def is_none_because(stack: str, project: Project) -> str | None:
    """Why a stack that was there is none any more although its file is, in words; None where that is not so."""
    file = (project.main / f"{stack}.yaml").resolve()
    above = shared_files(project).get(file)
    return _why(file, above, project) if above else None


def _warning(file: Path, above: Sequence[Path], project: Project) -> Problem:
    place = relative(project.main / file.name)
    do = f"create that file if {file.stem} is a stack, or move this one to a folder below, such as shared/"
    return Problem((), f"is no stack, {_why(file, above, project)}; {do}", str(place), 1, 1, "warning")


def _why(file: Path, above: Sequence[Path], project: Project) -> str:
    names = ", ".join(each.stem for each in above)
    settings = relative(project.settings / f"Pulumi.{file.stem}.yaml")
    return f"because {names} extends it and it has no settings; got no {settings}"


def _looks_like_a_stack(file: Path) -> bool:
    words = {word for word in re.split(r"[-_.\d]+", file.stem.lower()) if word}
    if words & _SHARED or file.name.startswith("_"):
        return False
    try:
        schema = _SCHEMA.search(file.read_text(encoding="utf-8-sig")[:1000])
        if schema is not None:
            return bool(schema[1] == "stack")
        return set(read(file).data) >= _ALONE
    except (OSError, ValueError, InputError):
        return False
