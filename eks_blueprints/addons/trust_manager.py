"""trust-manager: bundles of certificate authorities for every namespace."""

from __future__ import annotations

from typing import Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.cert_manager import CertManager


class TrustManager(HelmAddOn):
    """Hand bundles of trusted certificate authorities to every namespace."""

    category: ClassVar[str] = "security"
    chart: ClassVar[Chart] = Chart("trust-manager", "v0.24.0", "https://charts.jetstack.io")
    requires: ClassVar[tuple[type[AddOn], ...]] = (CertManager,)
    single: ClassVar[bool] = True
    images: ClassVar[dict[str, str]] = {"imageRegistry": "quay.io"}
    spare: ClassVar[dict[str, Any]] = {
        "replicaCount": 2,
        "podDisruptionBudget.enabled": True,
    }
    spread: ClassVar[tuple[str, ...]] = ("topologySpreadConstraints",)

    namespace: Namespace = "cert-manager"
