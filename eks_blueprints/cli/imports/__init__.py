"""`eks-blueprints import`: what stands already, as stack files; each source is a file, imported when it is named."""

from __future__ import annotations

import click

from eks_blueprints.cli import LateCommands

_COMMANDS = {
    "cluster": "Take over a cluster that runs, whoever made it, with nothing replaced.",
    "eksctl": "Turn a ClusterConfig of eksctl into a stack file, and report every field.",
    "karpenter": "Turn NodePools, EC2NodeClasses and NodeClasses into compute of a stack file.",
    "manifests": "Turn Kubernetes YAML or JSON into a stack file whose plan holds the same objects.",
    "state": "Take over a cluster from another Pulumi program, with nothing replaced.",
    "terraform": "Take over a cluster from a state of Terraform or OpenTofu, with nothing replaced.",
}
"""Each command with its first line of help, which is also that of its file."""


class _Sources(LateCommands):
    package = __name__
    helps = _COMMANDS


@click.group("import", cls=_Sources)
def command() -> None:
    """Turn existing resources into stack files, and report what differs.

    \b
      eks-blueprints import cluster shop -o stacks/prod.yaml
      eks-blueprints import terraform prod.tfstate -o stacks/prod.yaml
      eks-blueprints import state prod.json -o stacks/prod.yaml
      eks-blueprints import eksctl cluster.yaml -o stacks/prod.yaml
      eks-blueprints import karpenter pools.yaml --into stacks/prod.yaml
      eks-blueprints import manifests k8s/ -o stacks/shop.yaml
    """
