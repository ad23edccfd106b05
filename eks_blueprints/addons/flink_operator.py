"""Flink Operator: Flink jobs as Kubernetes objects."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.cert_manager import CertManager


class FlinkOperator(HelmAddOn):
    """Run Flink applications as Kubernetes objects."""

    category: ClassVar[str] = "data"
    chart: ClassVar[Chart] = Chart(
        "flink-kubernetes-operator", "1.15.0", "https://downloads.apache.org/flink/flink-kubernetes-operator-1.15.0"
    )
    requires: ClassVar[tuple[type[AddOn], ...]] = (CertManager,)
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = ("operatorPod",)
    images: ClassVar[dict[str, str]] = {"image.repository": "ghcr.io/apache/flink-kubernetes-operator"}
    spread: ClassVar[tuple[str, ...]] = ("operatorPod.topologySpreadConstraints",)

    namespace: Namespace = "flink-system"
