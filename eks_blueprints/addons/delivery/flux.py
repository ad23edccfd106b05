"""Add-ons as HelmReleases of Flux, which is on the cluster before them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi

from eks_blueprints.core.component import Component, in_cluster
from eks_blueprints.core.helm import HelmRelease
from eks_blueprints.core.kubernetes_object import KubernetesObject


class FluxDelivery:
    """Writes each release down as a HelmRepository and a HelmRelease, and waits until Flux calls it ready."""

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
        """Make the HelmRelease of a release, after its repository."""
        name = f"{component.pulumi_resource_name}-{release.role}"
        limit = f"{release.timeout_seconds}s"
        common: dict[str, Any] = {
            "retain_on_delete": release.keep or None,
            **in_cluster(cluster, goes_with_it=release.goes_with_cluster),
        }
        repository = KubernetesObject(
            f"{name}-repository", self._repository(release), component.child(depends_on=after, **common)
        )
        timeouts = pulumi.CustomTimeouts(create=limit, update=limit, delete=limit)
        opts = component.child(depends_on=[*after, repository], custom_timeouts=timeouts, **common)
        return KubernetesObject(name, self._release(release), opts)

    def _repository(self, release: HelmRelease) -> dict[str, Any]:
        chart = release.chart
        spec: dict[str, Any] = {"interval": "1h", "url": chart.repository}
        return {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "HelmRepository",
            "metadata": {"name": release.name, "namespace": self._namespace},
            "spec": spec | ({"type": "oci"} if chart.is_oci else {}),
        }

    def _release(self, release: HelmRelease) -> dict[str, Any]:
        metadata: dict[str, Any] = {"name": release.name, "namespace": self._namespace}
        if release.wait:
            metadata["annotations"] = {"pulumi.com/waitFor": "condition=Ready"}
        crds = "Skip" if release.skip_crds else "CreateReplace"
        again = {"remediation": {"retries": 3}} if release.atomic else {}
        return {
            "apiVersion": "helm.toolkit.fluxcd.io/v2",
            "kind": "HelmRelease",
            "metadata": metadata,
            "spec": {
                "interval": "10m",
                "releaseName": release.name,
                "targetNamespace": release.namespace,
                "storageNamespace": release.namespace,
                "timeout": f"{release.timeout_seconds}s",
                "chart": {
                    "spec": {
                        "chart": release.chart.name,
                        "version": release.chart.version,
                        "sourceRef": {"kind": "HelmRepository", "name": release.name},
                    }
                },
                "install": {"crds": crds, "createNamespace": release.create_namespace, **again},
                "upgrade": {"crds": crds, **again},
                "values": dict(release.values),
            },
        }
