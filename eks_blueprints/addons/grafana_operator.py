"""Grafana Operator: Grafana, its data sources and dashboards as Kubernetes objects."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace


class GrafanaOperator(HelmAddOn):
    """Keep instances of Grafana, also of Amazon Managed Grafana, with their data sources and dashboards, as
    Kubernetes objects.
    """

    category: ClassVar[str] = "observability"
    chart: ClassVar[Chart] = Chart("grafana-operator", "5.24.0", "oci://ghcr.io/grafana/helm-charts")
    single: ClassVar[bool] = True
    images: ClassVar[dict[str, str]] = {"image.registry": "ghcr.io"}

    namespace: Namespace = "grafana-operator"
