"""`eks-blueprints diff`: what would this change do?"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eks_blueprints.cli import complete, share, show
from eks_blueprints.cli.exits import Exit
from eks_blueprints.cli.streams import echo_report
from eks_blueprints.core.files import named
from eks_blueprints.core.printed import document, one_line, visible
from eks_blueprints.review.preview.targets import Target, all_targets, named_targets, program_target

if TYPE_CHECKING:
    from eks_blueprints.review.preview.shard import Shard
    from eks_blueprints.review.report.gates import Gates
    from eks_blueprints.review.report.model import Report
    from eks_blueprints.review.report.money import Threshold

_FORMS = ("text", "markdown", "json", "html", "mermaid")


@click.command("diff")
@click.argument("stacks", nargs=-1, metavar="[STACK|FILE]...", shell_complete=complete.stacks)
@share.option
@click.option(
    "--base",
    default=None,
    metavar="REF|FILE",
    help="What to compare with: a git ref, a plan saved by preview --format json, or what pulumi stack export wrote. "
    "Default: the branch that CI says is merged into, else origin/main or main.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMS),
    default=None,
    help="Default: by the ending of -o, else text.",
)
@show.output()
@click.option(
    "--fail-on",
    default="",
    metavar="GATES",
    help="Exit with 3 on any of: create, import, update, replace, delete, policy, security, attention, capacity (pods "
    "newly wait), cost>DOLLARS (a month more), cost>PERCENT%.",
)
@click.option(
    "--cost-threshold",
    default="20%,50",
    show_default=True,
    metavar="SHARE,DOLLARS",
    help="Report a cost as needing attention when a month costs more by this share and by this many dollars.",
)
@click.option("--exit-code", "tell_changes", is_flag=True, help="Exit with 4 when anything changes.")
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
@click.option("--no-policies", is_flag=True, help="Do not check policies.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=None,
    help="Stacks to run in parallel. Default: one for each processor.",
)
@show.render
def command(  # noqa: PLR0917 - click passes each option by name
    stacks: tuple[str, ...],
    every: bool,
    shard: Shard | None,
    base: str | None,
    form: str | None,
    outputs: tuple[Path, ...],
    fail_on: str,
    cost_threshold: str,
    tell_changes: bool,
    program: Path | None,
    base_python: str | None,
    prices: Path | None,
    no_policies: bool,
    jobs: int | None,
) -> None:
    """Show what changes between the base and the working tree, and whether that is safe.

    Both sides are rendered offline: no AWS account, no cluster, no credentials. A git ref is checked out into a
    temporary folder, where its own copy of the program runs. What the providers cannot change
    in place is shown as a replacement, with its cause and with everything else that it replaces.

    \b
      eks-blueprints diff                                   every stack, compared with where this branch began
      eks-blueprints diff prod --base origin/main -o diff.html
      eks-blueprints diff --base plan.json --fail-on replace,delete,policy,cost>100
      eks-blueprints diff --all --shard 2/4 -o diff-2.json  the second of four machines; then report merge
      pulumi stack export > state.json && eks-blueprints diff prod --base state.json

    Exit codes: 2 an input is invalid or AWS will refuse a change, 3 a gate of --fail-on says no, 4 with --exit-code
    when anything changes.
    """
    from eks_blueprints.review.report.money import Threshold

    gates, threshold = gates_of(fail_on, no_policies=no_policies), Threshold.parse(cost_threshold)
    share.hold_together(stacks, every, shard, {"--program": program is not None})
    show.old_tables(*show.PLATFORM, "policies/", "review/")
    mine = share.Share.here(shard) if shard is not None else None
    report = asked(
        stacks,
        base=base,
        program=program,
        base_python=base_python,
        prices=prices,
        policies=not no_policies,
        jobs=jobs,
        threshold=threshold,
        mine=mine,
    )
    if mine is None:
        write(report, form, outputs)
    else:
        from eks_blueprints.review.shards.diffs import as_part, written
        from eks_blueprints.review.shards.run import digest

        options = {
            "cost_threshold": str(threshold),
            "no_policies": str(no_policies),
            "prices": digest(prices),
            "base_python": base_python or "",
            "base": digest(Path(base)) if base and Path(base).is_file() else base or default_base(),
        }
        file = written(report, mine.shard, mine.stacks, mine.same(**options))
        write(as_part(report, mine.shard, mine.stacks), form, outputs, lambda _: file.text())
    leave(report, gates, tell_changes)


def gates_of(text: str, *, no_policies: bool) -> Gates:
    """The gates of `--fail-on`.

    Raises:
        InputError: for an unknown one.
        UsageError: if one asks the policies, which are not asked.
    """
    from eks_blueprints.review.report.gates import Gates

    gates = Gates.parse(text)
    if no_policies and "policy" in gates.names:
        raise click.UsageError("--fail-on policy requires the policies; got --no-policies; leave one of them out")
    return gates


def write(
    report: Report, form: str | None, outputs: Sequence[Path], as_json: Callable[[Report], str] | None = None
) -> None:
    """Print a report, or write it to files, each in the form that its ending says."""
    if not outputs:
        echo_report(rendered(report, form or "text", as_json), form or "text")
    for file in outputs:
        to_file(file, click.unstyle(rendered(report, form or form_of(file), as_json)))
    if outputs:
        click.echo(one_line(report.verdict))
        for note in report.limits:
            click.echo(f"{click.style('note', fg='yellow')}  {one_line(note)}", err=True)


def to_file(file: Path, text: str) -> None:
    """Write a text to a file, whose folder is made where there is none."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with named(file):
        file.write_text(text, encoding="utf-8", newline="\n")


