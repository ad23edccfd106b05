"""Spark Operator: Spark applications as Kubernetes objects."""

from __future__ import annotations

from typing import Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace, all_nested
from eks_blueprints.core.spec import Many


class SparkOperator(HelmAddOn):
    """Run Spark applications as Kubernetes objects.

    `job_namespaces` says where; jobs call AWS under the service account that it makes there.
    """

    category: ClassVar[str] = "data"
    chart: ClassVar[Chart] = Chart("spark-operator", "2.5.2", "https://kubeflow.github.io/spark-operator")
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = (
        "controller",
        "webhook",
        "hook",
    )
    images: ClassVar[dict[str, str]] = {
        "image.registry": "ghcr.io",
        "hook.image.registry": "ghcr.io",
    }
    spare: ClassVar[dict[str, Any]] = {
        "controller.replicas": 2,
        "webhook.replicas": 2,
        "controller.podDisruptionBudget.enable": True,
        "webhook.podDisruptionBudget.enable": True,
    }

    namespace: Namespace = "spark-operator"

    job_namespaces: Many[str] = ("default",)
    """Namespaces that applications run in; they must be there."""

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return all_nested({"spark.jobNamespaces": list(self.job_namespaces)})
