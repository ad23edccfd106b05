"""Kueue: jobs wait in queues for their share of the cluster."""

from __future__ import annotations

from typing import Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace


class Kueue(HelmAddOn):
    """Let jobs wait in queues until their share of the cluster is free."""

    category: ClassVar[str] = "machine learning"
    chart: ClassVar[Chart] = Chart("kueue", "0.19.2", "oci://registry.k8s.io/kueue/charts")
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = ("controllerManager",)
    spare: ClassVar[dict[str, Any]] = {
        "controllerManager.replicas": 2,
        "controllerManager.podDisruptionBudget.enabled": True,
    }
    spread: ClassVar[tuple[str, ...]] = ("controllerManager.topologySpreadConstraints",)

    namespace: Namespace = "kueue-system"
