"""Valkey: a key-value store."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace, all_nested
from eks_blueprints.core.json_values import merged


class Valkey(HelmAddOn):
    """Run Valkey, the open successor of Redis: one pod that keeps what it holds in memory.

    In production there are three with a volume each, of which two follow the first: clients read from all of them by
    the Service that ends in `-read`, and nobody takes the first one's place while it is away.
    """

    category: ClassVar[str] = "data"
    chart: ClassVar[Chart] = Chart("valkey", "0.11.0", "https://valkey.io/valkey-helm")
    service_account: ClassVar[str] = "valkey"
    role_on_demand: ClassVar[bool] = True
    images: ClassVar[dict[str, str]] = {"image.registry": "docker.io"}
    spare: ClassVar[dict[str, Any]] = {
        "replica.enabled": True,
        "replica.replicas": 2,
        "podDisruptionBudget.enabled": True,
    }
    spread: ClassVar[tuple[str, ...]] = ("topologySpreadConstraints",)

    namespace: Namespace = "valkey"

    storage_size: str = Field(default="8Gi", pattern=r"^\d+(Mi|Gi|Ti)$")
    """Size of the volume that each pod has in production."""

    storage_class: str | None = Field(default=None, pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")
    """StorageClass of these volumes. Default: the cluster's default."""

    def production_values(self) -> dict[str, Any]:
        """A pod that is written to and two that follow it, with a volume each."""
        volume = {"replica.persistence.size": self.storage_size, "replica.persistence.storageClass": self.storage_class}
        said = {path: value for path, value in volume.items() if value is not None}
        return merged(super().production_values(), all_nested(said))
