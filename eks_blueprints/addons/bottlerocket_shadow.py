"""CRDs of the Bottlerocket update operator."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.cert_manager import CertManager


class BottlerocketShadow(HelmAddOn):
    """Install the CRDs of bottlerocket_update_operator."""

    category: ClassVar[str] = "nodes"
    chart: ClassVar[Chart] = Chart(
        "bottlerocket-shadow", "1.0.0", "https://bottlerocket-os.github.io/bottlerocket-update-operator"
    )
    requires: ClassVar[tuple[type[AddOn], ...]] = (CertManager,)
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = ()

    namespace: Namespace = "brupop-bottlerocket-aws"
