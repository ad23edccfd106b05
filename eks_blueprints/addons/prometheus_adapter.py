"""Prometheus Adapter: Prometheus' metrics for the HorizontalPodAutoscaler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.kube_prometheus_stack import KubePrometheusStack
from eks_blueprints.core.json_values import JsonValues
from eks_blueprints.core.spec import Many

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

    rules: Many[JsonValues] = ()
    """Rules for custom metrics as in the adapter, beside its own. Those of workloads (`pods_metrics` with
    `prometheus`) are added."""

    @property
    def serves_metrics(self) -> tuple[str, ...]:
        """API groups by the sorts of rules that it has: the chart registers no others."""
        said = self.values.get("rules")
        rules = said if isinstance(said, dict) else {}
        sorts = {
            "custom.metrics.k8s.io": rules.get("default", True) or rules.get("custom") or self.rules,
            "external.metrics.k8s.io": rules.get("external"),
            "metrics.k8s.io": rules.get("resource"),
        }
        return tuple(group for group, there in sorts.items() if there)

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return {"rules": {"custom": [dict(each) for each in self.rules]}} if self.rules else {}

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """The Prometheus that it reads from."""
        prometheus = cluster.prometheus
        if prometheus is None:
            return {}
        return {"prometheus": {"url": f"http://{prometheus.host}", "port": prometheus.port}}
