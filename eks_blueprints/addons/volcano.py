"""Volcano: a scheduler for batch, data and training jobs."""

from __future__ import annotations

from typing import Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace


class Volcano(HelmAddOn):
    """Schedule pods that have to start together or not at all, in queues with fair shares.

    A job takes part by `schedulerName: volcano`; all else stays with Kubernetes' own scheduler.
    """

    category: ClassVar[str] = "scheduling"
    chart: ClassVar[Chart] = Chart("volcano", "1.15.0", "https://volcano-sh.github.io/helm-charts")
    single: ClassVar[bool] = True
    # Its values name these otherwise than all other charts do: custom.default_ns and custom.default_tolerations.
    pods: ClassVar[tuple[str, ...]] = ()
    images: ClassVar[dict[str, str]] = {"basic.image_registry": "docker.io"}
    spare: ClassVar[dict[str, Any]] = {
        "custom.admission_replicas": 2,
        "custom.controller_replicas": 2,
        "custom.scheduler_replicas": 2,
    }

    namespace: Namespace = "volcano-system"
    """Kubernetes namespace it runs in."""
