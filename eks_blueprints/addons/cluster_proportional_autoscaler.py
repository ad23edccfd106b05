"""Cluster Proportional Autoscaler: replicas of a workload by the size of the cluster."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import all_nested
from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.json_values import merged
from eks_blueprints.core.spec import Spec

_TARGET = r"(deployment|replicationcontroller|replicaset)/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?"


class LinearScaling(Spec):
    """A replica for so many cores or nodes, whichever asks for more."""

    cores_per_replica: float | None = Field(default=None, gt=0)
    """Cores of the cluster for each replica. Default: they do not count."""
    nodes_per_replica: float | None = Field(default=None, gt=0)
    """Nodes of the cluster for each replica. Default: they do not count."""
    min: int = Field(default=1, ge=0)
    """Fewest replicas."""
    max: int | None = Field(default=None, ge=1)
    """Most replicas. Default: no limit."""
    prevent_single_point_failure: bool = True
    """Whether there are two replicas at least where there are two nodes."""

    @model_validator(mode="after")
    def _counts_something(self) -> Self:
        faults = Faults()
        if self.cores_per_replica is None and self.nodes_per_replica is None:
            do = "add cores_per_replica, nodes_per_replica, or both"
            faults.add((), f"needs something to count; got neither cores nor nodes; {do}")
        if self.max is not None and self.max < self.min:
            faults.add("max", f"is below min; got {self.max} and {self.min}; raise it")
        faults.raise_if_any()
        return self

    def values(self) -> dict[str, Any]:
        """It as the autoscaler takes it."""
        fields = {
            "coresPerReplica": self.cores_per_replica,
            "nodesPerReplica": self.nodes_per_replica,
            "min": self.min,
            "max": self.max,
            "preventSinglePointFailure": self.prevent_single_point_failure,
        }
        return {name: value for name, value in fields.items() if value is not None}


class ClusterProportionalAutoscaler(HelmAddOn):
    """Keep the replicas of one workload, such as DNS, in proportion to nodes and cores.

    EKS's CoreDNS scales by itself (`coredns.autoscaling`); this is for other workloads. The newest chart there is, of
    2023; it takes `values.config.ladder` in place of `linear`.
    """

    category: ClassVar[str] = "autoscaling"
    chart: ClassVar[Chart] = Chart(
        "cluster-proportional-autoscaler", "1.1.0", "https://kubernetes-sigs.github.io/cluster-proportional-autoscaler"
    )
    images: ClassVar[dict[str, str]] = {"image.repository": "registry.k8s.io/cpa/cluster-proportional-autoscaler"}

    target: str | None = Field(default=None, pattern=f"^{_TARGET}$")
    """The workload whose replicas it sets, in its own namespace unless `values.options.namespace` names another:
    `deployment/name`, `replicationcontroller/name` or `replicaset/name`. The chart refuses to be installed without."""

    linear: LinearScaling | None = None
    """How replicas follow the size of the cluster. Default: `values.config` says it."""

    @model_validator(mode="after")
    def _says_what_and_how(self) -> Self:
        faults = Faults()
        options, config = self.values.get("options"), self.values.get("config")
        said = options.get("target") if isinstance(options, dict) else None
        if self.target is None and said is None:
            do = "name a workload, such as deployment/node-local-dns"
            faults.add("target", f"is needed: the workload to scale; got none; {do}")
        elif self.target is None and not re.fullmatch(_TARGET, str(said)):
            do = "write deployment/name, replicationcontroller/name or replicaset/name"
            faults.add(
                ("values", "options", "target"), f"is not a workload that can be scaled; got {shown(said)}; {do}"
            )
        ways = [way for way in ("linear", "ladder") if isinstance(config, dict) and config.get(way)]
        ways += ["linear"] if self.linear is not None and "linear" not in ways else []
        if len(ways) != 1:
            got = " and ".join(ways) or "none"
            do = "add linear: {nodes_per_replica: 16}" if not ways else "keep one"
            faults.add("linear", f"needs one scaling mode; got {got}; {do}")
        faults.raise_if_any()
        return self

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        settings = {} if self.target is None else all_nested({"options.target": self.target})
        return settings if self.linear is None else merged(settings, {"config": {"linear": self.linear.values()}})
