"""Polaris: a page of what workloads do against good practice."""

from __future__ import annotations

from typing import Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace


class Polaris(HelmAddOn):
    """Show which workloads leave out probes, limits and other good practice."""

    category: ClassVar[str] = "policy"
    chart: ClassVar[Chart] = Chart("polaris", "6.0.0", "https://charts.fairwinds.com/stable")
    pods: ClassVar[tuple[str, ...]] = (
        "dashboard",
        "webhook",
    )
    images: ClassVar[dict[str, str]] = {"image.repository": "us-docker.pkg.dev/fairwinds-ops/oss/polaris"}
    spare: ClassVar[dict[str, Any]] = {"dashboard.replicas": 2}

    namespace: Namespace = "polaris"
