"""KEDA: scales workloads by events: queues, streams, metrics, schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class Keda(HelmAddOn):
    """Scale workloads by events, down to zero: queues, streams, metrics, schedules.

    Its operator gets a role with the rights that typed triggers of workloads need (`sqs`, `cloudwatch`, …). For what it
    asks besides, add `iam_role: {allow: […]}` or `policy_arns`; `aws_identity` of a workload may name another role.
    """

    category: ClassVar[str] = "autoscaling"
    metric_apis: ClassVar[tuple[str, ...]] = ("external.metrics.k8s.io",)
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
