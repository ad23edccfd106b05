"""Trivy Operator: known weaknesses of what runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace


class TrivyOperator(HelmAddOn):
    """Look for known weaknesses in the images that run, and for mistakes in the configuration."""

    category: ClassVar[str] = "security"
    pods_made: ClassVar[Mapping[str, str]] = {"": "privileged"}
    chart: ClassVar[Chart] = Chart("trivy-operator", "0.34.0", "https://aquasecurity.github.io/helm-charts")
    service_account: ClassVar[str] = "trivy-operator"
    role_on_demand: ClassVar[bool] = True
    single: ClassVar[bool] = True

    images: ClassVar[dict[str, str]] = {"image.registry": "mirror.gcr.io", "trivy.image.registry": "mirror.gcr.io"}

    namespace: Namespace = "trivy-system"
