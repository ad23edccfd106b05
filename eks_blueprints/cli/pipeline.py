"""`eks-blueprints pipeline`: the pipelines of a stack, drawn and written down for their engines."""

from __future__ import annotations

import click


@click.group("pipeline")
def command() -> None:
    """Show the pipelines of a stack."""
