"""Argo Events: starts things when something happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class ArgoEvents(HelmAddOn):
    """Start workflows and other things when something happens: a message in a queue, a push, a schedule."""

    category: ClassVar[str] = "gitops"
    chart: ClassVar[Chart] = Chart("argo-events", "2.4.22", "https://argoproj.github.io/argo-helm")
    service_account: ClassVar[str] = "argo-events"
    service_account_at: ClassVar[str] = "controller.serviceAccount"
    role_on_demand: ClassVar[bool] = True
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = ("controller",)
    images: ClassVar[dict[str, str]] = {"global.image.repository": "quay.io/argoproj/argo-events"}
    spare: ClassVar[dict[str, Any]] = {
        "controller.replicas": 2,
        "controller.pdb.enabled": True,
    }

    namespace: Namespace = "argo-events"

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """CRDs come with the chart, are upgraded with it, and stay when it goes."""
        return {"crds": {"install": True, "keep": True}}
