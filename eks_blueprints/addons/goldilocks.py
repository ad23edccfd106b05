"""Goldilocks: a page of what workloads should request."""

from __future__ import annotations

from typing import Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.metrics_server import MetricsServer
from eks_blueprints.addons.vpa import Vpa


class Goldilocks(HelmAddOn):
    """Show, for namespaces that are labelled for it, what each workload should request, by the Vertical Pod
    Autoscaler.
    """

    category: ClassVar[str] = "autoscaling"
    chart: ClassVar[Chart] = Chart("goldilocks", "11.0.0", "https://charts.fairwinds.com/stable")
    requires: ClassVar[tuple[type[AddOn], ...]] = (
        Vpa,
        MetricsServer,
    )
    pods: ClassVar[tuple[str, ...]] = (
        "controller",
        "dashboard",
    )
    images: ClassVar[dict[str, str]] = {"image.repository": "us-docker.pkg.dev/fairwinds-ops/oss/goldilocks"}
    spare: ClassVar[dict[str, Any]] = {"dashboard.replicaCount": 2}
    alone: ClassVar[dict[str, str]] = {"Deployment/goldilocks-controller": "one decides; the chart has no more"}
    spread: ClassVar[tuple[str, ...]] = ("dashboard.topologySpreadConstraints",)

    namespace: Namespace = "goldilocks"
