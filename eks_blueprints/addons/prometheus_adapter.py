"""Prometheus Adapter: Prometheus' metrics for the HorizontalPodAutoscaler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.kube_prometheus_stack import KubePrometheusStack

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class PrometheusAdapter(HelmAddOn):
    """Serve metrics of Prometheus as custom and external metrics, for the HorizontalPodAutoscaler."""

    category: ClassVar[str] = "autoscaling"
    chart: ClassVar[Chart] = Chart("prometheus-adapter", "5.3.0", "https://prometheus-community.github.io/helm-charts")
    after: ClassVar[tuple[type[AddOn], ...]] = (KubePrometheusStack,)
    single: ClassVar[bool] = True
    images: ClassVar[dict[str, str]] = {"image.repository": "registry.k8s.io/prometheus-adapter/prometheus-adapter"}
    spare: ClassVar[dict[str, Any]] = {
        "replicas": 2,
        "podDisruptionBudget.enabled": True,
    }
    spread: ClassVar[tuple[str, ...]] = ("topologySpreadConstraints",)

    namespace: Namespace = "monitoring"

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """The Prometheus that it reads from."""
        prometheus = cluster.prometheus
        if prometheus is None:
            return {}
        return {"prometheus": {"url": f"http://{prometheus.host}", "port": prometheus.port}}
