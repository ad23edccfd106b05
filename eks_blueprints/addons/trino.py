"""Trino: SQL over data where it lies."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace, all_nested


class Trino(HelmAddOn):
    """Query data in S3 and elsewhere by SQL.

    Give it a role (`policy_arns`) for the buckets and the Glue catalogue of its catalogs.
    """

    category: ClassVar[str] = "data"
    chart: ClassVar[Chart] = Chart("trino", "1.42.2", "https://trinodb.github.io/charts")
    service_account: ClassVar[str] = "trino"
    role_on_demand: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = (
        "coordinator",
        "worker",
    )
    images: ClassVar[dict[str, str]] = {"image.repository": "trinodb/trino"}

    namespace: Namespace = "trino"

    workers: int = Field(default=2, ge=0, le=1000)
    """Number of workers."""

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return all_nested({"server.workers": self.workers})
