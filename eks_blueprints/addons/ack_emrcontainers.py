"""ACK's controller for Amazon EMR on EKS."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckRolePasser


class AckEmrcontainers(AckRolePasser):
    """Make virtual clusters of EMR on namespaces, and run jobs on them."""

    service: ClassVar[str] = "emrcontainers"
    passes_roles_to: ClassVar[tuple[str, ...]] = ("emr-containers.amazonaws.com",)
    linked_roles: ClassVar[tuple[str, ...]] = ("emr-containers.amazonaws.com",)
