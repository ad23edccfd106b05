"""Add-ons as Applications of Argo CD, which is on the cluster before them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi

from eks_blueprints.core.component import Component, in_cluster
from eks_blueprints.core.helm import HelmRelease
from eks_blueprints.core.kubernetes_object import KubernetesObject

_FINALIZER = "resources-finalizer.argocd.argoproj.io"


class ArgocdDelivery:
    """Writes each release down as an Application, and waits until Argo CD calls it healthy."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace

    def deliver(
        self,
        component: Component,
        release: HelmRelease,
        *,
        cluster: pulumi.Resource | None,
        after: Sequence[pulumi.Resource],
    ) -> pulumi.Resource:
        """Make the Application of a release."""
        limit = f"{release.timeout_seconds}s"
        return KubernetesObject(
            f"{component.pulumi_resource_name}-{release.role}",
            {
                "apiVersion": "argoproj.io/v1alpha1",
                "kind": "Application",
                "metadata": self._metadata(release),
                "spec": self._spec(release),
            },
            component.child(
                depends_on=after,
                retain_on_delete=release.keep or None,
                **in_cluster(cluster, goes_with_it=release.goes_with_cluster),
                custom_timeouts=pulumi.CustomTimeouts(create=limit, update=limit, delete=limit),
            ),
        )

    def _metadata(self, release: HelmRelease) -> dict[str, Any]:
        metadata: dict[str, Any] = {"name": release.name, "namespace": self._namespace}
        if not release.keep:
            # Argo CD takes away what it installed before it lets the Application go.
            metadata["finalizers"] = [_FINALIZER]
        if release.wait:
            metadata["annotations"] = {"pulumi.com/waitFor": "jsonpath={.status.health.status}=Healthy"}
        return metadata

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
            "destination": {"server": "https://kubernetes.default.svc", "namespace": release.namespace},
            "syncPolicy": {"automated": {"prune": True, "selfHeal": True}, "syncOptions": options},
        }
