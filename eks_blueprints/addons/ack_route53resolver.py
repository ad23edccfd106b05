"""ACK's controller for Amazon Route 53 Resolver."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from eks_blueprints.addons._ack import AckController
from eks_blueprints.core.iam import Allow

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class AckRoute53resolver(AckController):
    """Make resolver endpoints, forwarding rules and logs of queries."""

    service: ClassVar[str] = "route53resolver"
    looks_at: ClassVar[tuple[str, ...]] = (
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
    )

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """What the controller's code calls, and the network interfaces of what it makes."""
        network = f"arn:{cluster.partition}:ec2:{self.region or cluster.region}:*"
        parts = tuple(f"{network}:{part}/*" for part in ("network-interface", "security-group", "subnet"))
        change = Allow("ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", on=parts)
        return [*super().permissions(cluster), change]
