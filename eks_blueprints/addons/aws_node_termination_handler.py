"""AWS Node Termination Handler: drains nodes that AWS is about to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from eks_blueprints.addons._arns import QueueArn
from eks_blueprints.addons._fit import Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._termination_queue import termination_queue
from eks_blueprints.core.iam import Allow

if TYPE_CHECKING:
    import pulumi

    from eks_blueprints.core.component import Component
    from eks_blueprints.core.refs import ClusterRef


class AwsNodeTerminationHandler(HelmAddOn):
    """Drain nodes of self-managed groups that AWS is about to take away: spot interruptions, rebalancing, maintenance.

    Managed node groups, Karpenter and EKS Auto Mode drain by themselves. Without your own queue it creates one, and the
    rules that bring AWS's announcements to it.
    """

    category: ClassVar[str] = "nodes"
    chart: ClassVar[Chart] = Chart("aws-node-termination-handler", "0.27.6", "oci://public.ecr.aws/aws-ec2/helm")
    service_account: ClassVar[str] = "aws-node-termination-handler"
    single: ClassVar[bool] = True
    fits: ClassVar[Fit] = Fit(
        not_on_fargate="there are no nodes to drain",
        in_auto_mode="draining of its nodes",
        not_beside={"karpenter": "which drains its nodes itself"},
    )
    images: ClassVar[dict[str, str]] = {"image.repository": "public.ecr.aws/aws-ec2/aws-node-termination-handler"}
    spare: ClassVar[dict[str, Any]] = {"replicas": 2, "podDisruptionBudget.maxUnavailable": 1}
    spread: ClassVar[tuple[str, ...]] = ("topologySpreadConstraints",)

    queue_arn: QueueArn | None = None
    """ARN of the SQS queue that announcements come to. Default: one is created."""

    check_tag: bool = False
    """Whether it leaves alone instances without the tag `aws-node-termination-handler/managed`."""

    def equipped(self, component: Component, cluster: ClusterRef) -> tuple[Self, list[pulumi.Resource]]:
        """With a queue of its own, unless one is named."""
        if self.queue_arn is not None:
            return self, []
        queue, needed = termination_queue(component, cluster, self.tags)
        return self.model_copy(update={"queue_arn": queue.arn}), needed

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """Read its queue, look at instances, and let groups go on once a node is drained."""
        assert self.queue_arn is not None  # noqa: S101 - `equipped` has seen to it
        groups = f"arn:{cluster.partition}:autoscaling:{cluster.region}:*:autoScalingGroup:*"
        look = ("autoscaling:DescribeAutoScalingInstances", "autoscaling:DescribeTags", "ec2:DescribeInstances")
        return [
            Allow("sqs:DeleteMessage", "sqs:ReceiveMessage", on=self.queue_arn),
            Allow("autoscaling:CompleteLifecycleAction", on=groups),
            Allow(*look),
        ]

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """The queue that it reads."""
        import pulumi

        url = pulumi.Output.from_input(self.queue_arn).apply(_queue_url)
        return {"enableSqsTerminationDraining": True, "queueURL": url, "awsRegion": cluster.region}

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return {"checkTagBeforeDraining": self.check_tag}


def _queue_url(arn: str | None) -> str:
    # A recording's symbol is no ARN that could be taken apart.
    parts = (arn or "").split(":")
    if len(parts) != 6:
        return f"url of {arn}"
    domain = "amazonaws.com.cn" if parts[1] == "aws-cn" else "amazonaws.com"
    return f"https://sqs.{parts[3]}.{domain}/{parts[4]}/{parts[5]}"
