"""`eks-blueprints upgrade`: what a Kubernetes upgrade takes, and each of its steps as a change of the stack file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eks_blueprints.cli import complete, show
from eks_blueprints.cli.exits import Exit
from eks_blueprints.cli.streams import echo_document, echo_report
from eks_blueprints.cli.targets import one_target
from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.core.printed import document, visible

if TYPE_CHECKING:
    from eks_blueprints.lifecycle.upgrade.model import Situation
    from eks_blueprints.lifecycle.upgrade.planned import UpgradePlan
    from eks_blueprints.lifecycle.upgrade.read import Sources
    from eks_blueprints.review.preview.targets import Target

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW = click.Path(dir_okay=False, path_type=Path)


@click.group("upgrade")
def command() -> None:
    """Plan a Kubernetes upgrade, write it into the stack file step by step, show the calendar of support.

    \b
      eks-blueprints upgrade plan prod                       to the next minor
      eks-blueprints upgrade plan prod --to 1.36             each minor on the way
      eks-blueprints upgrade plan prod --state state.json    from what is deployed
      eks-blueprints upgrade apply prod --to 1.36 --step 5   write one step
      eks-blueprints upgrade calendar                        all stacks

    A typical upgrade: plan, settle what is in the way, then apply, review, commit and deploy one step after the other.
    """


def _sources(wrapped: Callable[..., None]) -> Callable[..., None]:
    """The options that say what else to read."""
    options = [
        click.argument("stack", required=False, metavar="[STACK|FILE]", shell_complete=complete.stacks),
        click.option(
            "--program",
            type=click.Path(exists=True, file_okay=False, path_type=Path),
            metavar="DIR",
            help="Read any Pulumi Python program, in DIR; STACK names one of its stacks.",
        ),
        click.option("--cluster", metavar="NAME", help="Which cluster, in a stack that makes several."),
        click.option("--state", type=_FILE, metavar="FILE", help="What `pulumi stack export` wrote: what is deployed."),
        click.option("--kubeconfig", type=_FILE, metavar="FILE", help="Ask the cluster too, by kubectl. Reads only."),
        click.option("--context", metavar="NAME", help="Ask the cluster of this context. Default: the current one."),
        click.option(
            "--insights", type=_FILE, metavar="FILE", multiple=True,
            help="What `aws eks list-insights` or `describe-insight` wrote; can be repeated.",
        ),
        click.option("--subnets", type=_FILE, metavar="FILE", help="What `aws ec2 describe-subnets` wrote."),
        click.option(
            "--addon-versions", type=_FILE, metavar="FILE", multiple=True,
            help="What `aws eks describe-addon-versions` wrote; can be repeated.",
        ),
        click.option(
            "--record", type=_FILE, metavar="FILE",
            help="The form of `upgrade record`, filled in. What is blank there is in the way.",
        ),
        click.option(
            "--upgraded-on", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY",
            help="Day of the last upgrade, which a rollback asks for.",
        ),
        show.render,
    ]  # fmt: skip
    for each in reversed(options):
        wrapped = each(wrapped)
    return wrapped


@command.command("plan", short_help="What is in the way of an upgrade, and its steps in their order.")
@click.option("--to", metavar="VERSION", help="Kubernetes version to reach. Default: the next minor.")
@click.option(
    "--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True,
    help="json is documented in docs/reference/upgrade.schema.json.",
)  # fmt: skip
@click.option("--strict", is_flag=True, help="Exit with 3 for what is not known too.")
@_sources
def plan(to: str | None, form: str, strict: bool, **given: Any) -> None:
    """Show what is in the way of an upgrade, and its steps in their order.

    From the stack's recorded plan: no AWS account and no cluster are needed. What cannot be known offline is said to be
    unknown, with the command that finds it out; --state, --kubeconfig, --insights, --subnets and --addon-versions give
    it. A version below the cluster's own plans a rollback, as EKS offers it.

    \b
      eks-blueprints upgrade plan prod --to 1.36
      eks-blueprints upgrade plan prod --state state.json
      eks-blueprints upgrade plan prod --context prod
      eks-blueprints upgrade plan prod --format markdown
      eks-blueprints upgrade plan prod --to 1.35 --upgraded-on 2026-11-27

    Exit codes: 0 nothing is in the way, 2 the input is invalid, 3 something is in the way (with --strict also what is
    unknown), or something that was asked for could not be answered.
    """
    found = _planned(_target(given), to, **given)
    if form == "json":
        echo_document(document(found.to_data()))
    else:
        echo_report("\n".join(_lines(found, form)), form)
    if stops := found.stops(strict=strict):
        if form == "text":
            click.echo(f"\n{show.count(len(stops), 'thing')} to settle first", err=True)
        raise click.exceptions.Exit(Exit.REFUSED)


def _lines(found: UpgradePlan, form: str) -> Iterable[str]:
    if form == "markdown":
        from eks_blueprints.lifecycle.upgrade.shown.markdown import render

        return render(found)
    from eks_blueprints.lifecycle.upgrade.shown import text

    return text.render(found, show.width(110))


@command.command("apply", short_help="Write one step of an upgrade into the stack file.")
@click.option(
    "--to", required=True, metavar="VERSION",
    help="The next minor, the one whose upgrade has begun, or one below for a rollback.",
)  # fmt: skip
@click.option("--step", "number", required=True, type=int, metavar="N", help="Number of the step in `upgrade plan`.")
@click.option(
    "--release", "releases", multiple=True, metavar="GROUP=RELEASE",
    help="Image release of a node group that pins one; can be repeated.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Print the change and write nothing.")
@click.option("--despite-blockers", is_flag=True, help="Write the step although something is in the way.")
@_sources
def apply(to: str, number: int, releases: tuple[str, ...], dry_run: bool, despite_blockers: bool, **given: Any) -> None:
    """Write one step of an upgrade into the stack file, and print the change and a message for its commit.

    Only values change: comments and layout stay. A value that stands in a file which the stack file extends is changed
    there. Applying a step twice changes nothing. Steps that need no change of a file say so.

    \b
      eks-blueprints upgrade apply prod --to 1.36 --step 5 > message.txt
      git commit --all --file message.txt

    The change goes to standard error, the message to standard output. Exit codes: 0 written, or there already; 2 the
    input is invalid; 3 something is in the way: see `upgrade plan`, or add --despite-blockers.
    """
    from eks_blueprints.lifecycle.upgrade.apply import SETTLING, applied, write

    target = _target(given)
    if target.file is None:
        message = "has no stack file to write to; got a program; change its versions by hand, in the order of the plan"
        raise InputError([Problem((), message, str(target.source))])
    found = _planned(target, to, **given)
    if len(found.hops) != 1:
        message = f"goes one minor up at a time from 1.{found.situation.minor}; got {to}"
        raise InputError([Problem(("--to",), f"{message}; apply the steps of 1.{found.situation.minor + 1} first")])
    (hop,) = found.hops
    done = applied(target.file, found.situation, hop.minor, hop.steps, number, _releases(releases))
    if (stops := found.stops()) and hop.steps[number - 1].id not in SETTLING and not despite_blockers:
        from eks_blueprints.lifecycle.upgrade.shown.text import findings

        click.echo("\n".join(findings(stops, show.width(110), heading=True)), err=True)
        click.echo("not written: settle these first, or add --despite-blockers", err=True)
        raise click.exceptions.Exit(Exit.REFUSED)
    left = [step.title for step in hop.steps if step.id in SETTLING and not step.done]
    if hop.steps[number - 1].id == "control-plane" and left:
        titles = " and ".join(f"`{title}`" for title in left)
        click.echo(f"{click.style('note', fg='yellow')}: not done yet: {titles}", err=True)
    if not done.files:
        click.echo(f"step {number} is done: the stack file says so already", err=True)
        return
    if not dry_run:
        write(target.file, done)
    click.echo(visible(done.diff), err=True, nl=False)
    for other in done.shared:
        click.echo(
            f"{click.style('note', fg='yellow')}: {other} extends a file that changes, and changes with it", err=True
        )
    click.echo(visible(done.message), nl=False)


@command.command("record", short_help="Write the form for what only people can say.")
@click.argument("stack", required=False, metavar="[STACK|FILE]", shell_complete=complete.stacks)
@click.option("--to", metavar="VERSION", help="Kubernetes version to reach. Default: the next minor.")
@click.option("-o", "--output", type=_NEW, metavar="FILE", help="File to write. Default: standard output.")
def record(stack: str | None, to: str | None, output: Path | None) -> None:
    """Write the form for what only people can say: who is responsible, by which tested procedure, with which effect.

    Fill it in, keep it beside the stack file, and give it to `upgrade plan --record FILE`: what is blank is in the way.
    """
    from eks_blueprints.lifecycle.importers.files import write
    from eks_blueprints.lifecycle.upgrade.planner import plan as planned
    from eks_blueprints.lifecycle.upgrade.read import situation_of
    from eks_blueprints.lifecycle.upgrade.record import form

    situation = situation_of(one_target(stack, None))
    text = form(situation, planned(situation, to).target)
    if output is None:
        echo_document(text, nl=False)
    else:
        write({output: text})
        click.echo(f"{output}: {show.count(text.count(': ' + chr(34) * 2), 'question')} to answer", err=True)


@command.command("calendar", short_help="How long versions are supported, and what waiting costs.")
@click.argument("stacks", nargs=-1, metavar="[STACK|FILE]...", shell_complete=complete.stacks)
@click.option(
    "--format", "form", type=click.Choice(["text", "html", "ics", "json"]), default="text", show_default=True,
    help="html is a page, ics a calendar to subscribe to.",
)  # fmt: skip
@click.option("-o", "--output", type=_NEW, metavar="FILE", help="File to write. Default: standard output.")
def calendar(stacks: tuple[str, ...], form: str, output: Path | None) -> None:
    """Show how long the Kubernetes version of each stack is supported, and what waiting costs.

    For all stacks of the project, or those that are named. Dates are calendar days in UTC.
    """
    from eks_blueprints.core.files import put
    from eks_blueprints.lifecycle.upgrade.calendar import entries
    from eks_blueprints.lifecycle.upgrade.shown.calendar_forms import FORMS
    from eks_blueprints.review.preview.targets import all_targets, named_targets

    show.old_tables("core/versions")
    found = entries(named_targets(stacks) if stacks else all_targets())
    text = FORMS[form](found)
    if output is None:
        echo_report(text, form)
    else:
        put(output, text)


def _target(given: dict[str, Any]) -> Target:
    return one_target(given.pop("stack"), given.pop("program"))


def _planned(target: Target, to: str | None, *, record: Path | None, cluster: str | None, **given: Any) -> UpgradePlan:
    from eks_blueprints.lifecycle.upgrade.planner import plan as planned
    from eks_blueprints.lifecycle.upgrade.read import situation_of
    from eks_blueprints.lifecycle.upgrade.record import with_record

    situation: Situation = situation_of(target, _read(given), cluster=cluster)
    found = planned(situation, to)
    return found if record is None else planned(with_record(situation, record, found.target), to)


def _read(given: dict[str, Any]) -> Sources:
    from eks_blueprints.lifecycle.upgrade.read import Sources
    from eks_blueprints.lifecycle.upgrade.seen.cluster import Connection

    kubeconfig, context = given.pop("kubeconfig"), given.pop("context")
    connection = Connection(kubeconfig, context) if kubeconfig is not None or context is not None else None
    upgraded: datetime | None = given.pop("upgraded_on")
    day: date | None = upgraded.date() if upgraded is not None else None
    return Sources(connection=connection, upgraded_on=day, **given)


def _releases(given: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for each in given:
        group, equals, release = each.partition("=")
        if not equals or not group or not release:
            raise InputError(
                [Problem(("--release",), f"needs GROUP=RELEASE; got {each}; write system=1.36.1-20261101")]
            )
        found[group] = release
    return found
