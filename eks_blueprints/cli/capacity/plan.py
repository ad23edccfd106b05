"""`eks-blueprints capacity plan`: which nodes do the pods of a stack get?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from eks_blueprints.cli import show
from eks_blueprints.cli.capacity import _source
from eks_blueprints.cli.diff import form_of, to_file
from eks_blueprints.cli.streams import echo_report
from eks_blueprints.core.printed import document

if TYPE_CHECKING:
    from eks_blueprints.capacity.compare import Sides

_WIDTH = 100
_FORMS = ("text", "html", "json")


@click.command("plan")
@_source.STACK
@_source.sources
@click.option(
    "--format", "form", type=click.Choice(_FORMS), default=None, help="Default: by the ending of -o, else text."
)
@show.output()
@click.option(
    "--fail-on",
    default="",
    metavar="GATES",
    help="Exit with 3 on any of: capacity (pods wait, or it is not known), cost>DOLLARS (of all nodes a month).",
)
def command(  # noqa: PLR0917 - click passes each option by name
    stack: str | None,
    cluster: Path | None,
    pods: Path | None,
    at: Literal["least", "most"],
    prices: Path | None,
    program: Path | None,
    form: str | None,
    outputs: tuple[Path, ...],
    fail_on: str,
) -> None:
    """Show which nodes the pods of a stack get, how full they are, and what they cost.

    Each node is drawn as a box that pods fill, by what fills it first: cores, memory, number of pods, volumes, disks or
    devices. Pods that nothing takes are told with the predicate that refuses them, everywhere, and what would help.
    Where something scales, the fewest pods are planned, and the most are told in a line.

    \b
      eks-blueprints capacity plan prod
      eks-blueprints capacity plan prod --at most
      eks-blueprints capacity plan prod -o capacity.html
      eks-blueprints capacity plan prod --fail-on "capacity,cost>5000"
      eks-blueprints capacity plan prod --pods requests.csv
      eks-blueprints capacity plan prod --cluster now.json

    now.json is an export, such as that of kubectl get nodes,pods,daemonsets,pv,pvc,csinodes -A -o json.

    The gate capacity says no, too, where something is not known that could change the answer.

    Exit codes: 2 an input is invalid, 3 a gate of --fail-on says no.
    """
    from eks_blueprints.capacity.gates import Limits

    limits = Limits.parse(fail_on, of_change=False)
    title, found = _source.platforms(stack, program=program, prices=prices, cluster=cluster, pods=pods)
    from eks_blueprints.capacity.figures import Figures
    from eks_blueprints.capacity.sides import sides
    from eks_blueprints.capacity.words import summary

    outcomes = sides(found, at=at)
    if not outputs:
        form = form or "text"
        echo_report(_rendered(outcomes, form, title, at, show.width(_WIDTH)), form)
    for file in outputs:
        to_file(file, click.unstyle(_rendered(outcomes, form or _form(file), title, at, _WIDTH)))
    figures = [Figures(each) for each, _ in outcomes]
    if outputs:
        for each in figures:
            click.echo(f"{each.outcome.platform.name}: {summary(each)}")
    _source.blocked(limits.closed(figures))


def _form(file: Path) -> str:
    """The form that a file's ending says, of those that there are."""
    found = form_of(file)
    return found if found in _FORMS else "text"


def _rendered(outcomes: Sides, form: str, title: str, at: Literal["least", "most"], width: int) -> str:
    if form == "json":
        from eks_blueprints.capacity.json_form import to_data

        return document(to_data(outcomes, stack=title, at=at)) + "\n"
    if form == "html":
        from eks_blueprints.capacity.html import render as page

        return page(outcomes, title=title, at=at)
    from eks_blueprints.capacity.text import render

    drawn = ("\n".join(render(each, most=most, at=at, width=width)) for each, most in outcomes)
    return "\n\n".join(drawn) + "\n"
