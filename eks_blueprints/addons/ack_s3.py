"""ACK's controller for Amazon S3."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckRolePasser


class AckS3(AckRolePasser):
    """Make buckets, with their encryption, lifecycle, replication and policies.

    It can delete those of its buckets that are empty, and change the policies of all of them.
    """

    service: ClassVar[str] = "s3"
    passes_roles_to: ClassVar[tuple[str, ...]] = ("s3.amazonaws.com",)
