"""Prometheus node exporter: what nodes do, as metrics."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._fit import DAEMON, Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.kube_prometheus_stack import KubePrometheusStack


class PrometheusNodeExporter(HelmAddOn):
    """Serve what each node does as metrics; kube_prometheus_stack includes its own.

    EKS offers it as a community add-on as well; the chart takes more settings.
    """

    category: ClassVar[str] = "observability"
    chart: ClassVar[Chart] = Chart(
        "prometheus-node-exporter", "4.56.1", "https://prometheus-community.github.io/helm-charts"
    )
    conflicts: ClassVar[tuple[type[AddOn], ...]] = (KubePrometheusStack,)
    fits: ClassVar[Fit] = Fit(not_on_fargate=DAEMON)
    pods: ClassVar[tuple[str, ...]] = ()
    daemons: ClassVar[tuple[str, ...]] = ("",)
    images: ClassVar[dict[str, str]] = {"image.registry": "quay.io"}

    namespace: Namespace = "prometheus-node-exporter"
