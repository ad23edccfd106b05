"""Istio's control plane."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from eks_blueprints.addons._fit import Fit, Stage
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace, all_nested
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.istio_base import IstioBase


class Istiod(HelmAddOn):
    """Run Istio's control plane: configuration, certificates and sidecars of the mesh."""

    category: ClassVar[str] = "mesh"
    chart: ClassVar[Chart] = Chart("istiod", "1.30.3", "https://istio-release.storage.googleapis.com/charts")
    requires: ClassVar[tuple[type[AddOn], ...]] = (IstioBase,)
    stage: ClassVar[Stage] = Stage.ADMISSION
    single: ClassVar[bool] = True
    fits: ClassVar[Fit] = Fit(not_on_fargate="its sidecars need privileges that Fargate does not give")
    images: ClassVar[dict[str, str]] = {"global.hub": "registry.istio.io/release"}
    spare: ClassVar[dict[str, Any]] = {"autoscaleMin": 2}

    namespace: Namespace = "istio-system"

    profile: Literal["ambient"] | None = None
    """`ambient` for a mesh without sidecars, with ztunnel and istio_cni. Default: sidecars."""

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return all_nested({path: value for path, value in {"profile": self.profile}.items() if value is not None})
