"""Argo Workflows: jobs in steps and graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class ArgoWorkflows(HelmAddOn):
    """Run jobs in steps and graphs, each step a pod."""

    category: ClassVar[str] = "gitops"
    chart: ClassVar[Chart] = Chart("argo-workflows", "1.0.18", "https://argoproj.github.io/argo-helm")
    service_account: ClassVar[str] = "argo-workflows-server"
    service_account_at: ClassVar[str] = "server.serviceAccount"
    role_on_demand: ClassVar[bool] = True
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = (
        "controller",
        "server",
        "crds.upgradeJob",
    )
    images: ClassVar[dict[str, str]] = {
        "controller.image.registry": "quay.io",
        "executor.image.registry": "quay.io",
        "server.image.registry": "quay.io",
        "crds.upgradeJob.image.repository": "registry.k8s.io/kubectl",
    }
    spare: ClassVar[dict[str, Any]] = {
        "controller.replicas": 2,
        "server.replicas": 2,
        "controller.pdb.enabled": True,
        "controller.pdb.minAvailable": 1,
    }

    namespace: Namespace = "argo-workflows"

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """CRDs are applied by a job of the chart, are upgraded with it, and stay when it goes."""
        return {"crds": {"install": True}}
