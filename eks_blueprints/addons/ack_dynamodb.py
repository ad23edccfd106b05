"""ACK's controller for Amazon DynamoDB."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckController


class AckDynamodb(AckController):
    """Make tables, global tables and backups."""

    service: ClassVar[str] = "dynamodb"
    linked_roles: ClassVar[tuple[str, ...]] = (
        "replication.dynamodb.amazonaws.com",
        "contributorinsights.dynamodb.amazonaws.com",
    )
