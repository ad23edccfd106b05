"""LeaderWorkerSet: groups of pods that work as one."""

from __future__ import annotations

from typing import Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace


class Lws(HelmAddOn):
    """Run groups of pods as one unit, a leader and its workers, for models that need several nodes."""

    category: ClassVar[str] = "machine learning"
    chart: ClassVar[Chart] = Chart("lws", "0.10.0", "oci://registry.k8s.io/lws/charts")
    single: ClassVar[bool] = True
    images: ClassVar[dict[str, str]] = {"image.manager.repository": "registry.k8s.io/lws/lws"}
    spare: ClassVar[dict[str, Any]] = {"replicaCount": 2}

    namespace: Namespace = "lws-system"
