"""Apache YuniKorn: a scheduler with queues and gangs."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace


class Yunikorn(HelmAddOn):
    """Schedule pods of data jobs by queues, in gangs."""

    category: ClassVar[str] = "data"
    chart: ClassVar[Chart] = Chart("yunikorn", "1.8.0", "https://apache.github.io/yunikorn-release")
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = (
        "",
        "admissionController",
    )
    images: ClassVar[dict[str, str]] = {
        "image.repository": "apache/yunikorn",
        "admissionController.image.repository": "apache/yunikorn",
        "web.image.repository": "apache/yunikorn",
    }

    namespace: Namespace = "yunikorn-system"