def asked(
    stacks: Sequence[str],
    *,
    base: str | None = None,
    program: Path | None = None,
    base_python: str | None = None,
    prices: Path | None = None,
    policies: bool = False,
    jobs: int | None = None,
    threshold: Threshold | None = None,
    mine: share.Share | None = None,
    capacity: bool = False,
) -> Report:
    """The report of a comparison; leaves with the code of a failure where nothing of the base can be rendered."""
    from eks_blueprints.review.cost import read_prices
    from eks_blueprints.review.diff.commits import BaseError
    from eks_blueprints.review.report.money import DEFAULT
    from eks_blueprints.review.report.run import Request, check

    given = base or default_base()
    word = "capacity diff" if capacity else "diff"
    request = Request(
        targets=_targets(stacks, program) if mine is None else mine.own,
        base=given,
        every=not stacks and program is None,
        shard=mine.shard if mine else None,
        known=mine.stacks if mine else (),
        base_python=base_python,
        prices=read_prices(prices) if prices else None,
        policies=policies,
        jobs=jobs,
        command=" ".join([f"eks-blueprints {word}", *stacks, f"--base {given}"]),
        threshold=threshold or DEFAULT,
        capacity=capacity,
    )
    try:
        return check(request)
    except BaseError as error:
        click.echo(visible(str(error)), err=True)
        raise click.exceptions.Exit(Exit.FAILED) from None


def _targets(stacks: Sequence[str], program: Path | None) -> list[Target]:
    if program is not None:
        return [program_target(program, stack) for stack in stacks or (None,)]
    return named_targets(stacks) if stacks else all_targets()


def default_base() -> str:
    """The branch that the change is to be merged into, as far as CI or the clone says."""
    for name in ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "BITBUCKET_PR_DESTINATION_BRANCH"):
        if branch := os.environ.get(name):
            return f"origin/{branch}"
    from subprocess import CalledProcessError

    from eks_blueprints.review.diff.commits import git

    for ref in ("origin/main", "origin/master", "main", "master"):
        try:
            git(Path.cwd(), "rev-parse", "--verify", "--quiet", ref)
        except CalledProcessError:
            continue
        return ref
    raise click.UsageError("there is no main branch here; got no --base; give a git ref, a plan or a state")


def form_of(file: Path) -> str:
    """The form that a file's ending says."""
    forms = {".md": "markdown", ".markdown": "markdown", ".json": "json", ".html": "html", ".mmd": "mermaid"}
    return forms.get(file.suffix.lower(), "text")


def rendered(report: Report, form: str, as_json: Callable[[Report], str] | None = None) -> str:
    """A report in a form; `as_json` writes another JSON than usual."""
    if form == "json" and as_json is not None:
        return as_json(report)
    if form == "json":
        from eks_blueprints.review.report.json_form import to_data

        return document(to_data(report)) + "\n"
    if form == "markdown":
        from eks_blueprints.review.report.markdown import render as markdown

        return markdown(report)
    if form == "html":
        from eks_blueprints.review.report.html import render as html

        return html(report)
    if form == "mermaid":
        from eks_blueprints.review.report.mermaid import graph

        return "\n".join(graph(stack.diff.new, stack.diff) for stack in report.stacks)
    from eks_blueprints.review.report.text import render as text

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    return "\n".join(text(report, width=width)) + "\n"


def leave(report: Report, gates: Gates, tell_changes: bool) -> None:
    """Leave with the code that says what came of it."""
    if report.errors or any(stack.invalid for stack in report.stacks):
        raise click.exceptions.Exit(Exit.INVALID)
    if untold := list(gates.untold(report)):
        for reason in untold:
            click.echo(f"{click.style('blocked', fg='red')}  {one_line(reason)}", err=True)
        raise click.exceptions.Exit(Exit.INVALID)
    reasons = list(gates.closed(report))
    for reason in reasons:
        click.echo(f"{click.style('blocked', fg='red')}  {one_line(reason)}", err=True)
    if reasons:
        raise click.exceptions.Exit(Exit.REFUSED)
    if tell_changes and any(stack.diff.changed for stack in report.stacks):
        raise click.exceptions.Exit(Exit.CHANGES)
