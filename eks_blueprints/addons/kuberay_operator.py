"""KubeRay: Ray clusters, jobs and services as Kubernetes objects."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace


class KuberayOperator(HelmAddOn):
    """Run Ray clusters, jobs and services as Kubernetes objects."""

    category: ClassVar[str] = "machine learning"
    chart: ClassVar[Chart] = Chart("kuberay-operator", "1.6.1", "https://ray-project.github.io/kuberay-helm")
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = ("",)
    images: ClassVar[dict[str, str]] = {"image.repository": "quay.io/kuberay/operator"}

    namespace: Namespace = "kuberay-operator"
