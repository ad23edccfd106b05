"""ACK's controller for Amazon MSK."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckController


class AckKafka(AckController):
    """Make Kafka clusters, provisioned or serverless, their configurations and links to VPCs."""

    service: ClassVar[str] = "kafka"
    linked_roles: ClassVar[tuple[str, ...]] = ("kafka.amazonaws.com",)
    looks_at: ClassVar[tuple[str, ...]] = (
        "ec2:DescribeRouteTables",
        "ec2:DescribeVpcAttribute",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
    )
