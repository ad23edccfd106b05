"""Agones: servers of games as Kubernetes objects."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._fit import Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace


class Agones(HelmAddOn):
    """Run and scale fleets of dedicated game servers.

    Players reach them on nodes with public addresses, UDP ports 7000 to 8000.
    """

    category: ClassVar[str] = "platform"
    chart: ClassVar[Chart] = Chart("agones", "1.56.0", "https://agones.dev/chart/stable")
    single: ClassVar[bool] = True
    makes_outside: ClassVar[bool] = True
    fits: ClassVar[Fit] = Fit(not_on_fargate="game servers use ports of nodes")
    pods: ClassVar[tuple[str, ...]] = (
        "agones.allocator",
        "agones.controller",
        "agones.extensions",
        "agones.ping",
    )
    images: ClassVar[dict[str, str]] = {"agones.image.registry": "us-docker.pkg.dev/agones-images/release"}

    namespace: Namespace = "agones-system"
