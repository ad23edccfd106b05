"""Vertical Pod Autoscaler: requests of pods that fit what they use."""

from __future__ import annotations

from typing import Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.metrics_server import MetricsServer


class Vpa(HelmAddOn):
    """Recommend, and where told to set, the requests of pods by what they used."""

    category: ClassVar[str] = "autoscaling"
    chart: ClassVar[Chart] = Chart("vpa", "5.0.0", "https://charts.fairwinds.com/stable")
    requires: ClassVar[tuple[type[AddOn], ...]] = (MetricsServer,)
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = (
        "recommender",
        "updater",
        "admissionController",
        "admissionController.certGen",
    )
    alone: ClassVar[dict[str, str]] = {
        "Deployment/vpa-recommender": "one recommends at a time, and nothing waits for it",
        "Deployment/vpa-updater": "one evicts at a time, and nothing waits for it",
    }
    images: ClassVar[dict[str, str]] = {
        "recommender.image.repository": "registry.k8s.io/autoscaling/vpa-recommender",
        "updater.image.repository": "registry.k8s.io/autoscaling/vpa-updater",
        "admissionController.image.repository": "registry.k8s.io/autoscaling/vpa-admission-controller",
        "admissionController.certGen.image.repository": "registry.k8s.io/ingress-nginx/kube-webhook-certgen",
    }
    spare: ClassVar[dict[str, Any]] = {
        "admissionController.replicaCount": 2,
        "admissionController.podDisruptionBudget.minAvailable": 1,
    }

    namespace: Namespace = "vpa"
