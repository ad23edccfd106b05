"""ACK's controller for Amazon Route 53."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from eks_blueprints.addons._ack import AckController
from eks_blueprints.core.iam import Allow

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class AckRoute53(AckController):
    """Make hosted zones, records and health checks."""

    service: ClassVar[str] = "route53"
    looks_at: ClassVar[tuple[str, ...]] = ("ec2:DescribeVpcs",)

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """What the controller's code calls, and asking whether a change has been carried out."""
        changes = f"arn:{cluster.partition}:route53:::change/*"
        return [*super().permissions(cluster), Allow("route53:GetChange", on=changes)]
