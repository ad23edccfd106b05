"""Dask operator: clusters of Dask for Python, as objects."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace


class DaskKubernetesOperator(HelmAddOn):
    """Run Dask clusters for Python programs that outgrow one machine, as `DaskCluster` and `DaskJob` objects."""

    category: ClassVar[str] = "data"
    chart: ClassVar[Chart] = Chart("dask-kubernetes-operator", "2026.3.0", "https://helm.dask.org")
    single: ClassVar[bool] = True
    images: ClassVar[dict[str, str]] = {"image.name": "ghcr.io/dask/dask-kubernetes-operator"}

    namespace: Namespace = "dask-operator"
    """Kubernetes namespace it runs in."""
