"""ACK's controller for Amazon EKS."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from eks_blueprints.addons._ack import AckRolePasser
from eks_blueprints.core.iam import Allow

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class AckEks(AckRolePasser):
    """Make clusters, node groups, Fargate profiles, add-ons, access entries and pod identities."""

    service: ClassVar[str] = "eks"
    passes_roles_to: ClassVar[tuple[str, ...]] = (
        "eks.amazonaws.com",
        "eks-fargate-pods.amazonaws.com",
        "ec2.amazonaws.com",
        "pods.eks.amazonaws.com",
        "capabilities.eks.amazonaws.com",
    )
    linked_roles: ClassVar[tuple[str, ...]] = (
        "eks.amazonaws.com",
        "eks-nodegroup.amazonaws.com",
        "eks-fargate.amazonaws.com",
    )
    looks_at: ClassVar[tuple[str, ...]] = ("ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs")

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """What the controller's code calls, and looking at the roles that it hands over."""
        if not self.pass_role_arns:
            return super().permissions(cluster)
        look = Allow("iam:GetRole", "iam:ListAttachedRolePolicies", on=self.pass_role_arns)
        return [*super().permissions(cluster), look]
