"""Flux: what is in Git repositories and buckets is what is on the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace, all_nested

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class Fluxcd(HelmAddOn):
    """Keep the cluster as Git repositories, OCI artifacts and buckets describe it.

    Give its source controller a role (`policy_arns`) to read ECR or S3.
    """

    category: ClassVar[str] = "gitops"
    chart: ClassVar[Chart] = Chart("flux2", "2.18.3", "oci://ghcr.io/fluxcd-community/charts")
    service_account: ClassVar[str] = "source-controller"
    service_account_at: ClassVar[str] = ""
    role_on_demand: ClassVar[bool] = True
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = (
        "helmController",
        "imageAutomationController",
        "imageReflectionController",
        "kustomizeController",
        "notificationController",
        "sourceController",
        "cli",
    )
    images: ClassVar[dict[str, str]] = {
        "cli.image": "ghcr.io/fluxcd/flux-cli",
        "helmController.image": "ghcr.io/fluxcd/helm-controller",
        "imageAutomationController.image": "ghcr.io/fluxcd/image-automation-controller",
        "imageReflectionController.image": "ghcr.io/fluxcd/image-reflector-controller",
        "kustomizeController.image": "ghcr.io/fluxcd/kustomize-controller",
        "notificationController.image": "ghcr.io/fluxcd/notification-controller",
        "sourceController.image": "ghcr.io/fluxcd/source-controller",
    }

    namespace: Namespace = "flux-system"

    image_automation: bool = False
    """Whether it installs the two controllers that write new image tags into Git."""

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """CRDs come with the chart, are upgraded with it, and stay when it goes."""
        return {"crds": {"annotations": {"helm.sh/resource-policy": "keep"}}}

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return all_nested(
            {
                "imageAutomationController.create": self.image_automation,
                "imageReflectionController.create": self.image_automation,
            }
        )
