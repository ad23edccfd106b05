"""ACK's controller for Amazon OpenSearch Service."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckController


class AckOpensearchservice(AckController):
    """Make OpenSearch domains and endpoints to them."""

    service: ClassVar[str] = "opensearchservice"
    linked_roles: ClassVar[tuple[str, ...]] = ("opensearchservice.amazonaws.com", "es.amazonaws.com")
    looks_at: ClassVar[tuple[str, ...]] = ("ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs")
