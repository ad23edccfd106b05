"""ACK's controller for Amazon ECR."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckRolePasser


class AckEcr(AckRolePasser):
    """Make image repositories, pull-through caches and templates for repositories."""

    service: ClassVar[str] = "ecr"
    passes_roles_to: ClassVar[tuple[str, ...]] = ("ecr.amazonaws.com",)
    linked_roles: ClassVar[tuple[str, ...]] = ("pullthroughcache.ecr.amazonaws.com", "replication.ecr.amazonaws.com")
