"""ClickHouse Operator: ClickHouse clusters as Kubernetes objects."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.cert_manager import CertManager


class ClickhouseOperator(HelmAddOn):
    """Run ClickHouse clusters as Kubernetes objects.

    An early version.
    """

    category: ClassVar[str] = "data"
    chart: ClassVar[Chart] = Chart("clickhouse-operator-helm", "0.0.5", "oci://ghcr.io/clickhouse")
    requires: ClassVar[tuple[type[AddOn], ...]] = (CertManager,)
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = ("manager",)
    images: ClassVar[dict[str, str]] = {"manager.image.repository": "ghcr.io/clickhouse/clickhouse-operator"}

    namespace: Namespace = "clickhouse-operator-system"
