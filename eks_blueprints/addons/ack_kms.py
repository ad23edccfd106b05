"""ACK's controller for AWS KMS."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckController


class AckKms(AckController):
    """Make encryption keys, aliases and grants."""

    service: ClassVar[str] = "kms"
