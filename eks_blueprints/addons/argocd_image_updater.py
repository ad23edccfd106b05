"""Argo CD Image Updater: new images into Argo CD's applications."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.argocd import Argocd
from eks_blueprints.addons.base import AddOn


class ArgocdImageUpdater(HelmAddOn):
    """Tell Argo CD's applications of new images; give it a role (`policy_arns`) to read ECR."""

    category: ClassVar[str] = "gitops"
    chart: ClassVar[Chart] = Chart("argocd-image-updater", "1.2.4", "https://argoproj.github.io/argo-helm")
    service_account: ClassVar[str] = "argocd-image-updater"
    role_on_demand: ClassVar[bool] = True
    requires: ClassVar[tuple[type[AddOn], ...]] = (Argocd,)
    images: ClassVar[dict[str, str]] = {"image.repository": "quay.io/argoprojlabs/argocd-image-updater"}

    namespace: Namespace = "argocd"
