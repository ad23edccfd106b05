"""Kubecost: what workloads cost, the free edition."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.opencost import Opencost
from eks_blueprints.core.iam import Allow

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class Kubecost(HelmAddOn):
    """Show what workloads and namespaces cost, by Kubecost's free edition; OpenCost is its open core.

    The pinned chart is the last of 2.8: 2.9 only prepares for 3.0, whose chart is another one.
    """

    category: ClassVar[str] = "cost"
    chart: ClassVar[Chart] = Chart("cost-analyzer", "2.8.4", "https://kubecost.github.io/cost-analyzer")
    service_account: ClassVar[str] = "kubecost-cost-analyzer"
    pods: ClassVar[tuple[str, ...]] = ("", "forecasting", "grafana", "prometheus.server")
    images: ClassVar[dict[str, str]] = {
        "kubecostModel.image": "gcr.io/kubecost1/cost-model",
        "kubecostFrontend.image": "gcr.io/kubecost1/frontend",
        "grafana.image.repository": "cgr.dev/chainguard/grafana",
        "grafana.sidecar.image.repository": "cgr.dev/chainguard/k8s-sidecar",
        "prometheus.server.image.repository": "cgr.dev/chainguard/prometheus",
    }
    conflicts: ClassVar[tuple[type[AddOn], ...]] = (Opencost,)

    namespace: Namespace = "kubecost"

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """Look at addresses and volumes, for those that nothing uses; AWS knows no resources for it."""
        return [Allow("ec2:DescribeAddresses", "ec2:DescribeVolumes")]
