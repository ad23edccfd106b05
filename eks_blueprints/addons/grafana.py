"""Grafana: dashboards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace, all_nested, nested
from eks_blueprints.core.json_values import merged

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class Grafana(HelmAddOn):
    """Run Grafana by itself; kube_prometheus_stack includes its own.

    With a workspace of Amazon Managed Prometheus it may query it.
    """

    category: ClassVar[str] = "observability"
    chart: ClassVar[Chart] = Chart("grafana", "12.11.1", "https://grafana-community.github.io/helm-charts")
    service_account: ClassVar[str] = "grafana"
    role_on_demand: ClassVar[bool] = True
    images: ClassVar[dict[str, str]] = {
        "image.registry": "docker.io",
        "sidecar.image.registry": "quay.io",
        "initChownData.image.registry": "docker.io",
    }

    namespace: Namespace = "grafana"

    persistence_size: str | None = Field(default=None, pattern=r"^\d+(Mi|Gi|Ti)$")
    """Size of its volume, such as `10Gi`. Default: no volume, and nothing outlives its pod."""

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """The platform's Prometheus as a data source, where `values` name no data sources, and what reads the
        platform's dashboards."""
        prometheus, telemetry = cluster.prometheus, cluster.telemetry
        reads = {"sidecar": {"dashboards": {"enabled": True, "labelValue": "1"}}}
        values = reads if telemetry is not None and telemetry.dashboards and telemetry.grafana_home == self.home else {}
        if prometheus is None or "datasources" in self.values:
            return values
        source = {"name": "Prometheus", "type": "prometheus", "access": "proxy", "url": prometheus.url}
        return values | {"datasources": {"datasources.yaml": {"apiVersion": 1, "datasources": [source]}}}

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        settings = all_nested(
            {path: value for path, value in {"persistence.size": self.persistence_size}.items() if value is not None}
        )
        if self.persistence_size is not None:
            settings = merged(settings, nested("persistence.enabled", True))
        return settings
