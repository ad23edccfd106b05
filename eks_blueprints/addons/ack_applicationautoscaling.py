"""ACK's controller for Application Auto Scaling."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from eks_blueprints.addons._ack import AckController
from eks_blueprints.core.iam import Allow

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class AckApplicationautoscaling(AckController):
    """Scale what other AWS services run, such as capacity of DynamoDB tables, by target or by step.

    What is scaled belongs to another service, whose own actions, such as `dynamodb:UpdateTable`, it needs too: name a
    policy with them under `policy_arns`.
    """

    service: ClassVar[str] = "applicationautoscaling"
    linked_roles: ClassVar[tuple[str, ...]] = ("*.application-autoscaling.amazonaws.com",)

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """What the controller's code calls, and the alarms by which it scales."""
        alarms = f"arn:{cluster.partition}:cloudwatch:{self.region or cluster.region}:*:alarm:TargetTracking-*"
        change = Allow("cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms", "cloudwatch:PutMetricAlarm", on=alarms)
        return [*super().permissions(cluster), change]
