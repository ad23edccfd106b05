"""Kyverno policies: the Pod Security Standards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace, all_nested
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.kyverno import Kyverno
from eks_blueprints.core.charts.pod_standards import meets

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class KyvernoPolicies(HelmAddOn):
    """Hold pods to the Pod Security Standards by policies of Kyverno: reported, or refused.

    Where they are refused, namespaces of add-ons whose pods do not meet the standard (agents that read folders of their
    node, drivers) are left out, as the table of what charts render tells; `values.vpolExclude` says otherwise.
    """

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

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """Add-ons whose pods would be refused are left out, by their namespaces."""
        if self.action != "Enforce":
            return {}
        below = [name for name, met in cluster.pod_standards.items() if not meets(met, self.standard)]
        if not below:
            return {}
        # The first is for policies in CEL, which the chart installs, the second for those of Kyverno's older kind.
        audited = {"all": [{"action": "Audit", "namespaces": below}]}
        return {"vpolExclude": {"excludeNamespaces": below}, "validationFailureActionOverrides": audited}

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return all_nested({"podSecurityStandard": self.standard, "validationFailureAction": self.action})
