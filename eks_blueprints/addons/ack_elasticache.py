"""ACK's controller for Amazon ElastiCache."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckController


class AckElasticache(AckController):
    """Make caches of Valkey, Redis OSS and Memcached, their users, parameters and snapshots."""

    service: ClassVar[str] = "elasticache"
    linked_roles: ClassVar[tuple[str, ...]] = ("elasticache.amazonaws.com",)
    looks_at: ClassVar[tuple[str, ...]] = (
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
    )
