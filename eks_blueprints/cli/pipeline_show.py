"""`eks-blueprints pipeline show`: pictures of pipelines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from eks_blueprints.cli import complete, show
from eks_blueprints.cli.streams import echo_document

if TYPE_CHECKING:
    from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs


@click.command("show")
@click.argument("stack", metavar="[STACK|FILE]", required=False, shell_complete=complete.stacks)
@click.argument("pipeline", metavar="[PIPELINE]", required=False)
@click.option("--format", "form", type=click.Choice(["text", "mermaid", "html"]), default="text", show_default=True)
def command(stack: str | None, pipeline: str | None, form: str) -> None:
    """Draw the pipelines of a stack: which stage waits for which, where people approve, what is deployed where.

    \b
      eks-blueprints pipeline show delivery                      every pipeline, one stage a line
      eks-blueprints pipeline show delivery shop --format mermaid   for Markdown
      eks-blueprints pipeline show delivery --format html > delivery.html
    """
    from eks_blueprints.core.errors import unknown_name
    from eks_blueprints.pipelines import _picture as picture

    file = _file(stack)
    args = pipelines_of(file)
    named = {each.name: each for each in args.pipelines}
    if pipeline is not None and pipeline not in named:
        raise click.UsageError(unknown_name(pipeline, named, "pipeline of this stack"))
    chosen = [named[pipeline]] if pipeline is not None else list(args.pipelines)
    if not chosen:
        raise click.UsageError(f"there is no pipeline to show; got none in {file}; add one to pipelines")
    drawn = [(each, each.graph(args.environments)) for each in chosen]
    if form == "html":
        echo_document(picture.page(f"Pipelines of {file.stem}", drawn), nl=False)
        return
    if form == "mermaid":
        one = pipeline is not None or len(drawn) == 1
        echo_document(picture.mermaid(drawn[0][1]) if one else picture.markdown(drawn), nl=False)
        return
    echo_document("\n".join(picture.text(each, graph) for each, graph in drawn), nl=False)


def _file(stack: str | None) -> Path:
    from eks_blueprints.stackfile.find import stack_file, stack_files

    if stack is not None:
        return stack_file(stack)
    files = stack_files(Path.cwd())
    if len(files) > 1:
        names = ", ".join(file.stem for file in files)
        raise click.UsageError(f"this command is about one stack at a time; got no name; add one of {names}")
    return files[0]


def pipelines_of(file: Path) -> PipelinesArgs:
    """The pipelines of a stack file.

    Raises:
        InputError: if it is not valid, or describes a platform.
    """
    from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs
    from eks_blueprints.core.errors import InputError, Problem
    from eks_blueprints.stackfile.settle import checked

    stack = checked(file)
    if not isinstance(stack.args, PipelinesArgs):
        do = "name one whose blueprint is eks_blueprints.Pipelines"
        raise InputError([Problem(("blueprint",), f"has no pipelines; got a platform; {do}", str(file))])
    show.problems(stack.warnings())
    return stack.args
