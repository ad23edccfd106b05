"""kube-state-metrics: the state of Kubernetes objects as metrics."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.kube_prometheus_stack import KubePrometheusStack


class KubeStateMetrics(HelmAddOn):
    """Serve the state of Kubernetes objects as metrics; kube_prometheus_stack includes its own.

    EKS offers it as a community add-on as well; the chart takes more settings.
    """

    category: ClassVar[str] = "observability"
    chart: ClassVar[Chart] = Chart("kube-state-metrics", "8.4.0", "https://prometheus-community.github.io/helm-charts")
    conflicts: ClassVar[tuple[type[AddOn], ...]] = (KubePrometheusStack,)
    images: ClassVar[dict[str, str]] = {"image.registry": "registry.k8s.io"}

    namespace: Namespace = "kube-state-metrics"
