"""ACK's controller for Amazon CloudWatch Logs."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckRolePasser


class AckCloudwatchlogs(AckRolePasser):
    """Make log groups with their retention, and subscriptions to them."""

    service: ClassVar[str] = "cloudwatchlogs"
    passes_roles_to: ClassVar[tuple[str, ...]] = ("logs.amazonaws.com",)
