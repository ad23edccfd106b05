"""`eks-blueprints report`: what is made of reports that were written before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eks_blueprints.cli import show
from eks_blueprints.cli.exits import Exit

if TYPE_CHECKING:
    from eks_blueprints.review.shards.file import Joined

_FORMS = {
    "diff": ("text", "markdown", "json", "html", "mermaid"),
    "preview": ("text", "json"),
    "check": ("text", "markdown", "json", "sarif", "github", "junit"),
}
"""The formats that each command has, with shards as without."""
_TABLES = {"diff": ("policies/", "review/"), "preview": (), "check": ("policies/",)}
"""Where the tables are that a report rests on, beside those of every platform."""
_OPTIONS = {
    "-o": ("diff",),
    "--fail-on": ("diff",),
    "--exit-code": ("diff", "preview"),
    "--full": ("preview",),
    "--strict": ("check",),
}
"""The commands that each option belongs to."""


@click.group("report")
def command() -> None:
    """Join the reports of shards into one.

    \b
      eks-blueprints report merge diff-*.json -o report.json -o report.md
    """


@command.command("merge")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(list(dict.fromkeys(form for forms in _FORMS.values() for form in forms))),
    default=None,
    help="One of the formats of the command that wrote the files. Default: by the ending of -o, else text.",
)
@show.output("As of diff: write")
@click.option("--fail-on", default=None, metavar="GATES", help="As of diff: exit with 3 on any of its gates.")
@click.option("--exit-code", "tell_changes", is_flag=True, help="As of diff and preview: exit with 4 on any change.")
@click.option("--strict", is_flag=True, help="As of check: count warnings and advice as errors.")
@click.option("--full", is_flag=True, help="As of preview: print a line for every resource.")
def merge(  # noqa: PLR0917 - click passes each option by name
    files: tuple[Path, ...],
    form: str | None,
    outputs: tuple[Path, ...],
    fail_on: str | None,
    tell_changes: bool,
    strict: bool,
    full: bool,
) -> None:
    """Join the JSON reports of all shards into the report of one run without shards.

    FILE is what diff --shard I/N -o FILE.json, preview --shard I/N --format json or check --shard I/N --format json
    wrote. Output, gates and exit codes are those of the command without shards. Files that are not of one run are
    refused: of other commits, bases, options or versions, or one shard twice. Where a shard is missing, the report
    names the stacks of which nothing is known, and the exit code is 2.

    \b
      eks-blueprints report merge diff-*.json --fail-on replace,delete
      eks-blueprints report merge check-*.json --format sarif > found.sarif
    """
    from eks_blueprints.review.shards.file import joined, read

    found = joined([read(file) for file in files])
    given = {
        "-o": bool(outputs),
        "--fail-on": fail_on is not None,
        "--strict": strict,
        "--full": full,
        "--exit-code": tell_changes,
    }
    _hold_together(found.first.command, form, given)
    show.old_tables(*show.PLATFORM, *_TABLES[found.first.command])
    if found.first.command == "diff":
        _diff(found, form, outputs, fail_on or "", tell_changes)
    elif found.first.command == "preview":
        _preview(found, form or "text", tell_changes, full)
    else:
        _check(found, form or "text", strict)


def _hold_together(command: str, form: str | None, given: dict[str, bool]) -> None:
    """Refuse what the command of the files does not have."""
    forms = _FORMS[command]
    if form is not None and form not in forms:
        raise click.UsageError(f"{command} has no format {form}; got files of {command}; use {', '.join(forms)}")
    for option, commands in _OPTIONS.items():
        if given[option] and command not in commands:
            raise click.UsageError(f"{option} is of {' and '.join(commands)}; got files of {command}; leave it out")


def _diff(found: Joined, form: str | None, outputs: Sequence[Path], fail_on: str, tell_changes: bool) -> None:
    from eks_blueprints.cli.diff import gates_of, leave, write
    from eks_blueprints.review.shards.diffs import merged

    gates = gates_of(fail_on, no_policies=found.first.same.get("--no-policies") == "True")
    report = merged(found)
    write(report, form, outputs)
    _lacking(found)
    leave(report, gates, tell_changes)


def _preview(found: Joined, form: str, tell_changes: bool, full: bool) -> None:
    from eks_blueprints.cli.preview import leave, print_json, printed, terminal_width
    from eks_blueprints.review.shards.previews import merged

    came = printed(merged(found, form=form, full=full, width=terminal_width()), len(found.first.stacks), form)
    if form == "json":
        print_json(came, len(found.first.stacks))
    _lacking(found)
    leave(came, tell_changes)


def _check(found: Joined, form: str, strict: bool) -> None:
    from eks_blueprints.cli.check import end, passed
    from eks_blueprints.policies.own import load
    from eks_blueprints.review.shards.checks import merged
    from eks_blueprints.stackfile.find import project_of

    project = project_of(Path.cwd())
    load(project.main if project else Path.cwd())
    checks = merged(found)
    show.problems(checks.others)
    for each in checks.verdicts:
        show.problems(each.problems)
    valid = passed(checks.verdicts, strict, checks.others)
    _lacking(found)
    if not valid:
        raise click.exceptions.Exit(Exit.INVALID)
    end(checks.reports, form, strict)


def _lacking(found: Joined) -> None:
    """Say which shards are missing; nothing that is found in the others makes up for them."""
    show.problems(found.problems())
    if found.missing:
        raise click.exceptions.Exit(Exit.INVALID)
