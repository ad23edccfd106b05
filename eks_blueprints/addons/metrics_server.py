"""Metrics Server: CPU and memory use of pods and nodes, for autoscaling and `kubectl top`."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from eks_blueprints.addons._eks_managed import EksAddOn
from eks_blueprints.addons._pods import NodeSelector, PodDisruptionBudget, Toleration, pod_settings
from eks_blueprints.core.spec import Many


class MetricsServer(EksAddOn):
    """Serve the CPU and memory use of pods and nodes to autoscalers and `kubectl top`."""

    category: ClassVar[str] = "autoscaling"
    metric_apis: ClassVar[tuple[str, ...]] = ("metrics.k8s.io",)
    eks_name: ClassVar[str] = "metrics-server"

    replicas: int | None = Field(default=None, ge=1, le=100)
    """Number of pods. Default: EKS's, 2."""

    tolerations: Many[Toleration] | None = None
    """Taints its pods accept. Default: none."""

    node_selector: NodeSelector = {}
    """Labels that nodes have to carry to run it."""

    pod_disruption_budget: PodDisruptionBudget | None = None
    """Pods that have to stay while nodes are drained. Default: EKS's, one may be gone."""

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the add-on's own schema."""
        settings = pod_settings(self.tolerations, self.node_selector)
        if self.replicas is not None:
            settings["replicas"] = self.replicas
        if self.pod_disruption_budget is not None:
            settings["podDisruptionBudget"] = {"enabled": True, **self.pod_disruption_budget.manifest()}
        return settings
