"""`eks-blueprints import cluster`: a cluster that runs, as a stack file and an adoption."""

from __future__ import annotations

from pathlib import Path

import click

from eks_blueprints.cli.exits import Exit
from eks_blueprints.cli.imports.existing import imported, of_output
from eks_blueprints.core.printed import visible


@click.command("cluster")
@click.argument("name", metavar="NAME")
@click.option("--region", metavar="REGION", help="Its AWS region. Default: that of the caller.")
@click.option("--profile", metavar="NAME", help="Profile of ~/.aws/config.")
@click.option("--role-arn", metavar="ARN", help="Role to assume.")
@of_output
def command(  # noqa: PLR0917 - click passes each option by name
    name: str, region: str | None, profile: str | None, role_arn: str | None, output: Path | None, form: str
) -> None:
    """Take over a cluster that runs, whoever made it, with nothing replaced.

    AWS is asked with boto3, and nothing is changed: the cluster, its node groups, Fargate profiles, add-ons, access
    entries, Pod Identity associations, identity and OIDC providers, log group, VPC, the Auto Scaling groups of
    self-managed nodes, its roles and its KMS key. The caller needs the rights to describe and list these; roles and
    keys that it may not read, or that others use too, stay by their ARN. Needs the extra `live`:
    pip install 'eks-blueprints[live]'.

    Two files are written, as import terraform does: a stack file, and beside it the adoption, <stack>.adopt.yaml, by
    which the next pulumi up imports each resource as it is. What runs in the cluster without EKS, such as Helm
    releases, is not looked at: import manifests turns it into workloads.

    \b
      eks-blueprints import cluster shop --region eu-west-1
      eks-blueprints import cluster shop --profile prod -o stacks/prod.yaml

    Exit codes: 1 AWS does not answer, 2 there is no such cluster, 3 a resource would be replaced all the same.
    """
    from eks_blueprints.lifecycle.importers.account import read_cluster
    from eks_blueprints.live.account import open_session
    from eks_blueprints.live.errors import LiveError

    try:
        holdings = read_cluster(open_session(region, profile=profile, role_arn=role_arn), name)
    except LiveError as error:
        click.echo(f"stopped: {visible(str(error))}", err=True)
        raise SystemExit(Exit.FAILED) from None
    imported(holdings, output, name, form)
