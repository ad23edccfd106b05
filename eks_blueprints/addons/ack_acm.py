"""ACK's controller for AWS Certificate Manager."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckController


class AckAcm(AckController):
    """Request and import TLS certificates, for load balancers and CloudFront."""

    service: ClassVar[str] = "acm"
