"""Node Feature Discovery: labels of what hardware nodes have."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._fit import DAEMON, Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace


class NodeFeatureDiscovery(HelmAddOn):
    """Label nodes by the hardware they have."""

    category: ClassVar[str] = "nodes"
    chart: ClassVar[Chart] = Chart("node-feature-discovery", "0.19.0", "oci://registry.k8s.io/nfd/charts")
    single: ClassVar[bool] = True
    fits: ClassVar[Fit] = Fit(not_on_fargate=DAEMON)
    pods: ClassVar[tuple[str, ...]] = (
        "master",
        "gc",
    )
    daemons: ClassVar[tuple[str, ...]] = ("worker",)
    images: ClassVar[dict[str, str]] = {"image.repository": "registry.k8s.io/nfd/node-feature-discovery"}

    namespace: Namespace = "node-feature-discovery"
