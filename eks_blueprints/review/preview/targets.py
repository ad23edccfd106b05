"""What there is to preview: a stack of a project, a stack file on its own, or any program."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from eks_blueprints.core.errors import BEGIN, InputError, Problem, unknown_name
from eks_blueprints.stackfile.find import (
    is_path,
    named_files,
    program_alone,
    program_of,
    project_of,
    relative,
    stack_files,
)


@dataclass(frozen=True, slots=True)
class Target:
    """One stack to preview; plain data, so that it can be handed to another process."""

    stack: str
    project: Path | None
    """Folder of the Pulumi project whose program is run; None to build the stack file alone."""
    file: Path | None = None
    """The stack file, where there is one."""

    @property
    def source(self) -> Path:
        """The file that says what is particular to it: its stack file, or the settings of a program's stack."""
        if self.file is not None:
            return self.file
        project = project_of(self.project or Path())
        settings = project.settings / f"Pulumi.{self.stack}.yaml" if project is not None else None
        return relative(settings) if settings is not None and settings.is_file() else self.project or Path()

    @property
    def beside(self) -> Path:
        """The folder that holds its stack file, or its program: settings of policies stand there."""
        if self.file is not None:
            return self.file.parent
        folder = self.project or Path()
        project = project_of(folder)
        return project.main if project is not None else folder


def stack_target(named: str) -> Target:
    """The target that a person means by a stack's name or a stack file.

    Raises:
        InputError: if there is none.
    """
    (target,) = named_targets([named])
    return target


def named_targets(named: Sequence[str]) -> list[Target]:
    """The targets that a person means by several names and stack files.

    Raises:
        InputError: if one of them means none.
    """
    return programs_here(named) or stack_targets(named_files(named))


def all_targets() -> list[Target]:
    """Every stack of the project that the current folder belongs to."""
    return programs_here() or stack_targets(stack_files(Path.cwd()))


def programs_here(named: Sequence[str] = ()) -> list[Target]:
    """The stacks of the project that the current folder belongs to, those that are named or all of them, if it is a
    program that reads no stack file; none if it is not, or files are named.

    Raises:
        InputError: with each name that is no stack of it.
    """
    project = program_alone(Path.cwd())
    if project is None or any(is_path(each) for each in named):
        return []
    folder = Path(os.path.relpath(project.folder))
    known = configured_stacks(folder)
    unknown = [each for each in named if each not in known]
    if unknown:
        raise InputError([Problem((), unknown_name(each, known, "stack")) for each in unknown])
    return [Target(each, folder) for each in dict.fromkeys(named or sorted(known))]


def stack_targets(files: Iterable[Path]) -> list[Target]:
    """The targets of files that are known to be stack files."""
    return [_target(file) for file in files]


def _target(file: Path) -> Target:
    project = program_of(file)
    return Target(file.stem, project.folder if project else None, file)


def program_target(folder: Path, stack: str | None) -> Target:
    """A stack of any Pulumi Python program.

    Raises:
        InputError: if the folder holds no project, or its stacks leave open which one is meant.
    """
    if not (folder / "Pulumi.yaml").is_file():
        message = (
            f"holds no Pulumi project; got no Pulumi.yaml in it; name the folder of a project, or create one: {BEGIN}"
        )
        raise InputError([Problem((), message, str(folder))])
    stacks = configured_stacks(folder)
    if stack is None:
        if len(stacks) > 1:
            message = f"has several stacks; got no name; add one of {', '.join(sorted(stacks))}"
            raise InputError([Problem((), message, str(folder))])
        return Target(stacks.pop() if stacks else "dev", folder)
    if stacks and stack not in stacks:
        raise InputError([Problem((), unknown_name(stack, stacks, "stack"), str(folder))])
    return Target(stack, folder)


def configured_stacks(folder: Path) -> set[str]:
    """Names of the stacks of the project in a folder that have settings.

    Raises:
        InputError: if its Pulumi.yaml cannot be read.
    """
    project = project_of(folder)
    found = project.settings.glob("Pulumi.*.yaml") if project is not None else ()
    return {path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in found}
