"""ACK's controller for Amazon API Gateway."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckController


class AckApigatewayv2(AckController):
    """Make HTTP and WebSocket APIs, their routes, stages, domain names and links to VPCs."""

    service: ClassVar[str] = "apigatewayv2"
    linked_roles: ClassVar[tuple[str, ...]] = ("ops.apigateway.amazonaws.com",)
    looks_at: ClassVar[tuple[str, ...]] = ("ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs")
