"""Add-ons as Applications of Argo CD, which is on the cluster before them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from eks_blueprints.addons.delivery.base import ObjectDelivery
from eks_blueprints.core.argocd import FINALIZER, HERE
from eks_blueprints.core.helm import HelmRelease


class ArgocdDelivery(ObjectDelivery):
    """Writes each release down as an Application, and waits until Argo CD calls it healthy."""

    ready_when: ClassVar[str] = "jsonpath={.status.health.status}=Healthy"

    def __init__(self, namespace: str, destination: Mapping[str, str] = HERE) -> None:
        super().__init__(namespace)
        self._destination = destination

    def object(self, release: HelmRelease) -> dict[str, Any]:
        """The Application of a release."""
        # Argo CD takes away what it installed before it lets an Application with the finalizer go.
        last = {} if release.keep else {"finalizers": [FINALIZER]}
        return {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Application",
            "metadata": self.metadata(release) | last,
            "spec": self._spec(release),
        }

    def _spec(self, release: HelmRelease) -> dict[str, Any]:
        chart = release.chart
        helm: dict[str, Any] = {"releaseName": release.name, "valuesObject": dict(release.values)}
        if release.skip_crds:
            helm["skipCrds"] = True
        options = ["ServerSideApply=true", *(["CreateNamespace=true"] if release.create_namespace else [])]
        return {
            "project": "default",
            "source": {
                # Argo CD names registries without their scheme.
                "repoURL": chart.repository.removeprefix("oci://"),
                "chart": chart.name,
                "targetRevision": chart.version,
                "helm": helm,
            },
            "destination": {**self._destination, "namespace": release.namespace},
            "syncPolicy": {"automated": {"prune": True, "selfHeal": True}, "syncOptions": options},
        }
