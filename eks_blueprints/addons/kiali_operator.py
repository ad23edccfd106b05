"""Kiali: the mesh as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace, nested
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.istiod import Istiod

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class KialiOperator(HelmAddOn):
    """Show Istio's mesh, its traffic and its mistakes."""

    category: ClassVar[str] = "mesh"
    chart: ClassVar[Chart] = Chart("kiali-operator", "2.29.0", "https://kiali.org/helm-charts")
    after: ClassVar[tuple[type[AddOn], ...]] = (Istiod,)

    images: ClassVar[dict[str, str]] = {"image.repo": "quay.io/kiali/kiali-operator"}

    namespace: Namespace = "kiali-operator"

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """The Prometheus that Kiali reads from, where the chart is told to make one (`values.cr.create`)."""
        kiali, prometheus = self.values.get("cr"), cluster.prometheus
        if prometheus is None or not (isinstance(kiali, dict) and kiali.get("create")):
            return {}
        return nested("cr.spec.external_services.prometheus.url", prometheus.url)
