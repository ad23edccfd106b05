"""OpenTelemetry Collector: takes in metrics, logs and traces and passes them on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace, all_nested

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class OpentelemetryCollector(HelmAddOn):
    """Take in metrics, logs and traces and pass them on; `values.config` says from where to where.

    Give it a role (`policy_arns`) for X-Ray, CloudWatch or Amazon Managed Prometheus.
    """

    category: ClassVar[str] = "observability"
    chart: ClassVar[Chart] = Chart(
        "opentelemetry-collector", "0.170.0", "https://open-telemetry.github.io/opentelemetry-helm-charts"
    )
    service_account: ClassVar[str] = "opentelemetry-collector"
    role_on_demand: ClassVar[bool] = True
    images: ClassVar[dict[str, str]] = {"image.repository": "otel/opentelemetry-collector-k8s"}
    spare: ClassVar[dict[str, Any]] = {
        "replicaCount": 2,
        "podDisruptionBudget.enabled": True,
        "podDisruptionBudget.maxUnavailable": 1,
    }
    spread: ClassVar[tuple[str, ...]] = ("topologySpreadConstraints",)

    namespace: Namespace = "opentelemetry"

    mode: Literal["deployment", "daemonset", "statefulset"] = "deployment"
    """Whether it runs a few times, or on every node."""

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """The distribution for Kubernetes."""
        return {"image": {"repository": "otel/opentelemetry-collector-k8s"}}

    def placements(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """As a DaemonSet it is on every node."""
        return ((), self.pods) if self.mode == "daemonset" else (self.pods, ())

    def production_values(self) -> dict[str, Any]:
        """Two pods that are spread; a DaemonSet has one on every node anyway."""
        return {} if self.mode == "daemonset" else super().production_values()

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return all_nested({"mode": self.mode})
