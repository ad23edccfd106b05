"""`eks-blueprints pipeline show`: pictures of pipelines."""

from __future__ import annotations

import click

from eks_blueprints.cli import complete
from eks_blueprints.cli.pipelines import chosen, file_of, pipelines_of
from eks_blueprints.cli.streams import echo_document


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
    from eks_blueprints.pipelines import _picture as picture

    file = file_of(stack)
    args = pipelines_of(file)
    drawn = [(each, each.graph(args.environments)) for each in chosen(args, pipeline)]
    if not drawn:
        raise click.UsageError(f"there is no pipeline to show; got none in {file}; add one to pipelines")
    if form == "html":
        echo_document(picture.page(f"Pipelines of {file.stem}", drawn), nl=False)
        return
    if form == "mermaid":
        one = pipeline is not None or len(drawn) == 1
        echo_document(picture.mermaid(drawn[0][1]) if one else picture.markdown(drawn), nl=False)
        return
    echo_document("\n".join(picture.text(each, graph) for each, graph in drawn), nl=False)
