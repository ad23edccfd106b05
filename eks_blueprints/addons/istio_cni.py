"""Istio's network plugin: traffic of pods into the mesh without privileged pods."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from eks_blueprints.addons._fit import DAEMON, Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace, all_nested
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.istio_base import IstioBase
from eks_blueprints.addons.istiod import Istiod


class IstioCni(HelmAddOn):
    """Lead pods' traffic into the mesh from the node, so that pods need no privileges."""

    category: ClassVar[str] = "mesh"
    chart: ClassVar[Chart] = Chart("cni", "1.30.3", "https://istio-release.storage.googleapis.com/charts")
    requires: ClassVar[tuple[type[AddOn], ...]] = (
        IstioBase,
        Istiod,
    )
    single: ClassVar[bool] = True
    fits: ClassVar[Fit] = Fit(not_on_fargate=DAEMON)
    pods: ClassVar[tuple[str, ...]] = ()
    images: ClassVar[dict[str, str]] = {"global.hub": "registry.istio.io/release"}

    namespace: Namespace = "istio-system"

    profile: Literal["ambient"] | None = None
    """`ambient` for a mesh without sidecars. Default: sidecars."""

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return all_nested({path: value for path, value in {"profile": self.profile}.items() if value is not None})
