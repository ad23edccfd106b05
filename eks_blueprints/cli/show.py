"""How the command line prints: plain lines on standard error, colour only where a person reads them."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from eks_blueprints.core.errors import Problem, dotted
from eks_blueprints.core.tables import old_among, tables

PLATFORM = ("access/", "addons/", "core/facts/", "core/versions", "karpenter/", "network/")
"""Where the tables are that every platform rests on. What is said about node settings names its table's date itself."""


def problems(found: Iterable[Problem]) -> None:
    """Print problems to standard error, one a line, in the form `file:line:column: field: message`."""
    for problem in found:
        click.echo(styled(problem), err=True)


def styled(problem: Problem) -> str:
    """One problem with its place dimmed and its field bold; click drops the colours where they are not wanted."""
    where = ":".join(str(part) for part in (problem.file, problem.line, problem.column) if part is not None)
    mark = click.style("warning", fg="yellow") if problem.severity == "warning" else ""
    field = click.style(dotted(problem.path), bold=True) if problem.path else ""
    return ": ".join(
        part for part in (click.style(where, dim=True) if where else "", mark, field, problem.message) if part
    )


UNLIMITED = 10_000
"""More columns than any line has: what is not folded in a pipe."""


def width(most: int) -> int:
    """Columns for what is printed: those of the terminal, and at most so many. Pipes get the most."""
    return min(most, shutil.get_terminal_size().columns) if sys.stdout.isatty() else most


def output(write: str = "Write") -> Callable[[Any], Any]:
    """The option `--output` of commands whose reports can go into files; `write` begins its help."""
    return click.option(
        "--output",
        "-o",
        "outputs",
        multiple=True,
        type=click.Path(dir_okay=False, path_type=Path),
        help=f"{write} to a file instead; can be repeated: -o diff.md -o diff.html -o diff.json.",
    )


def render(command: Any) -> Any:
    """The option `--render`, which every command that sees into charts has."""
    return click.option(
        "--render",
        is_flag=True,
        expose_value=False,
        callback=_render,
        help="Have Helm render the charts that are installed, and fetch them for that from their repositories.",
    )(command)


def _render(context: click.Context, _option: click.Parameter, given: bool) -> None:
    if not given:
        return
    from eks_blueprints.policies.inside.helm import VARIABLE, helm

    if helm() is None:
        raise click.UsageError("--render needs Helm; got no helm on the PATH; install it, or leave --render out")
    before = os.environ.get(VARIABLE)
    # Other processes render stacks too, and inherit it.
    os.environ[VARIABLE] = "1"
    context.call_on_close(
        lambda: os.environ.pop(VARIABLE, None) if before is None else os.environ.update({VARIABLE: before})
    )


def old_tables(*places: str) -> None:
    """Say on standard error, in one line, which tables in these places are old."""
    if line := old_among(table.file for table in tables() if table.file.startswith(places)):
        click.echo(f"{click.style('note', fg='yellow')}: {line}", err=True)


def count(number: int, noun: str) -> str:
    """`1 resource`, `2 resources`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
