"""What there is to preview: a stack of a project, a stack file on its own, or any program."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from eks_blueprints.core.errors import BEGIN, InputError, Problem, unknown_name
from eks_blueprints.stackfile.find import named_files, program_of, stack_file, stack_files


@dataclass(frozen=True, slots=True)
class Target:
    """One stack to preview; plain data, so that it can be handed to another process."""

    stack: str
    project: Path | None
    """Folder of the Pulumi project whose program is run; None to build the stack file alone."""
    file: Path | None = None
    """The stack file, where there is one."""


def stack_target(named: str) -> Target:
    """The target that a person means by a stack's name or a stack file.

    Raises:
        InputError: if there is none.
    """
    return _target(stack_file(named))


def named_targets(named: Sequence[str]) -> list[Target]:
    """The targets that a person means by several names and stack files.

    Raises:
        InputError: if one of them means none.
    """
    return stack_targets(named_files(named))


def all_targets() -> list[Target]:
    """Every stack of the project that the current folder belongs to."""
    return stack_targets(stack_files(Path.cwd()))


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
    stacks = _configured_stacks(folder)
    if stack is None:
        if len(stacks) > 1:
            message = f"has several stacks; got no name; add one of {', '.join(sorted(stacks))}"
            raise InputError([Problem((), message, str(folder))])
        return Target(stacks.pop() if stacks else "dev", folder)
    if stacks and stack not in stacks:
        raise InputError([Problem((), unknown_name(stack, stacks, "stack"), str(folder))])
    return Target(stack, folder)


def _configured_stacks(folder: Path) -> set[str]:
    found = {*folder.glob("Pulumi.*.yaml"), *folder.glob("*/Pulumi.*.yaml")}
    return {path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in found}
