"""ACK's controller for Amazon SNS."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckRolePasser


class AckSns(AckRolePasser):
    """Make topics, subscriptions and endpoints of mobile platforms."""

    service: ClassVar[str] = "sns"
    passes_roles_to: ClassVar[tuple[str, ...]] = ("sns.amazonaws.com",)
