"""The one stack that a command is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from eks_blueprints.cli import complete, show
from eks_blueprints.review.preview.targets import Target, all_targets, program_target, stack_target

T = TypeVar("T")


def one_stack(command: Any) -> Any:
    """The argument and the options of commands that are about one stack: STACK, `--program`, `--format`."""
    argument = click.argument("stack", required=False, metavar="[STACK|FILE]", shell_complete=complete.stacks)
    return argument(of_one_stack(command))


def of_one_stack(command: Any) -> Any:
    """The options alone, for commands that have more arguments than STACK."""
    command = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)(
        command
    )
    return click.option(
        "--program",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="DIR",
        help="Read any Pulumi Python program, in DIR; STACK names one of its stacks.",
    )(command)


def one_target(stack: str | None, program: Path | None) -> Target:
    """The stack that is named, or the only one of the project.

    Raises:
        UsageError: if none is named and the project has several.
        InputError: if there is none by that name.
    """
    show.old_tables(*show.PLATFORM)
    if program is not None:
        return program_target(program, stack)
    if stack is not None:
        return stack_target(stack)
    targets = all_targets()
    return the_only(targets, [target.stack for target in targets])


def the_only(found: Sequence[T], names: Iterable[str]) -> T:
    """The only one of what is called by these names.

    Raises:
        UsageError: if there are several.
    """
    if len(found) > 1:
        listed = ", ".join(names)
        raise click.UsageError(f"this command is about one stack at a time; got no name; add one of {listed}")
    return found[0]
