"""`eks-blueprints import eksctl`: a ClusterConfig as a stack file."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import click

from eks_blueprints.cli.exits import Exit
from eks_blueprints.cli.imports import common


@click.command("eksctl")
@click.argument("file", metavar="FILE")
@common.output("STACK")
@click.option("--region", metavar="REGION", help="AWS region, for a file that names none.")
@common.formats
def command(file: str, output: Path | None, region: str | None, form: str) -> None:
    """Turn a ClusterConfig of eksctl into a stack file, and report every field.

    Reads one ClusterConfig (eksctl.io/v1alpha5) as YAML or JSON; `-` is standard input. Every value of it is in the
    stack file, or reported with its line and what to write instead: nothing is dropped in silence. Keys that no
    ClusterConfig has are refused, also those in another case, which eksctl drops. What eksctl does where the file says
    nothing is written down wherever a stack file would do otherwise, such as public subnets for nodes. Comments go
    along with the fields.

    What a stack file refuses is left out and reported, so that the result can be checked and previewed. Ids and keys
    that eksctl looks up become settings of the stack, and the report says how to set them.

    \b
      eks-blueprints import eksctl cluster.yaml
      eks-blueprints import eksctl cluster.yaml -o stacks/prod.yaml
      eks-blueprints import eksctl cluster.yaml --region eu-west-1
      eks-blueprints import eksctl cluster.yaml -o prod.yaml --format json
      eksctl create cluster --name shop --dry-run | eks-blueprints import eksctl -

    Without -o the stack file goes to standard output, and the report to standard error.
    """
    from eks_blueprints.lifecycle.importers import files
    from eks_blueprints.lifecycle.importers.eksctl import told
    from eks_blueprints.lifecycle.importers.eksctl.imported import imported

    part = imported(file, region)
    if output is None:
        click.echo(part.text, nl=False)
    else:
        files.write({output: part.text})
    common.report(lambda: told.to_data(part), chain(told.lines(part), common.next_commands(output)), output, form)
    if part.refused:
        raise click.exceptions.Exit(Exit.INVALID)
