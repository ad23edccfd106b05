"""Help on a terminal of 80 columns: every line of every command fits, examples too."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from eks_blueprints import cli
from eks_blueprints.cli.help_form import HelpForm


def lines(command: click.Command, above: click.Context | None, name: str) -> Iterator[tuple[str, str]]:
    context = click.Context(command, parent=above, info_name=name, terminal_width=80)
    yield from ((context.command_path, line) for line in command.get_help(context).splitlines())
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            below = command.get_command(context, each)
            assert below is not None
            yield from lines(below, context, each)


def test_every_line_of_help_fits_80_columns() -> None:
    found = list(lines(cli._cli, None, "eks-blueprints"))
    assert len({path for path, _ in found}) > 50
    assert [each for each in found if len(each[1]) > 80] == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\b\n  tool a   short\n  tool b   short", "  tool a   short\n  tool b   short\n"),
        ("\b\n  tool a   far too long for it here", "  tool a\n      far too long for it here\n"),
        ("\b\n  tool a-long-name --with another-one", "  tool a-long-name \\\n    --with another-one\n"),
        ("\b\nTitle:\n  tool a   far too long for it here", "Title:\n  tool a\n      far too long for it here\n"),
    ],
)
def test_examples_that_are_too_wide_are_laid_out_anew(text: str, shown: str) -> None:
    form = HelpForm(width=30)
    form.write_text(text)
    assert form.getvalue() == shown
