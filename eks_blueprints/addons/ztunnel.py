"""Istio's ztunnel: the mesh without sidecars, on every node."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._fit import DAEMON, Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.istio_cni import IstioCni
from eks_blueprints.addons.istiod import Istiod


class Ztunnel(HelmAddOn):
    """Carry the traffic of an ambient mesh, on every node."""

    category: ClassVar[str] = "mesh"
    chart: ClassVar[Chart] = Chart("ztunnel", "1.30.3", "https://istio-release.storage.googleapis.com/charts")
    requires: ClassVar[tuple[type[AddOn], ...]] = (
        Istiod,
        IstioCni,
    )
    single: ClassVar[bool] = True
    fits: ClassVar[Fit] = Fit(not_on_fargate=DAEMON)
    pods: ClassVar[tuple[str, ...]] = ()
    images: ClassVar[dict[str, str]] = {"hub": "registry.istio.io/release"}

    namespace: Namespace = "istio-system"
