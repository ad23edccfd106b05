"""What every `eks-blueprints import` has: its options, and how it says what it did."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from eks_blueprints.cli import complete
from eks_blueprints.core.printed import document, visible

formats = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="Form of the report."
)
"""The option `--format` of every import and export."""


def output(metavar: str, text: str = "Stack file to write.") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option `-o`: the stack file that an import writes."""
    kind = click.Path(path_type=Path)
    return click.option("-o", "--output", type=kind, metavar=metavar, help=text, callback=_no_adoption)


def _no_adoption(_context: click.Context, _option: click.Parameter, value: Path | None) -> Path | None:
    if value is None:
        return None
    from eks_blueprints.stackfile.find import ADOPTION

    if value.name.endswith(ADOPTION):
        stack = value.with_name(value.name.removesuffix(ADOPTION) + ".yaml")
        raise click.BadParameter(f"names the stack file; got {value.name}, which is for its adoption; write {stack}")
    return value


def into(metavar: str) -> Callable[[Any], Any]:
    """The option `--into` of imports that can add to a stack file."""
    return click.option(
        "--into",
        type=click.Path(path_type=Path),
        metavar=metavar,
        shell_complete=complete.stacks,
        help="Stack file to add to; what stands there stays as it is.",
    )


def check_options(into: Path | None, others: Mapping[str, Any]) -> None:
    """Refuse `--into` beside options that are about another file.

    Raises:
        click.UsageError: naming the first of them that is given.
    """
    if into is None:
        return
    if other := next((name for name, value in others.items() if value is not None), None):
        raise click.UsageError(f"--into adds to a file that is there; got {other} too; leave one of them out")


def report(data: Callable[[], Any], lines: Iterable[str], target: Path | None, form: str) -> None:
    """Say what an import did, as text or as one JSON document."""
    # Where the stack file itself goes to standard output, what is said about it does not.
    err = target is None
    if form == "json":
        click.echo(document(data()), err=err)
        return
    for line in lines:
        click.echo(visible(line), err=err)


def next_commands(target: Path | None) -> Iterator[str]:
    """What to run after a stack file was written; nothing where it went to standard output."""
    if target is not None:
        yield "next:"
        yield f"  eks-blueprints check {target}"
        yield f"  eks-blueprints preview {target}"
