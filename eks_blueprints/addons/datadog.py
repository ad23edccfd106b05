"""Datadog agent: metrics, logs and traces for Datadog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from eks_blueprints.addons._fit import Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class Datadog(HelmAddOn):
    """Run Datadog's open-source agent on every node, for an account at Datadog.

    Give the API key by `secret_values: {datadog.apiKey: {secret: key}}`, or name a Secret in
    `values.datadog.apiKeyExistingSecret`.
    """

    category: ClassVar[str] = "observability"
    chart: ClassVar[Chart] = Chart("datadog", "3.240.0", "https://helm.datadoghq.com")
    fits: ClassVar[Fit] = Fit(not_on_fargate="its agent is a DaemonSet; on Fargate it is a sidecar")
    pods: ClassVar[tuple[str, ...]] = ("clusterAgent", "operator")
    images: ClassVar[dict[str, str]] = {
        "registry": "registry.datadoghq.com",
        "operator.image.repository": "registry.datadoghq.com/operator",
    }
    alone: ClassVar[dict[str, str]] = {"Deployment/datadog-operator": "one operates, and nothing waits for it"}
    spare: ClassVar[dict[str, Any]] = {
        "clusterAgent.replicas": 2,
        "clusterAgent.createPodDisruptionBudget": True,
    }

    namespace: Namespace = "datadog"

    site: str = Field(default="datadoghq.com", pattern=r"^[a-z0-9.-]+$")
    """Datadog's site that the account is on."""

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """The cluster by which everything is marked."""
        return {"datadog": {"clusterName": cluster.name, "site": self.site}}
