"""The pipelines that commands are about: those of one stack, or the one that is named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from eks_blueprints.cli import show

if TYPE_CHECKING:
    from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs
    from eks_blueprints.pipelines.base import Pipeline


def file_of(stack: str | None) -> Path:
    """The stack file that is named, or the only one."""
    from eks_blueprints.cli.targets import the_only
    from eks_blueprints.stackfile.find import stack_file, stack_files

    if stack is not None:
        return stack_file(stack)
    files = stack_files(Path.cwd())
    return the_only(files, [file.stem for file in files])


def pipelines_of(file: Path) -> PipelinesArgs:
    """The pipelines of a stack file, with the values of its settings.

    Raises:
        InputError: if it is not valid, or describes a platform.
    """
    from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs
    from eks_blueprints.core.errors import InputError, Problem
    from eks_blueprints.core.references import resolve
    from eks_blueprints.stackfile.settings import settings_of
    from eks_blueprints.stackfile.settle import checked

    stack = checked(file)
    if not isinstance(stack.args, PipelinesArgs):
        do = "name one whose blueprint is eks_blueprints.Pipelines"
        raise InputError([Problem((), f"has no pipelines; got a platform; {do}", str(file))])
    show.problems(stack.warnings())
    doubts: list[Problem] = []
    return resolve(stack.args, settings_of(file), doubts)


def chosen(args: PipelinesArgs, wanted: str | None) -> list[Pipeline]:
    """The pipeline that is named, or all."""
    from eks_blueprints.core.errors import unknown_name

    named = {each.name: each for each in args.pipelines}
    if wanted is not None and wanted not in named:
        raise click.UsageError(unknown_name(wanted, named, "pipeline of this stack"))
    return [named[wanted]] if wanted is not None else list(args.pipelines)
