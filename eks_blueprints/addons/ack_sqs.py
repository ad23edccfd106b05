"""ACK's controller for Amazon SQS."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckController


class AckSqs(AckController):
    """Make queues."""

    service: ClassVar[str] = "sqs"
