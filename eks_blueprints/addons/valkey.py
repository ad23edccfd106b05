"""Valkey: a key-value store."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace


class Valkey(HelmAddOn):
    """Run Valkey, the open successor of Redis."""

    category: ClassVar[str] = "data"
    chart: ClassVar[Chart] = Chart("valkey", "0.11.0", "https://valkey.io/valkey-helm")
    service_account: ClassVar[str] = "valkey"
    role_on_demand: ClassVar[bool] = True
    images: ClassVar[dict[str, str]] = {"image.registry": "docker.io"}
    spread: ClassVar[tuple[str, ...]] = ("topologySpreadConstraints",)

    namespace: Namespace = "valkey"
