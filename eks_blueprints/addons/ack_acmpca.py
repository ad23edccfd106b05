"""ACK's controller for AWS Private CA."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckController


class AckAcmpca(AckController):
    """Make private certificate authorities, and have them sign certificates."""

    service: ClassVar[str] = "acmpca"
