"""`eks-blueprints capacity diff`: what does this change do to nodes, waiting pods and cost?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from eks_blueprints.cli import complete, show
from eks_blueprints.cli.capacity import _source
from eks_blueprints.cli.diff import asked, form_of, to_file
from eks_blueprints.cli.exits import Exit
from eks_blueprints.cli.streams import echo_report
from eks_blueprints.core.printed import document, one_line

if TYPE_CHECKING:
    from eks_blueprints.review.report.model import Report

_FORMS = ("text", "markdown", "json", "html")


@click.command("diff")
@click.argument("stacks", nargs=-1, metavar="[STACK|FILE]...", shell_complete=complete.stacks)
@click.option(
    "--base",
    default=None,
    metavar="REF|FILE",
    help="What to compare with: a git ref, a plan saved by preview --format json, or what pulumi stack export wrote. "
    "Default: the branch that CI says is merged into, else origin/main or main.",
)
@click.option(
    "--format", "form", type=click.Choice(_FORMS), default=None, help="Default: by the ending of -o, else text."
)
@show.output()
@click.option(
    "--fail-on",
    default="",
    metavar="GATES",
    help="Exit with 3 on any of: capacity (pods newly wait, or it is newly not known), cost>DOLLARS (a month more), "
    "cost>PERCENT%.",
)
@click.option(
    "--program",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Compare any Pulumi Python program, in DIR; STACK names one of its stacks.",
)
@click.option("--base-python", metavar="PATH", default=None, help="Python with the dependencies of the base.")
@click.option(
    "--prices",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=None,
    help="TOML file with prices that override the list prices.",
)
@show.render
def command(  # noqa: PLR0917 - click passes each option by name
    stacks: tuple[str, ...],
    base: str | None,
    form: str | None,
    outputs: tuple[Path, ...],
    fail_on: str,
    program: Path | None,
    base_python: str | None,
    prices: Path | None,
) -> None:
    """Show what a change does to nodes, waiting pods and cost.

    Both sides are rendered offline, as eks-blueprints diff does, and their pods are placed. The report of
    eks-blueprints diff has the same lines where something changes; its gates have the same names.

    \b
      eks-blueprints capacity diff                          every stack, compared with where this branch began
      eks-blueprints capacity diff prod --base origin/main
      eks-blueprints capacity diff --base plan.json --fail-on "capacity,cost>20%"

    Gates say no, too, where what decides is newly not known.

    Exit codes: 2 an input is invalid, 3 a gate of --fail-on says no.
    """
    from eks_blueprints.capacity.gates import Limits

    limits = Limits.parse(fail_on, of_change=True)
    show.old_tables(*show.PLATFORM, "review/")
    report = asked(stacks, base=base, program=program, base_python=base_python, prices=prices, capacity=True)
    if not outputs:
        form = form or "text"
        echo_report(_rendered(report, form), form)
    for file in outputs:
        to_file(file, click.unstyle(_rendered(report, form or _form(file))))
    if report.errors:
        raise click.exceptions.Exit(Exit.INVALID)
    if fail_on and report.untold:
        for stack in report.untold:
            said = f"{stack}: whether a gate is met is not known, because its base cannot be rendered"
            click.echo(f"{click.style('blocked', fg='red')}  {one_line(said)}", err=True)
        raise click.exceptions.Exit(Exit.INVALID)
    _source.blocked(
        f"{reason} ({stack.stack})"
        for stack in report.stacks
        for change in stack.capacity
        for reason in limits.closed_by(change)
    )


def _form(file: Path) -> str:
    """The form that a file's ending says, of those that there are."""
    found = form_of(file)
    return found if found in _FORMS else "text"


def _rendered(report: Report, form: str) -> str:
    if form == "json":
        from eks_blueprints.capacity.changes_json import of_changes

        changes = {each.stack: each.capacity for each in report.stacks}
        return document(of_changes(changes, base=report.base, notes=report.limits)) + "\n"
    from eks_blueprints.review.report import capacity_forms

    if form == "markdown":
        return capacity_forms.markdown(report)
    if form == "html":
        return capacity_forms.html(report)
    return "\n".join(capacity_forms.text(report)) + "\n"
