"""Add-ons of this catalogue that are installed from a Helm chart."""

from __future__ import annotations

from typing import Any, ClassVar

from eks_blueprints.addons._chart_addon import ChartAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.core.helm import Chart, HelmRelease

__all__ = ["Chart", "HelmAddOn"]


class HelmAddOn(ChartAddOn):
    """An add-on from one Helm chart, whose version is pinned here.

    class ExternalDns(HelmAddOn):
        chart: ClassVar[Chart] = Chart("external-dns", "1.15.0", "https://kubernetes-sigs.github.io/external-dns")
        service_account: ClassVar[str] = "external-dns"

        namespace: Namespace = "external-dns"
    """

    chart: ClassVar[Chart]
    """The chart, its version and where it comes from."""
    crds: ClassVar[Chart | None] = None
    """The chart of its CRDs, where its makers keep one apart, so that they are upgraded and outlive the add-on."""
    crd_values: ClassVar[dict[str, Any]] = {}
    """Values of that chart, to mark the CRDs `helm.sh/resource-policy: keep`; without any the whole release is kept."""

    namespace: Namespace = "kube-system"
    """Kubernetes namespace it runs in."""

    @property
    def home(self) -> str:
        """Kubernetes namespace it runs in."""
        return self.namespace

    @property
    def chart_used(self) -> Chart:
        """The chart to install."""
        chart = self.chart
        return Chart(chart.name, self.version or chart.version, self.repository or chart.repository)

    def crd_release(self) -> HelmRelease | None:
        """The release of its CRDs, where they have a chart of their own."""
        if self.crds is None:
            return None
        # Where both are numbered alike, the CRDs are upgraded with the chart that needs them.
        alike = self.crds.version == self.chart.version
        version = self.chart_used.version if alike else self.crds.version
        return HelmRelease(
            role="crds",
            name=f"{self.release_name}-crds",
            chart=Chart(self.crds.name, version, self.repository or self.crds.repository),
            namespace=self.namespace,
            create_namespace=self.namespace != "kube-system",
            values=self.crd_values,
            keep=bool(self.preserve) or not self.crd_values,
            goes_with_cluster=True,
        )
