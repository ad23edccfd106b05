"""Backstage: a portal for developers."""

from __future__ import annotations

from typing import Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace


class Backstage(HelmAddOn):
    """Run your own Backstage portal image, which `values.backstage.image` names."""

    category: ClassVar[str] = "platform"
    chart: ClassVar[Chart] = Chart("backstage", "2.8.2", "https://backstage.github.io/charts")
    pods: ClassVar[tuple[str, ...]] = ("backstage",)
    images: ClassVar[dict[str, str]] = {"backstage.image.registry": "ghcr.io"}
    spare: ClassVar[dict[str, Any]] = {
        "backstage.replicas": 2,
        "backstage.pdb.create": True,
    }
    spread: ClassVar[tuple[str, ...]] = ("backstage.topologySpreadConstraints",)

    namespace: Namespace = "backstage"
