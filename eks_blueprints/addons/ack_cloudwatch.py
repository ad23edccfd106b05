"""ACK's controller for Amazon CloudWatch."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckRolePasser


class AckCloudwatch(AckRolePasser):
    """Make alarms on metrics, dashboards and metric streams."""

    service: ClassVar[str] = "cloudwatch"
    passes_roles_to: ClassVar[tuple[str, ...]] = ("streams.metrics.cloudwatch.amazonaws.com",)
