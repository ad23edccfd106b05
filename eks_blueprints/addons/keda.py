"""KEDA: scales workloads by events: queues, streams, metrics, schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class Keda(HelmAddOn):
    """Scale workloads by events, down to zero: queues, streams, metrics, schedules.

    Give its operator a role (`policy_arns`) for the queues and metrics that it asks in its own name; a
    TriggerAuthentication may name a workload's service account instead.
    """

    category: ClassVar[str] = "autoscaling"
    chart: ClassVar[Chart] = Chart("keda", "2.20.2", "https://kedacore.github.io/charts")
    service_account: ClassVar[str] = "keda-operator"
    service_account_at: ClassVar[str] = "serviceAccount.operator"
    role_on_demand: ClassVar[bool] = True
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = (
        "operator",
        "metricsServer",
        "webhooks",
    )
    images: ClassVar[dict[str, str]] = {
        "image.keda.registry": "ghcr.io",
        "image.metricsApiServer.registry": "ghcr.io",
        "image.webhooks.registry": "ghcr.io",
    }
    spare: ClassVar[dict[str, Any]] = {
        "operator.replicaCount": 2,
        "metricsServer.replicaCount": 2,
        "webhooks.replicaCount": 2,
        "podDisruptionBudget.operator.minAvailable": 1,
        "podDisruptionBudget.metricServer.minAvailable": 1,
        "podDisruptionBudget.webhooks.minAvailable": 1,
    }

    namespace: Namespace = "keda"

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """CRDs come with the chart, are upgraded with it, and stay when it goes."""
        return {"crds": {"additionalAnnotations": {"helm.sh/resource-policy": "keep"}}}
