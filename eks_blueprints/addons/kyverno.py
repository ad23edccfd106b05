"""Kyverno: policies as Kubernetes objects: refuse, change, make, clean up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.addons._fit import Stage
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class Kyverno(HelmAddOn):
    """Refuse, change or make objects by policies that are Kubernetes objects themselves.

    Other add-ons are installed after it, and are seen by its policies from the first object on.
    """

    category: ClassVar[str] = "policy"
    brings_groups: ClassVar[tuple[str, ...]] = ("policies.kyverno.io",)
    chart: ClassVar[Chart] = Chart("kyverno", "3.9.0", "https://kyverno.github.io/kyverno")
    service_account: ClassVar[str] = "kyverno-admission-controller"
    service_account_at: ClassVar[str] = ""
    role_on_demand: ClassVar[bool] = True
    stage: ClassVar[Stage] = Stage.ADMISSION
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = ("global",)
    images: ClassVar[dict[str, str]] = {
        "global.image.registry": "reg.kyverno.io",
        "webhooksCleanup.image.registry": "ghcr.io",
    }
    spare: ClassVar[dict[str, Any]] = {
        "admissionController.replicas": 3,
        "backgroundController.replicas": 2,
        "cleanupController.replicas": 2,
        "reportsController.replicas": 2,
    }
    spread: ClassVar[tuple[str, ...]] = ("admissionController.topologySpreadConstraints",)

    namespace: Namespace = "kyverno"

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """CRDs come with the chart, are upgraded with it, and stay when it goes."""
        return {"crds": {"annotations": {"helm.sh/resource-policy": "keep"}}}
