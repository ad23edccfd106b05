"""Reloader: restarts workloads when their ConfigMaps or Secrets change."""

from __future__ import annotations

from typing import Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace


class Reloader(HelmAddOn):
    """Restart workloads that ask for it when a ConfigMap or Secret that they use changes."""

    category: ClassVar[str] = "platform"
    chart: ClassVar[Chart] = Chart("reloader", "2.2.16", "https://stakater.github.io/stakater-charts")
    pods: ClassVar[tuple[str, ...]] = ("reloader.deployment",)
    images: ClassVar[dict[str, str]] = {"image.repository": "ghcr.io/stakater/reloader"}
    spare: ClassVar[dict[str, Any]] = {
        "reloader.deployment.replicas": 2,
        "reloader.enableHA": True,
        "reloader.podDisruptionBudget.enabled": True,
        "reloader.podDisruptionBudget.maxUnavailable": 1,
    }

    namespace: Namespace = "reloader"
