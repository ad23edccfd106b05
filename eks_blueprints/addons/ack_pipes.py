"""ACK's controller for Amazon EventBridge Pipes."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckRolePasser


class AckPipes(AckRolePasser):
    """Make pipes, which carry events from a source to a target."""

    service: ClassVar[str] = "pipes"
    passes_roles_to: ClassVar[tuple[str, ...]] = ("pipes.amazonaws.com",)
