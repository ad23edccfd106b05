"""CloudWatch agent: Container Insights by the older chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.addons._fit import DAEMON, Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.amazon_cloudwatch_observability import AmazonCloudwatchObservability
from eks_blueprints.addons.base import AddOn

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef, Ground


class AwsCloudwatchMetrics(HelmAddOn):
    """Send Container Insights metrics by the CloudWatch agent alone.

    New platforms take amazon_cloudwatch_observability, which EKS keeps and which brings logs and traces as well.
    This is the newest chart there is, of 2024.
    """

    category: ClassVar[str] = "observability"
    chart: ClassVar[Chart] = Chart("aws-cloudwatch-metrics", "0.0.11", "https://aws.github.io/eks-charts")
    service_account: ClassVar[str] = "aws-cloudwatch-metrics"
    conflicts: ClassVar[tuple[type[AddOn], ...]] = (AmazonCloudwatchObservability,)
    fits: ClassVar[Fit] = Fit(not_on_fargate=DAEMON)
    asks_node: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = ()
    daemons: ClassVar[tuple[str, ...]] = ("",)
    images: ClassVar[dict[str, str]] = {"image.repository": "amazon/cloudwatch-agent"}

    namespace: Namespace = "amazon-cloudwatch"

    def managed_policies(self, ground: Ground) -> dict[str, str]:
        """AWS's own policy for it."""
        return {"cloudwatch-agent": "CloudWatchAgentServerPolicy"}

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """The cluster that the metrics are of."""
        return {"clusterName": cluster.name}
