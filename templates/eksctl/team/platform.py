"""The platform of ${PROJECT}: the fields of its stack files, and what is made of them."""

from typing import ClassVar

import pulumi
from eks_blueprints import Blueprint, BlueprintArgs

PROJECT = "${PROJECT}"


class TeamArgs(BlueprintArgs):
    """What a stack file can say. A field that you add here is checked as all others are."""

    owner: str = "platform-team"
    """Team that answers for the platform; a tag of every AWS resource. Default: platform-team."""


class TeamBlueprint(Blueprint):
    """Builds the platform. What every platform has in common goes here, not into each stack file."""

    Args: ClassVar = TeamArgs
    args: TeamArgs

    def prepare(self) -> TeamArgs:
        """Tag every AWS resource, and name the cluster after the project and the stack; the stack file wins."""
        tags = {"project": PROJECT, "owner": self.args.owner} | self.args.tags
        name = self.args.cluster.name or f"{PROJECT}-{pulumi.get_stack()}"
        return self.args.but(tags=tags, cluster=self.args.cluster.but(name=name))
