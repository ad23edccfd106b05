"""OpenCost: what workloads and namespaces cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.kube_prometheus_stack import KubePrometheusStack

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class Opencost(HelmAddOn):
    """Show what workloads and namespaces cost, by AWS's public prices; needs a Prometheus."""

    category: ClassVar[str] = "cost"
    chart: ClassVar[Chart] = Chart("opencost", "2.5.17", "https://opencost.github.io/opencost-helm-chart")
    service_account: ClassVar[str] = "opencost"
    role_on_demand: ClassVar[bool] = True
    after: ClassVar[tuple[type[AddOn], ...]] = (KubePrometheusStack,)
    pods: ClassVar[tuple[str, ...]] = ("opencost",)
    images: ClassVar[dict[str, str]] = {
        "opencost.exporter.image.registry": "ghcr.io",
        "opencost.ui.image.registry": "ghcr.io",
    }

    namespace: Namespace = "opencost"

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """The Prometheus that it reads from."""
        prometheus = cluster.prometheus
        if prometheus is None:
            return {}
        named = {"serviceName": prometheus.name, "namespaceName": prometheus.namespace, "port": prometheus.port}
        return {"opencost": {"prometheus": {"internal": {"enabled": True, **named}}}}
