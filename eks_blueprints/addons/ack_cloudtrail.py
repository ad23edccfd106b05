"""ACK's controller for AWS CloudTrail."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckRolePasser


class AckCloudtrail(AckRolePasser):
    """Make trails and event data stores, which record calls of AWS."""

    service: ClassVar[str] = "cloudtrail"
    passes_roles_to: ClassVar[tuple[str, ...]] = ("cloudtrail.amazonaws.com",)
