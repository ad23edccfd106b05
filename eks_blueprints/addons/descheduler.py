"""Descheduler: moves pods that would be placed elsewhere today."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn


class Descheduler(HelmAddOn):
    """Evict pods that the scheduler would place elsewhere by now, so that nodes fill up evenly."""

    category: ClassVar[str] = "autoscaling"
    chart: ClassVar[Chart] = Chart("descheduler", "0.36.0", "https://kubernetes-sigs.github.io/descheduler")
    single: ClassVar[bool] = True
    images: ClassVar[dict[str, str]] = {"image.repository": "registry.k8s.io/descheduler/descheduler"}
