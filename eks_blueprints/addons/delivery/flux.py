"""Add-ons as HelmReleases of Flux, which is on the cluster before them."""

from __future__ import annotations

from typing import Any, ClassVar

from eks_blueprints.addons.delivery.base import ObjectDelivery
from eks_blueprints.core.helm import HelmRelease


class FluxDelivery(ObjectDelivery):
    """Writes each release down as a HelmRepository and a HelmRelease, and waits until Flux calls it ready."""

    ready_when: ClassVar[str] = "condition=Ready"

    def sources(self, release: HelmRelease) -> dict[str, dict[str, Any]]:
        """The repository of a release's chart."""
        chart = release.chart
        spec: dict[str, Any] = {"interval": "1h", "url": chart.repository}
        repository = {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "HelmRepository",
            "metadata": {"name": release.name, "namespace": self._namespace},
            "spec": spec | ({"type": "oci"} if chart.is_oci else {}),
        }
        return {"repository": repository}

    def object(self, release: HelmRelease) -> dict[str, Any]:
        """The HelmRelease of a release."""
        crds = "Skip" if release.skip_crds else "CreateReplace"
        again = {"remediation": {"retries": 3}} if release.atomic else {}
        return {
            "apiVersion": "helm.toolkit.fluxcd.io/v2",
            "kind": "HelmRelease",
            "metadata": self.metadata(release),
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
