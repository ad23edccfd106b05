"""YACE: CloudWatch metrics for Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.core.iam import Allow

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class PrometheusCloudwatchExporter(HelmAddOn):
    """Serve metrics of CloudWatch to Prometheus: load balancers, queues, databases.

    Say in `values.config` which ones. It can read every metric, because CloudWatch knows no resources.
    """

    category: ClassVar[str] = "observability"
    chart: ClassVar[Chart] = Chart(
        "prometheus-yet-another-cloudwatch-exporter", "0.47.0", "https://prometheus-community.github.io/helm-charts"
    )
    service_account: ClassVar[str] = "yace"
    images: ClassVar[dict[str, str]] = {"image.registry": "quay.io"}

    namespace: Namespace = "monitoring"

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """Read metrics and the tags by which resources are found; AWS knows no resources for either."""
        return [
            Allow(
                "cloudwatch:GetMetricData",
                "cloudwatch:GetMetricStatistics",
                "cloudwatch:ListMetrics",
                "tag:GetResources",
                "iam:ListAccountAliases",
            )
        ]
