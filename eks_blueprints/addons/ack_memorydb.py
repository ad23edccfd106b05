"""ACK's controller for Amazon MemoryDB."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckController


class AckMemorydb(AckController):
    """Make MemoryDB clusters, their users, access lists, parameters and snapshots."""

    service: ClassVar[str] = "memorydb"
    linked_roles: ClassVar[tuple[str, ...]] = ("memorydb.amazonaws.com",)
    looks_at: ClassVar[tuple[str, ...]] = (
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
    )
