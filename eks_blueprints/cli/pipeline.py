"""`eks-blueprints pipeline`: the pipelines of a stack, drawn and written down for their engines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from eks_blueprints.cli import complete, show
from eks_blueprints.cli.exits import Exit

if TYPE_CHECKING:
    from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs


@click.group("pipeline")
def command() -> None:
    """Show the pipelines of a stack, and write the files of their engines.

    \b
      eks-blueprints pipeline render delivery --to .     write what its engines read
      eks-blueprints pipeline render delivery --check    is what is checked in current?
    """


@command.command("render")
@click.argument("stack", metavar="[STACK|FILE]", required=False, shell_complete=complete.stacks)
@click.argument("pipeline", metavar="[PIPELINE]", required=False)
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIR",
    help="Root of the checkout that the files are for. Default: this folder.",
)
@click.option("--check", is_flag=True, help="Write nothing; print what differs, and exit 4 if something does.")
def render(stack: str | None, pipeline: str | None, folder: Path, *, check: bool) -> None:
    """Write the files that GitHub Actions, GitLab CI and Jenkins read, with those that protect their repository.

    Needs no engine, network or account. It writes only what changed, and no file that something else wrote; of
    CODEOWNERS it writes the part between its marks. PIPELINE is one of the stack. Default: all that another engine
    than AWS CodePipeline runs.
    """
    from eks_blueprints.pipelines.engines import _written

    found = _written.changes(folder, _written.joined(_rendered(stack, pipeline)))
    if check:
        for change in found:
            click.echo(change.diff(folder), nl=False)
        if found:
            click.echo(f"{show.count(len(found), 'file')} not current; run: eks-blueprints pipeline render", err=True)
            raise click.exceptions.Exit(Exit.CHANGES)
        return
    for change in found:
        _written.write(change)
        click.echo(f"wrote {change.path}")
    if not found:
        click.echo("all files are current", err=True)


def _rendered(stack: str | None, wanted: str | None) -> list[dict[str, str]]:
    from eks_blueprints.blueprint.pipelines_spec import TEXTS
    from eks_blueprints.core.errors import unknown_name

    file = _file(stack)
    args = _args(file)
    named = {pipeline.name: pipeline for pipeline in args.pipelines}
    if wanted is not None and wanted not in named:
        raise click.UsageError(unknown_name(wanted, named, "pipeline of this stack"))
    chosen = [named[wanted]] if wanted is not None else [each for each in args.pipelines if each.engine in TEXTS]
    if not chosen or chosen[0].engine not in TEXTS:
        got = f"{wanted}, of CodePipeline" if wanted is not None else "none"
        do = f"set its engine to {', '.join(TEXTS)}"
        raise click.UsageError(f"there is no pipeline whose engine reads files of a repository; got {got}; {do}")
    ref = args.ref(file.stem)
    return [dict(each.renderer.render(each, each.graph(args.environments), ref)) for each in chosen]


def _file(stack: str | None) -> Path:
    from eks_blueprints.stackfile.find import stack_file, stack_files

    if stack is not None:
        return stack_file(stack)
    files = stack_files(Path.cwd())
    if len(files) > 1:
        names = ", ".join(file.stem for file in files)
        raise click.UsageError(f"this command is about one stack at a time; got no name; add one of {names}")
    return files[0]


def _args(file: Path) -> PipelinesArgs:
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
