"""Argo Rollouts: canary and blue-green deployments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace, all_nested

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class ArgoRollouts(HelmAddOn):
    """Roll out new versions step by step, and back by what is measured meanwhile."""

    category: ClassVar[str] = "gitops"
    chart: ClassVar[Chart] = Chart("argo-rollouts", "2.41.0", "https://argoproj.github.io/argo-helm")
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = ("controller", "dashboard")
    images: ClassVar[dict[str, str]] = {
        "controller.image.registry": "quay.io",
        "dashboard.image.registry": "quay.io",
    }
    spare: ClassVar[dict[str, Any]] = {
        "controller.replicas": 2,
        "controller.pdb.enabled": True,
        "controller.pdb.maxUnavailable": 1,
    }
    spread: ClassVar[tuple[str, ...]] = ("controller.topologySpreadConstraints",)

    namespace: Namespace = "argo-rollouts"

    dashboard: bool = False
    """Whether it installs its page."""

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """CRDs come with the chart, are upgraded with it, and stay when it goes."""
        return {"installCRDs": True, "keepCRDs": True}

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return all_nested({"dashboard.enabled": self.dashboard})
