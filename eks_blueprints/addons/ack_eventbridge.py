"""ACK's controller for Amazon EventBridge."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckRolePasser


class AckEventbridge(AckRolePasser):
    """Make event buses, rules with their targets, archives and endpoints."""

    service: ClassVar[str] = "eventbridge"
    passes_roles_to: ClassVar[tuple[str, ...]] = ("events.amazonaws.com",)
    linked_roles: ClassVar[tuple[str, ...]] = ("events.amazonaws.com",)
