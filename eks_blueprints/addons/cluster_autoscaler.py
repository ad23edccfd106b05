"""Cluster Autoscaler: more nodes for pods that find no place, fewer where few are needed."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from eks_blueprints.access.well_known import autoscaler_permissions
from eks_blueprints.addons._fit import Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.json_values import merged
from eks_blueprints.core.leaves import repeated
from eks_blueprints.core.spec import In, Many, Spec

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef

Expander = Literal["random", "most-pods", "least-waste", "least-nodes", "priority"]

_RELEASES = Path(__file__).with_name("_cluster_autoscaler.toml")
_DURATION = Form(r"(\d+(\.\d+)?(h|m|s|ms))+")


def _duration(value: str) -> str:
    if not _DURATION.fullmatch(value):
        raise ValueError(f"is not a valid duration; got {shown(value)}; write it like 10m or 1h30m")
    return value


Duration = Annotated[str, AfterValidator(_duration)]
"""A duration in Go's spelling, such as `10m`."""


class ExpanderPriority(Spec):
    """Groups that are filled up before those of a lower priority."""

    priority: int = Field(ge=1, le=2**31 - 1)
    """The higher, the earlier."""
    groups: Many[str] = Field(min_length=1)
    """Regular expressions for names of Auto Scaling groups. Those of a compute element `spot` on a platform `shop` have
    `shop-spot-group` in them; `.*` stands for all."""

    @field_validator("groups")
    @classmethod
    def _are_expressions(cls, groups: tuple[str, ...]) -> tuple[str, ...]:
        for group in groups:
            if "(?=" in group or "(?!" in group or "(?<" in group:
                raise ValueError(
                    f"uses lookahead or lookbehind, which Go does not support; got {shown(group)}; write it without"
                )
            try:
                re.compile(group)
            except re.error as error:
                do = "write .* for any text"
                raise ValueError(f"is not a valid regular expression; got {shown(group)} ({error}); {do}") from None
        return groups


class ScaleDown(Spec):
    """When and how nodes are taken away."""

    unneeded_time: Duration = "10m"
    """How long a node has to be unneeded first."""
    delay_after_add: Duration = "10m"
    """How long nothing is taken away after nodes have come."""
    delay_after_delete: Duration | None = None
    """How long nothing is taken away after a node has gone. Default: the scan interval."""
    delay_after_failure: Duration | None = None
    """How long nothing is taken away after that has failed. Default: Cluster Autoscaler's, 3m."""
    unready_time: Duration | None = None
    """How long an unready node has to be unneeded. Default: Cluster Autoscaler's, 20m."""
    utilization_threshold: float = Field(default=0.5, ge=0, le=1)
    """A node is unneeded whose requests are a smaller share than this of what it has."""
    gpu_utilization_threshold: float | None = Field(default=None, ge=0, le=1)
    """The same for GPUs. Default: Cluster Autoscaler's, 0.5."""
    max_parallelism: int | None = Field(default=None, ge=1)
    """Most nodes that go at once, empty or not. Default: Cluster Autoscaler's, 10."""
    max_drain_parallelism: int | None = Field(default=None, ge=1)
    """Most nodes with pods on them that are drained at once. Default: Cluster Autoscaler's, 1."""
    skip_nodes_with_local_storage: bool = True
    """Whether nodes stay that have pods with an emptyDir or hostPath."""
    skip_nodes_with_system_pods: bool = True
    """Whether nodes stay that have pods of kube-system, DaemonSets left out."""
    ignore_daemonsets_utilization: bool = False
    """Whether pods of DaemonSets do not count as use of a node."""

    def flags(self) -> dict[str, Any]:
        """The flags that say so."""
        flags = {
            "scale-down-unneeded-time": self.unneeded_time,
            "scale-down-delay-after-add": self.delay_after_add,
            "scale-down-delay-after-delete": self.delay_after_delete,
            "scale-down-delay-after-failure": self.delay_after_failure,
            "scale-down-unready-time": self.unready_time,
            "scale-down-utilization-threshold": self.utilization_threshold,
            "scale-down-gpu-utilization-threshold": self.gpu_utilization_threshold,
            "max-scale-down-parallelism": self.max_parallelism,
            "max-drain-parallelism": self.max_drain_parallelism,
            "skip-nodes-with-local-storage": self.skip_nodes_with_local_storage,
            "skip-nodes-with-system-pods": self.skip_nodes_with_system_pods,
            "ignore-daemonsets-utilization": self.ignore_daemonsets_utilization,
        }
        return {name: value for name, value in flags.items() if value is not None}


