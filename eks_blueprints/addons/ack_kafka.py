"""ACK's controller for Amazon MSK."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from eks_blueprints.addons._ack import AckController
from eks_blueprints.core.iam import Allow

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class AckKafka(AckController):
    """Make Kafka clusters, provisioned or serverless, their configurations and links to VPCs."""

    service: ClassVar[str] = "kafka"
    linked_roles: ClassVar[tuple[str, ...]] = ("kafka.amazonaws.com",)
    looks_at: ClassVar[tuple[str, ...]] = (
        "ec2:DescribeRouteTables",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
    )

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """What the controller's code calls, and a look at VPCs."""
        networks = f"arn:{cluster.partition}:ec2:{self.region or cluster.region}:*:vpc/*"
        return [*super().permissions(cluster), Allow("ec2:DescribeVpcAttribute", on=networks)]
