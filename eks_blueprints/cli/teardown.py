"""`eks-blueprints teardown --dry-run`: what has to be gone before a stack is destroyed?"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eks_blueprints.cli import show
from eks_blueprints.cli.streams import echo_document
from eks_blueprints.cli.targets import one_stack, one_target
from eks_blueprints.core.printed import document

if TYPE_CHECKING:
    from eks_blueprints.lifecycle.teardown.steps import Step


@click.command("teardown")
@one_stack
@click.option(
    "--dry-run", is_flag=True, help="Show the steps. Required: this command deletes nothing, you run the commands."
)
def command(stack: str | None, dry_run: bool, program: Path | None, form: str) -> None:
    """Show what to drain before `pulumi destroy`, in which order, and with which commands.

    Controllers in the cluster create load balancers, volumes and nodes that Pulumi does not know. If the cluster is
    deleted first, they stay and cost money. The steps come from a recording of the program: no AWS account or cluster
    is needed. This command deletes nothing."""
    if not dry_run:
        what = "teardown deletes nothing itself, because only you can decide about data on volumes and pods on nodes"
        raise click.UsageError(f"{what}; got no --dry-run; run it with --dry-run and then the commands it shows")
    target = one_target(stack, program)
    from eks_blueprints.lifecycle.teardown.steps import steps
    from eks_blueprints.review.preview.run import preview

    found = steps(preview(target).plan)
    if form == "json":
        echo_document(document([step.to_data() for step in found]))
        return
    click.echo(f"to take {target.stack} down, in this order:\n")
    for number, step in enumerate(found, 1):
        click.echo("\n".join(_lines(number, step)) + "\n")


def _lines(number: int, step: Step) -> Iterator[str]:
    yield f"{number}. {click.style(step.title, bold=True)}"
    yield textwrap.fill(step.why, show.width(100), initial_indent="   ", subsequent_indent="   ")
    for name in step.found:
        yield f"     - {name}"
    for line in step.commands:
        first, *rest = folded(line, show.width(show.UNLIMITED))
        yield f"     $ {click.style(first, fg='cyan')}"
        yield from (f"       {click.style(each, fg='cyan')}" for each in rest)


_WORD = re.compile(r"""(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+""")
"""A word of a command, with its quotes."""


def folded(command: str, columns: int) -> list[str]:
    """A command in lines that fit the terminal, which a shell reads as one: each but the last ends with a backslash. A
    word is never broken, so that a long one may still be too wide."""
    if len(command) + 7 <= columns or "\n" in command or command.startswith("#"):
        return [command]
    words = _WORD.findall(command)
    if " ".join(words) != command:
        return [command]
    lines = [""]
    for word in words:
        if lines[-1].strip() and len(lines[-1]) + 1 + len(word) + 9 > columns:
            lines[-1] += " \\"
            lines.append("  " + word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return lines