class ClusterAutoscaler(HelmAddOn):
    """Change the desired size of node groups, between their fewest and most nodes, by what pods request.

    It finds managed and self-managed groups by their tags, which this library sets, and takes all nodes of a group
    for equal: give a group instance types of one size. Karpenter does the same work in another way; run one of them.
    """

    category: ClassVar[str] = "autoscaling"
    chart: ClassVar[Chart] = Chart("cluster-autoscaler", "9.59.0", "https://kubernetes.github.io/autoscaler")
    service_account: ClassVar[str] = "cluster-autoscaler"
    service_account_at: ClassVar[str] = "rbac.serviceAccount"
    images: ClassVar[dict[str, str]] = {"image.repository": "registry.k8s.io/autoscaling/cluster-autoscaler"}
    single: ClassVar[bool] = True
    spare: ClassVar[dict[str, Any]] = {"replicaCount": 2}
    spread: ClassVar[tuple[str, ...]] = ("topologySpreadConstraints",)
    fits: ClassVar[Fit] = Fit(
        not_on_fargate="it scales groups of EC2 nodes, and Fargate has none",
        in_auto_mode="its own scaling of nodes",
    )

    expanders: Many[Expander] = Field(default=("least-waste",), min_length=1)
    """Which group grows where several would do: the first that decides. Cluster Autoscaler's `price` knows no prices
    on AWS."""

    priorities: Many[ExpanderPriority] = ()
    """Which groups go first, for the expander `priority`. A group that none of them matches does not grow."""

    scale_down: ScaleDown | None = ScaleDown()
    """When and how nodes are taken away. `null`: never."""

    scan_interval: Duration = "10s"
    """How often it looks."""

    max_nodes_total: int | None = Field(default=None, ge=1)
    """Most nodes of all groups together. Default: what the groups' own sizes add up to."""

    max_node_provision_time: Duration | None = None
    """How long a node may take to come before another group is tried. Default: Cluster Autoscaler's, 15m."""

    new_pod_scale_up_delay: Duration | None = None
    """How old a pod has to be for a node to come for it. Default: Cluster Autoscaler's, none."""

    balance_similar_node_groups: bool = False
    """Whether groups that differ in nothing but their zone are kept at one size."""

    balancing_ignore_labels: Many[str] = ()
    """Labels in which groups may differ and still count as similar."""

    extra_args: dict[str, In[str]] = {}
    """Further flags, without dashes in front: `{cordon-node-before-terminating: "true"}`."""

    @field_validator("expanders", mode="before")
    @classmethod
    def _price_has_no_prices(cls, expanders: Any) -> Any:
        if isinstance(expanders, list | tuple) and "price" in expanders:
            what = "lists price, which Cluster Autoscaler does not support on AWS: it stops when it starts"
            raise ValueError(f"{what}; got {shown(list(expanders))}; use least-waste, or priority with the cheap first")
        return expanders

    @model_validator(mode="after")
    def _flags_fit_together(self) -> Self:
        faults = Faults()
        if twice := repeated(self.expanders):
            faults.add("expanders", f"lists one twice; got {twice}; remove one")
        if self.priorities and "priority" not in self.expanders:
            faults.add("priorities", "needs the expander priority; got expanders without it; add it")
        if "priority" in self.expanders and not self.priorities:
            faults.add("priorities", "is needed by the expander priority; got none; set which groups come first")
        if twice := repeated(str(each.priority) for each in self.priorities):
            faults.add(
                "priorities", f"uses one number twice, and one of the two would be lost; got {twice}; join the two"
            )
        if self.balancing_ignore_labels and not self.balance_similar_node_groups:
            faults.add("balancing_ignore_labels", "needs balance_similar_node_groups; got false; set it true")
        said = self._flags()
        for flag in self.extra_args:
            if flag.split("_")[0] in said or not re.fullmatch(r"[a-z][a-z0-9-]*", flag):
                do = "use its field, or write additional flags without leading dashes"
                faults.add(("extra_args", flag), f"is not an additional flag; got {shown(flag)}; {do}")
        faults.raise_if_any()
        return self

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """Look at all groups, and change those that carry the tags of this cluster."""
        return autoscaler_permissions(cluster)

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """Where it runs, what it is the autoscaler of, and the release for the cluster's Kubernetes version."""
        values: dict[str, Any] = {
            "cloudProvider": "aws",
            "awsRegion": cluster.region,
            "autoDiscovery": {"clusterName": cluster.name},
            "nodeSelector": {"kubernetes.io/os": "linux"},
            # A node that it is on would otherwise be drained from under it.
            "podAnnotations": {"cluster-autoscaler.kubernetes.io/safe-to-evict": "false"},
        }
        release = releases().get(cluster.version or "")
        return merged(values, {"image": {"tag": release}}) if release else values

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        settings: dict[str, Any] = {"extraArgs": {**self._flags(), **self.extra_args}}
        if self.priorities:
            settings["expanderPriorities"] = {str(each.priority): list(each.groups) for each in self.priorities}
        return settings

    def _flags(self) -> dict[str, Any]:
        flags: dict[str, Any] = {"expander": ",".join(self.expanders), "scan-interval": self.scan_interval}
        flags |= {"scale-down-enabled": False} if self.scale_down is None else self.scale_down.flags()
        further = {
            "max-nodes-total": self.max_nodes_total,
            "max-node-provision-time": self.max_node_provision_time,
            "new-pod-scale-up-delay": self.new_pod_scale_up_delay,
            "balance-similar-node-groups": True if self.balance_similar_node_groups else None,
        }
        flags |= {name: value for name, value in further.items() if value is not None}
        # A flag that comes several times has a number behind its name, which the chart cuts off.
        labels = enumerate(self.balancing_ignore_labels, 1)
        return flags | {f"balancing-ignore-label_{number}": label for number, label in labels}


@cache
def releases() -> dict[str, str]:
    """The release of Cluster Autoscaler for each Kubernetes version."""
    found: dict[str, str] = tomllib.loads(_RELEASES.read_text(encoding="utf-8"))["releases"]
    return found
