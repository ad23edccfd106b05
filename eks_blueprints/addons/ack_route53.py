"""ACK's controller for Amazon Route 53."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckController


class AckRoute53(AckController):
    """Make hosted zones, records and health checks."""

    service: ClassVar[str] = "route53"
    looks_at: ClassVar[tuple[str, ...]] = ("ec2:DescribeVpcs",)
