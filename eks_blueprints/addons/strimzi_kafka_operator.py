"""Strimzi: Kafka clusters as Kubernetes objects."""

from __future__ import annotations

from typing import Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace, all_nested


class StrimziKafkaOperator(HelmAddOn):
    """Run Kafka clusters, topics and users as Kubernetes objects."""

    category: ClassVar[str] = "data"
    chart: ClassVar[Chart] = Chart("strimzi-kafka-operator", "1.2.0", "oci://quay.io/strimzi-helm")
    single: ClassVar[bool] = True
    images: ClassVar[dict[str, str]] = {"defaultImageRegistry": "quay.io"}
    spare: ClassVar[dict[str, Any]] = {
        "replicas": 2,
        "podDisruptionBudget.enabled": True,
    }
    spread: ClassVar[tuple[str, ...]] = ("topologySpreadConstraints",)
    spread_labels: ClassVar[dict[str, str]] = {"strimzi.io/kind": "cluster-operator"}

    namespace: Namespace = "strimzi-system"

    watch_any_namespace: bool = True
    """Whether it looks after every namespace, or its own alone."""

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return all_nested({"watchAnyNamespace": self.watch_any_namespace})
