"""`eks-blueprints export`: a stack file in the format of another tool."""

from __future__ import annotations

from pathlib import Path

import click

from eks_blueprints.cli import complete
from eks_blueprints.cli.imports import common
from eks_blueprints.core.errors import dotted


@click.group("export")
def command() -> None:
    """Write a stack file in the format of another tool, as far as it reaches.

    \b
      eks-blueprints export eksctl stacks/prod.yaml -o cluster.yaml
    """


@command.command("eksctl")
@click.argument("stack", type=click.Path(path_type=Path), metavar="STACK", shell_complete=complete.stacks)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="ClusterConfig to write.")
@common.formats
def eksctl(stack: Path, output: Path | None, form: str) -> None:
    """Write a stack file as a ClusterConfig of eksctl, and report what that cannot say.

    Groups of nodes, Fargate profiles, network, access entries, roles of service accounts, EKS add-ons and settings of
    the control plane are written; defaults of a stack file that are none of eksctl's, such as private subnets for
    nodes, are written out. Charts, workloads, teams and policies are not said by a ClusterConfig: the report lists
    each field with its line. What is written comes back with `import eksctl`.

    \b
      eks-blueprints export eksctl stacks/prod.yaml
      eks-blueprints export eksctl stacks/prod.yaml -o cluster.yaml
    """
    from eks_blueprints.lifecycle.exporters.eksctl.exported import exported
    from eks_blueprints.lifecycle.importers import files

    part = exported(stack)
    if output is None:
        click.echo(part.text, nl=False)
    else:
        files.write({output: part.text})
    rows = [{"field": dotted(path), "place": part.place(path), "why": why} for path, why in part.reported]
    lines = [f"{stack}: {len(rows)} fields are not said by the ClusterConfig"]
    lines += [f"  {each['place']}: {each['field']}: {each['why']}" for each in rows]
    common.report(lambda: {"version": 1, "reported": rows}, lines, output, form)
