"""Where stack files are: beside the program of the project that a folder belongs to.

A file there that others extend is not a stack of its own, unless it has settings: `base.yaml` beside `dev.yaml` and
`prod.yaml`, and no `Pulumi.base.yaml`. What stands in a folder below is none in any case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from eks_blueprints.core.document import read
from eks_blueprints.core.errors import BEGIN, InputError, Problem, unknown_name
from eks_blueprints.stackfile.extends import extended

_OTHERS = ("Pulumi", "policies.")
"""Starts of the names of YAML files beside stack files that are none: Pulumi's settings, and those of policies."""

ADOPTION = ".adopt.yaml"
"""How the names of files end, behind a stack's, that say what it takes over."""

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


def program_alone(folder: Path) -> Project | None:
    """The project that a folder belongs to, if it is a Python program with settings of stacks and no stack file.

    Raises:
        InputError: if its Pulumi.yaml cannot be read.
    """
    project = project_of(folder)
    if project is None or not (project.main / "__main__.py").is_file() or _beside(project):
        return None
    return project if any(project.settings.glob("Pulumi.*.yaml")) else None


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
    found = (path for path in project.main.glob("*.yaml") if not path.name.startswith(_OTHERS))
    return sorted(path for path in found if not path.name.endswith(ADOPTION))


def stacks_of(file: Path) -> list[Path]:
    """The stack files that extend a file, if it is not a stack itself; none if it is one, or nothing is known of it.

    Raises:
        InputError: if the Pulumi.yaml of its project cannot be read.
    """
    return _Finder().stacks_of(file)


def stack_files(folder: Path) -> list[Path]:
    """Every stack file of the project that a folder belongs to, by name.

    Raises:
        InputError: if there is no project, or it has no stack file.
    """
    return _Finder().of_folder(folder)


def stack_file(named: str) -> Path:
    """The stack file that a person means by a stack's name or by a path.

    Raises:
        InputError: if there is none.
    """
    return _Finder().file(named)


def named_files(named: Iterable[str], *, shared: bool = False) -> list[Path]:
    """The stack files that a person means by several names and paths, each once.

    With `shared`, a file that stacks extend stands for these, as hooks name every file that changes.

    Raises:
        InputError: with each of them that means none.
    """
    finder = _Finder()
    found: dict[Path, None] = {}
    problems: list[Problem] = []
    for each in named:
        try:
            above = finder.stacks_of(Path(each)) if shared else []
            found |= dict.fromkeys(above or [finder.file(each)])
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(dict.fromkeys(problems))
    return list(found)


def is_path(named: str) -> bool:
    """Whether a person means a file by it, and no stack by its name."""
    return Path(named).suffix in (".yaml", ".yml") or len(Path(named).parts) > 1


class _Finder:
    """Finds stack files, and reads the folder of a project once for all of them."""

    def __init__(self) -> None:
        self._shared: dict[Path, dict[Path, list[Path]]] = {}
        self._known: dict[str, Path] | None = None

    def shared(self, project: Project) -> dict[Path, list[Path]]:
        if project.main not in self._shared:
            self._shared[project.main] = shared_files(project)
        return self._shared[project.main]

    def stacks_of(self, file: Path) -> list[Path]:
        project = project_of(file.parent)
        return [relative(path) for path in self.shared(project).get(file.resolve(), ())] if project else []

    def of_folder(self, folder: Path) -> list[Path]:
        project = project_of(folder)
        if project is None:
            do = f"name a stack file, or create a repository: {BEGIN}"
            raise _error(folder, f"belongs to no project; got no Pulumi.yaml here or above; {do}")
        shared = self.shared(project)
        found = [path for path in _beside(project) if path.resolve() not in shared]
        if not found:
            if program_alone(folder):
                got = "a program that reads none"
                do = "use check, preview or diff, which run the program; its stacks are told by Pulumi.<stack>.yaml"
            else:
                got, do = "none", f"write one, such as dev.yaml, or create a repository: {BEGIN}"
            raise _error(relative(project.main), f"holds no stack file; got {got}; {do}")
        return [relative(path) for path in found]

    def file(self, named: str) -> Path:
        path = Path(named)
        if is_path(named):
            return self._at(path)
        if self._known is None:
            self._known = {file.stem: file for file in self.of_folder(Path.cwd())}
        if named not in self._known:
            project = project_of(Path.cwd())
            if project and (project.main / f"{named}.yaml").is_file():
                return self._at(relative(project.main / f"{named}.yaml"))
            raise InputError([Problem((), unknown_name(named, self._known, "stack"))])
        return self._known[named]

    def _at(self, path: Path) -> Path:
        if path.exists() and not path.is_file():
            got = "a folder" if path.is_dir() else "a pipe or a device, which cannot be read twice"
            raise _error(path, f"is not a stack file; got {got}; name a stack or a stack file")
        if message := _is_settings(path):
            raise _error(path, message)
        if not path.exists():
            raise _error(path, "does not exist; got no such file; name a stack or a stack file")
        if above := self.stacks_of(path):
            named = ", ".join(file.stem for file in above)
            raise _error(path, f"is not a stack; got a file that {named} extend; name one of these, or {_GIVE}")
        return path


def _is_settings(path: Path) -> str | None:
    """What to say of a settings file that is taken for a stack file: which the stack file is."""
    if path.name.endswith(ADOPTION):
        stack = path.name.removesuffix(ADOPTION)
        return f"says what the stack {stack} takes over; got no stack file; the stack file is {stack}.yaml"
    if path.name == "policies.yaml":
        return "holds the settings of policies; got no stack file; name a stack or a stack file"
    if path.name == "Pulumi.yaml":
        return "is Pulumi's file of the project; got no stack file; name a stack or a stack file"
    match = re.fullmatch(r"Pulumi\.(.+)\.ya?ml", path.name)
    if match is None:
        return None
    project = project_of(path.parent)
    file = relative((project.main if project else path.parent) / f"{match[1]}.yaml")
    if not file.is_absolute() and not path.is_absolute() and file.parent.resolve() == path.parent.resolve():
        file = path.parent / file.name  # as the person writes it
    there = "" if file.is_file() else ", which does not exist"
    return f"is Pulumi's settings file of the stack {match[1]}; got no stack file; the stack file is {file}{there}"


def relative(path: Path) -> Path:
    """A path as messages show it: from where the person stands, if it lies there."""
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path


def _error(path: Path, message: str) -> InputError:
    return InputError([Problem((), message, str(path))])
