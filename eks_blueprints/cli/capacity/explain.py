"""`eks-blueprints capacity explain`: why are these pods where they are?"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from eks_blueprints.cli import show
from eks_blueprints.cli.capacity import _source
from eks_blueprints.cli.streams import echo_document
from eks_blueprints.core.printed import document

_WIDTH = 100


@click.command("explain")
@click.argument("pod", metavar="POD")
@_source.STACK
@_source.sources
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(  # noqa: PLR0917 - click passes each option by name
    pod: str,
    stack: str | None,
    cluster: Path | None,
    pods: Path | None,
    at: Literal["least", "most"],
    prices: Path | None,
    program: Path | None,
    form: str,
) -> None:
    """Show what takes the pods of a workload, what else could, and what refuses them.

    POD is a workload or one of its pods: web, shop/web, shop/Deployment/web, web-7d9f8c6b5-x2x1z.

    Every pool, group, profile and node that is there is asked for one pod: those that could take it with the instance
    types and prices from which they choose, the others with the predicate of kube-scheduler that refuses it.

    \b
      eks-blueprints capacity explain web prod
      eks-blueprints capacity explain shop/Deployment/web prod --at most
      eks-blueprints capacity explain web-7d9f8c6b5-x2x1z prod --cluster now.json
    """
    title, found = _source.platforms(stack, program=program, prices=prices, cluster=cluster, pods=pods)
    from eks_blueprints.capacity.explain import demand_named, explained
    from eks_blueprints.capacity.explain_text import render, render_daemon
    from eks_blueprints.capacity.json_form import of_daemon, of_explained
    from eks_blueprints.capacity.model import Daemon
    from eks_blueprints.capacity.place import outcome

    data, drawn = [], []
    for number, each in demand_named(pod, found, title):
        placed = outcome(found[number], at=at)
        if isinstance(each, Daemon):
            data.append(of_daemon(each, placed))
            drawn.append("\n".join(render_daemon(each, placed, width=show.width(_WIDTH))))
        else:
            said = explained(placed, each, outcome)
            data.append(of_explained(said))
            drawn.append("\n".join(render(said, width=show.width(_WIDTH))))
    if form == "json":
        echo_document(document(data))
    else:
        click.echo("\n\n".join(drawn))
