"""ACK's controller for AWS Step Functions."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckRolePasser


class AckSfn(AckRolePasser):
    """Make state machines and activities."""

    service: ClassVar[str] = "sfn"
    passes_roles_to: ClassVar[tuple[str, ...]] = ("states.amazonaws.com",)
