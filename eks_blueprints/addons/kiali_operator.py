"""Kiali: the mesh as a picture."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.istiod import Istiod


class KialiOperator(HelmAddOn):
    """Show Istio's mesh, its traffic and its mistakes."""

    category: ClassVar[str] = "mesh"
    chart: ClassVar[Chart] = Chart("kiali-operator", "2.29.0", "https://kiali.org/helm-charts")
    after: ClassVar[tuple[type[AddOn], ...]] = (Istiod,)

    namespace: Namespace = "kiali-operator"
