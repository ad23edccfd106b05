"""`eks-blueprints check`: are stack files valid?"""

from __future__ import annotations

from pathlib import Path

import click

from eks_blueprints.cli import show
from eks_blueprints.cli.exits import Exit
from eks_blueprints.errors import InputError
from eks_blueprints.stackfile import open_stack
from eks_blueprints.stackfile.find import stack_file, stack_files


@click.command("check")
@click.argument("stacks", nargs=-1, metavar="[STACK|FILE]...")
@click.option("--strict", is_flag=True, help="Count warnings as errors.")
def command(stacks: tuple[str, ...], strict: bool) -> None:
    """Say whether stack files are valid, every problem with its line and column.

    Without arguments, checks every stack of the project in this folder. Nothing is run and nothing is looked up: pulumi
    is not even imported, unless a stack file names a blueprint class of its own.
    """
    files = [stack_file(stack) for stack in stacks] if stacks else stack_files(Path.cwd())
    errors = warnings = 0
    for path in files:
        try:
            found = open_stack(path).warnings()
        except InputError as error:
            errors += len(error.problems)
            show.problems(error.problems)
            continue
        warnings += len(found)
        show.problems(found)
        if not found:
            click.echo(f"{click.style('valid', fg='green')}  {path}")
    if errors or (strict and warnings):
        said = [show.count(errors, "problem")] if errors else []
        said += [show.count(warnings, "warning")] if warnings else []
        click.echo(f"{' and '.join(said)} in {show.count(len(files), 'stack file')}", err=True)
        raise click.exceptions.Exit(Exit.INVALID)
