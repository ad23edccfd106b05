"""Where stack files are: beside the program of the project that a folder belongs to.

A file there that others extend is not a stack of its own, unless it has settings: `base.yaml` beside `dev.yaml` and
`prod.yaml`, and no `Pulumi.base.yaml`. What stands in a folder below is none in any case.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from eks_blueprints.core.document import read
from eks_blueprints.core.errors import BEGIN, InputError, Problem, unknown_name
from eks_blueprints.stackfile.extends import extended

_OTHERS = ("Pulumi", "policies.")
"""Starts of the names of YAML files beside stack files that are none: Pulumi's settings, and those of policies."""

_GIVE = "give it settings of its own, Pulumi.<stack>.yaml, if it is one"


@dataclass(frozen=True, slots=True)
class Project:
    """A Pulumi project on disk."""

    name: str
    folder: Path
    main: Path
    """Folder of its program, where its stack files stand too."""
    settings: Path
    """Folder of the settings of its stacks."""


def project_of(folder: Path) -> Project | None:
    """The project that a folder belongs to: the nearest Pulumi.yaml at or above it.

    Raises:
        InputError: if that Pulumi.yaml cannot be read.
    """
    folder = folder.resolve()
    for candidate in (folder, *folder.parents):
        settings = candidate / "Pulumi.yaml"
        if settings.is_file():
            return _project(settings, settings.stat().st_mtime_ns)
    return None


@lru_cache(maxsize=32)
def _project(settings: Path, _changed: int) -> Project:
    # A command asks for its project several times, and YAML is slow to read.
    data = read(settings).data
    folder = settings.parent
    places = (folder / str(data.get(key) or ".") for key in ("main", "stackConfigDir"))
    return Project(str(data.get("name") or folder.name), folder, *places)


def program_of(file: Path) -> Project | None:
    """The project whose program builds a stack file: that in whose folder of the program the file stands.

    Raises:
        InputError: if its Pulumi.yaml cannot be read.
    """
    project = project_of(file.parent)
    return project if project is not None and project.main.resolve() == file.resolve().parent else None


def shared_files(project: Project) -> dict[Path, list[Path]]:
    """The files of a project that are no stacks, because stack files extend them: real path to the stack files."""
    found: dict[Path, list[Path]] = {}
    for file in _beside(project):
        for lower in extended(file):
            found.setdefault(lower, []).append(file)
    if not found:
        return found
    settings = {path.name for path in project.settings.glob("Pulumi.*.yaml")}
    stacks = {path.resolve() for path in _beside(project) if f"Pulumi.{path.stem}.yaml" in settings}
    shared = {lower: above for lower, above in found.items() if lower not in stacks}
    above = {lower: [file for file in files if file.resolve() not in shared] for lower, files in shared.items()}
    # Files that extend each other in a circle are no less stacks: what is wrong with them is to be told.
    return {lower: files for lower, files in above.items() if files}


def _beside(project: Project) -> list[Path]:
    return sorted(path for path in project.main.glob("*.yaml") if not path.name.startswith(_OTHERS))


def stacks_of(file: Path) -> list[Path]:
    """The stack files that extend a file, if it is not a stack itself; none if it is one, or nothing is known of it.

    Raises:
        InputError: if the Pulumi.yaml of its project cannot be read.
    """
    project = project_of(file.parent)
    return [relative(path) for path in shared_files(project).get(file.resolve(), ())] if project else []


def stack_files(folder: Path) -> list[Path]:
    """Every stack file of the project that a folder belongs to, by name.

    Raises:
        InputError: if there is no project, or it has no stack file.
    """
    project = project_of(folder)
    if project is None:
        do = f"name a stack file, or create a repository: {BEGIN}"
        raise _error(folder, f"belongs to no project; got no Pulumi.yaml here or above; {do}")
    shared = shared_files(project)
    found = [path for path in _beside(project) if path.resolve() not in shared]
    if not found:
        raise _error(
            project.main, f"holds no stack file; got none; write one, such as dev.yaml, or create a repository: {BEGIN}"
        )
    return [relative(path) for path in found]


def stack_file(named: str) -> Path:
    """The stack file that a person means by a stack's name or by a path.

    Raises:
        InputError: if there is none.
    """
    path = Path(named)
    if path.suffix in (".yaml", ".yml") or len(path.parts) > 1:
        if path.exists() and not path.is_file():
            got = "a folder" if path.is_dir() else "a pipe or a device, which cannot be read twice"
            raise _error(path, f"is not a stack file; got {got}; name a stack or a stack file")
        if not path.exists():
            raise _error(path, "does not exist; got no such file; name a stack or a stack file")
        if above := stacks_of(path):
            named = ", ".join(file.stem for file in above)
            raise _error(path, f"is not a stack; got a file that {named} extend; name one of these, or {_GIVE}")
        return path
    known = {file.stem: file for file in stack_files(Path.cwd())}
    if named not in known and (project := project_of(Path.cwd())) and (project.main / f"{named}.yaml").is_file():
        return stack_file(str(relative(project.main / f"{named}.yaml")))
    if named not in known:
        raise InputError([Problem((), unknown_name(named, known, "stack"))])
    return known[named]


def relative(path: Path) -> Path:
    """A path as messages show it: from where the person stands, if it lies there."""
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path


def _error(path: Path, message: str) -> InputError:
    return InputError([Problem((), message, str(path))])
