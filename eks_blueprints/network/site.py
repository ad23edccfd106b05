"""What every part of a new VPC is made with: the component that holds it, its spec, its tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.core.component import Component, merge_tags
from eks_blueprints.network.blocks import PlannedSubnet
from eks_blueprints.network.spec import NetworkArgs


@dataclass(frozen=True, kw_only=True)
class Site:
    """A new VPC as its parts see it."""

    component: Component
    args: NetworkArgs
    region: str
    base_tags: Mapping[str, str]
    """Tags of everything in the network."""
    vpc: aws.ec2.Vpc
    planned: tuple[PlannedSubnet, ...]
    subnets: Mapping[str, aws.ec2.Subnet]
    """The subnets that were made, by their planned name."""

    def name(self, role: str) -> str:
        """The logical name of a child."""
        return f"{self.component.pulumi_resource_name}-{role}"

    def child(self, **options: Any) -> pulumi.ResourceOptions:
        """Options of a child."""
        return self.component.child(**options)

    def tags(self, role: str, *more: Mapping[str, str]) -> dict[str, str]:
        """Tags of a child, its name in AWS's console among them."""
        return merge_tags({"Name": self.name(role)}, self.base_tags, *more)
