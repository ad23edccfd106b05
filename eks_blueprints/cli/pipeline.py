"""`eks-blueprints pipeline`: the pipelines of a stack, drawn and written down for their engines."""

from __future__ import annotations

import click

from eks_blueprints.cli import pipeline_render, pipeline_show


@click.group("pipeline")
def command() -> None:
    """Show the pipelines of a stack, and write the files of their engines.

    \b
      eks-blueprints pipeline show delivery              which stage waits for which
      eks-blueprints pipeline render delivery --to .     write what its engines read
      eks-blueprints pipeline render delivery --check    is what is checked in current?
    """


command.add_command(pipeline_show.command)
command.add_command(pipeline_render.command)
