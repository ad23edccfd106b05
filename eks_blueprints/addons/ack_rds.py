"""ACK's controller for Amazon RDS."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from eks_blueprints.addons._ack import AckRolePasser
from eks_blueprints.core.iam import Allow

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class AckRds(AckRolePasser):
    """Make databases and clusters of Aurora, with their proxies, parameters, subnets and snapshots."""

    service: ClassVar[str] = "rds"
    passes_roles_to: ClassVar[tuple[str, ...]] = ("rds.amazonaws.com", "monitoring.rds.amazonaws.com")
    linked_roles: ClassVar[tuple[str, ...]] = ("rds.amazonaws.com",)
    looks_at: ClassVar[tuple[str, ...]] = ("ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs")

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """What the controller's code calls, and secrets for the passwords that RDS manages."""
        secrets = f"arn:{cluster.partition}:secretsmanager:{self.region or cluster.region}:*:secret:rds!*"
        keep = ("secretsmanager:CreateSecret", "secretsmanager:RotateSecret", "secretsmanager:TagResource")
        return [*super().permissions(cluster), Allow(*keep, on=secrets)]
