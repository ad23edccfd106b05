"""ACK's controller for Amazon Managed Service for Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from eks_blueprints.addons._ack import AckController
from eks_blueprints.core.iam import Allow

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class AckPrometheusservice(AckController):
    """Make workspaces for metrics, with their rules, alert managers and logging."""

    service: ClassVar[str] = "prometheusservice"

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """What the controller's code calls, and having its logs delivered."""
        deliver = Allow(
            "logs:CreateLogDelivery",
            "logs:DescribeLogGroups",
            "logs:DescribeResourcePolicies",
            "logs:PutResourcePolicy",
        )
        return [*super().permissions(cluster), deliver]
