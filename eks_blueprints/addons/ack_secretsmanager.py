"""ACK's controller for AWS Secrets Manager."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckController


class AckSecretsmanager(AckController):
    """Make secrets from Kubernetes secrets."""

    service: ClassVar[str] = "secretsmanager"
