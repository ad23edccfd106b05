"""Kyverno policies: the Pod Security Standards."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace, all_nested
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.kyverno import Kyverno


class KyvernoPolicies(HelmAddOn):
    """Hold pods to the Pod Security Standards by policies of Kyverno: reported, or refused."""

    category: ClassVar[str] = "policy"
    chart: ClassVar[Chart] = Chart("kyverno-policies", "3.9.0", "https://kyverno.github.io/kyverno")
    requires: ClassVar[tuple[type[AddOn], ...]] = (Kyverno,)
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = ()

    namespace: Namespace = "kyverno"

    standard: Literal["baseline", "restricted", "privileged"] = "baseline"
    """Which of the standards pods are held to."""

    action: Literal["Audit", "Enforce"] = "Audit"
    """Whether what breaks them is reported or refused."""

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return all_nested({"podSecurityStandard": self.standard, "validationFailureAction": self.action})
