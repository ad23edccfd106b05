"""Istio's CRDs, on which its other parts stand."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace


class IstioBase(HelmAddOn):
    """Install Istio's CRDs and the rights its other parts share."""

    category: ClassVar[str] = "mesh"
    chart: ClassVar[Chart] = Chart("base", "1.30.3", "https://istio-release.storage.googleapis.com/charts")
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = ()

    namespace: Namespace = "istio-system"
