"""OpenTelemetry Operator: collectors as Kubernetes objects, and instrumentation of pods."""

from __future__ import annotations

from typing import Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.adot import Adot
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.cert_manager import CertManager


class OpentelemetryOperator(HelmAddOn):
    """Keep OpenTelemetry collectors as Kubernetes objects, and instrument pods that ask for it.

    AWS's distribution of it is the EKS add-on `adot`.
    """

    category: ClassVar[str] = "observability"
    chart: ClassVar[Chart] = Chart(
        "opentelemetry-operator", "0.122.0", "https://open-telemetry.github.io/opentelemetry-helm-charts"
    )
    requires: ClassVar[tuple[type[AddOn], ...]] = (CertManager,)
    conflicts: ClassVar[tuple[type[AddOn], ...]] = (Adot,)
    single: ClassVar[bool] = True
    images: ClassVar[dict[str, str]] = {
        "manager.image.repository": "ghcr.io/open-telemetry/opentelemetry-operator/opentelemetry-operator"
    }
    spare: ClassVar[dict[str, Any]] = {
        "replicaCount": 2,
        "pdb.create": True,
    }
    spread: ClassVar[tuple[str, ...]] = ("topologySpreadConstraints",)

    namespace: Namespace = "opentelemetry"
