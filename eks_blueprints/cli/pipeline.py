"""`eks-blueprints pipeline`: the pipelines of a stack, drawn and written down for their engines."""

from __future__ import annotations

import click

from eks_blueprints.cli import pipeline_show


@click.group("pipeline")
def command() -> None:
    """Show the pipelines of a stack."""


command.add_command(pipeline_show.command)
