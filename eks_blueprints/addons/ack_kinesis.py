"""ACK's controller for Amazon Kinesis."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckController


class AckKinesis(AckController):
    """Make data streams."""

    service: ClassVar[str] = "kinesis"
