"""`eks-blueprints capacity`: which nodes do these pods get, and at what cost?"""

from __future__ import annotations

import click

from eks_blueprints.cli import LateCommands

_COMMANDS = {
    "diff": "Show what a change does to nodes, waiting pods and cost.",
    "explain": "Show what takes the pods of a workload, what else could, and what refuses them.",
    "plan": "Show which nodes the pods of a stack get, how full they are, and what they cost.",
    "simulate": "Show what happens to pods and nodes over time: load, losses, interruptions, drift, upgrades.",
}
"""Each command with its first line of help, which is also that of its file."""


class _Questions(LateCommands):
    package = __name__
    helps = _COMMANDS


@click.group("capacity", cls=_Questions)
def command() -> None:
    """Which nodes the pods of a platform get, and at what cost, before anything is deployed.

    Pods and nodes are those of the plan; filters and scores are kube-scheduler's, nodes come as Karpenter, EKS Auto
    Mode, Cluster Autoscaler and Fargate make them. No AWS account, no cluster, no network.

    \b
      eks-blueprints capacity plan prod             nodes, what fills them, cost, pods that wait
      eks-blueprints capacity diff prod             what this branch does to that
      eks-blueprints capacity explain web prod      why its pods are where they are
      eks-blueprints capacity simulate prod --scenario scenario.yaml    what happens to them over time

    \b
    As gates in CI:
      eks-blueprints capacity plan prod --fail-on "capacity,cost>5000"
      eks-blueprints capacity diff --fail-on "capacity,cost>20%"
    """
