"""`eks-blueprints tables`: on which dated facts does it all rest?"""

from __future__ import annotations

import click

from eks_blueprints.cli import show
from eks_blueprints.cli.streams import echo_document
from eks_blueprints.core.printed import document
from eks_blueprints.core.tables import tables


@click.command("tables")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(form: str) -> None:
    """List the tables of facts in this package: date, age, source, and how to renew them.

    `make renew` in a checkout renews those for which the package registries are enough.
    """
    if form == "json":
        rows = [
            {
                "file": table.file,
                "as_of": table.as_of.isoformat(),
                "age_days": table.age,
                "old": table.old,
                "source": table.source,
                "renew": table.renew,
                "needs": table.needs,
            }
            for table in tables()
        ]
        echo_document(document(rows))
        return
    for table in tables():
        age = click.style(show.count(table.age, "day"), fg="yellow" if table.old else None)
        click.echo(f"{table.as_of}  {table.file}  {age}")
        click.echo(click.style(f"            {table.what}; renew: {table.renew}; needs {table.needs}", dim=True))
