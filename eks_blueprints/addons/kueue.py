"""Kueue: jobs wait in queues for their share of the cluster."""

from __future__ import annotations

from typing import Any, ClassVar

from eks_blueprints.addons._fit import Stage
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.gatekeeper import Gatekeeper
from eks_blueprints.addons.kyverno import Kyverno


class Kueue(HelmAddOn):
    """Let jobs wait in queues until their share of the cluster is free.

    Its webhooks look at every Pod, Job, Deployment and StatefulSet outside kube-system: other add-ons wait for it.
    """

    category: ClassVar[str] = "machine learning"
    chart: ClassVar[Chart] = Chart("kueue", "0.19.2", "oci://registry.k8s.io/kueue/charts")
    stage: ClassVar[Stage] = Stage.ADMISSION
    after: ClassVar[tuple[type[AddOn], ...]] = (Gatekeeper, Kyverno)
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = ("controllerManager",)
    images: ClassVar[dict[str, str]] = {"controllerManager.manager.image.repository": "registry.k8s.io/kueue/kueue"}
    spare: ClassVar[dict[str, Any]] = {
        "controllerManager.replicas": 2,
        "controllerManager.podDisruptionBudget.enabled": True,
    }
    spread: ClassVar[tuple[str, ...]] = ("controllerManager.topologySpreadConstraints",)

    namespace: Namespace = "kueue-system"
