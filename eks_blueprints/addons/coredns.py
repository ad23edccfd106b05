"""CoreDNS: names of Services and pods inside the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from eks_blueprints.addons._eks_managed import EksAddOn
from eks_blueprints.addons._fit import Fit, Stage
from eks_blueprints.addons._pods import NodeSelector, PodDisruptionBudget, Toleration, pod_settings
from eks_blueprints.core.errors import Faults
from eks_blueprints.core.spec import Many, Spec

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class CorednsAutoscaling(Spec):
    """EKS sets the number of CoreDNS pods by the number of nodes and cores, within these bounds."""

    min_replicas: int = Field(default=2, ge=2, le=1000)
    """Fewest pods."""
    max_replicas: int = Field(default=10, ge=2, le=1000)
    """Most pods."""

    @model_validator(mode="after")
    def _bounds_are_in_order(self) -> Self:
        faults = Faults()
        if self.min_replicas > self.max_replicas:
            got = f"{self.min_replicas} and {self.max_replicas}"
            faults.add("max_replicas", f"is below min_replicas; got {got}; raise it")
        faults.raise_if_any()
        return self


class Coredns(EksAddOn):
    """Resolve the names of Services and pods inside the cluster.

    Needs nodes, or a Fargate profile for kube-system, to run on before EKS calls it active.
    """

    category: ClassVar[str] = "networking"
    eks_name: ClassVar[str] = "coredns"
    stage: ClassVar[Stage] = Stage.CORE
    fits: ClassVar[Fit] = Fit(in_auto_mode="DNS on every node")

    replicas: int | None = Field(default=None, ge=1, le=1000)
    """Number of pods. Default: EKS's, 2."""

    autoscaling: CorednsAutoscaling | None = None
    """Let EKS choose the number of pods. Default: it is fixed."""

    compute_type: Literal["Fargate"] | None = None
    """Where its pods run, if not on nodes: on Fargate they need a note that says so. Default: on nodes, and on Fargate
    where the platform has nothing else."""

    tolerations: Many[Toleration] | None = None
    """Taints its pods accept, instead of EKS's default: control-plane nodes and CriticalAddonsOnly."""

    node_selector: NodeSelector = {}
    """Labels that nodes have to carry to run it."""

    pod_disruption_budget: PodDisruptionBudget | None = None
    """Pods that have to stay while nodes are drained. Default: EKS's, one may be gone."""

    corefile: str | None = Field(default=None, min_length=1)
    """CoreDNS's own configuration, all of it, instead of EKS's."""

    @model_validator(mode="after")
    def _number_is_fixed_or_not(self) -> Self:
        faults = Faults()
        if self.replicas is not None and self.autoscaling is not None:
            faults.add("replicas", "cannot be combined with autoscaling; got both; keep one")
        faults.raise_if_any()
        return self

    def cluster_settings(self, cluster: ClusterRef) -> dict[str, Any]:
        """Where there is nothing but Fargate, the pods' mark that lets them run there."""
        return {"computeType": "Fargate"} if cluster.only_fargate else {}

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the add-on's own schema."""
        settings = pod_settings(self.tolerations, self.node_selector)
        if self.replicas is not None:
            settings["replicaCount"] = self.replicas
        if self.autoscaling is not None:
            bounds = self.autoscaling
            settings["autoScaling"] = {
                "enabled": True,
                "minReplicas": bounds.min_replicas,
                "maxReplicas": bounds.max_replicas,
            }
        if self.compute_type is not None:
            settings["computeType"] = self.compute_type
        if self.pod_disruption_budget is not None:
            settings["podDisruptionBudget"] = {"enabled": True, **self.pod_disruption_budget.manifest()}
        if self.corefile is not None:
            settings["corefile"] = self.corefile
        return settings
