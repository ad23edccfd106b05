"""Self-managed nodes: EC2 nodes in an Auto Scaling group of one's own, with all that such a group can do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from eks_blueprints.compute._bootstrap_rules import check_bootstrap
from eks_blueprints.compute._ec2_nodes import Ec2Nodes
from eks_blueprints.compute._hardware import Hardware
from eks_blueprints.compute._image import Image, check_image, drifts
from eks_blueprints.compute._instance_requirements import InstanceRequirements, WholeRange
from eks_blueprints.compute._instance_rules import check_existing_template, check_instances
from eks_blueprints.compute._rules import (
    check_capacity,
    check_efa,
    check_efa_image,
    check_role,
    check_sizes,
    check_subnets,
    check_warm_pool,
)
from eks_blueprints.compute._scheduling import check_labels, check_taints
from eks_blueprints.compute._self_managed_parts import (
    InstanceMaintenancePolicy,
    InstanceProfileArn,
    InstanceRefresh,
    InstancesDistribution,
    LifecycleHook,
    LoadBalancerName,
    Metric,
    Process,
    TargetGroupArn,
    TerminationPolicy,
    Timeout,
)
from eks_blueprints.compute._self_managed_rules import (
    OF_SELF_MANAGED,
    check_hooks,
    check_profile,
    check_requirements,
    check_tags,
    check_way_of_buying,
    group_tags,
)
from eks_blueprints.core.errors import Faults, Problem
from eks_blueprints.core.facts.ami_types import Accelerator
from eks_blueprints.core.spec import In, Many

if TYPE_CHECKING:
    from eks_blueprints.core.component import Component
    from eks_blueprints.core.refs import ClusterRef, Ground

_DAY, _YEAR = 86_400, 31_536_000
_DRIVERS: Mapping[str, Accelerator] = {"nvidia": "nvidia", "amazon-web-services": "neuron"}


class SelfManagedNodes(Ec2Nodes):
    """A group of EC2 nodes that nobody but the platform looks after.

    For what managed node groups cannot do: a mixture of on-demand and spot, lifecycle hooks. A new image or setting
    replaces the nodes by an instance refresh; nothing drains them first but a node termination handler.
    """

    image: Image | None = None
    """Which image. Default: the newest of EKS's for the Kubernetes version, looked up on every deployment; pin it by
    `release` or `id` to replace nodes only when you say so."""

    instance_requirements: InstanceRequirements | None = None
    """What instance types must have, instead of `instance_types`. The image is for the types' `architecture`."""

    instances_distribution: InstancesDistribution | None = None
    """How nodes are divided between on-demand and spot. Default: by capacity_type, all one or all the other."""

    instance_refresh: InstanceRefresh | None = InstanceRefresh()
    """How nodes are replaced when something about them changes. `null` leaves them until they go by themselves."""

    instance_maintenance_policy: InstanceMaintenancePolicy | None = None
    """How many nodes there are at least and at most while instances are replaced. Default: no rule."""

    lifecycle_hooks: dict[str, LifecycleHook] = Field(default={}, max_length=50)
    """Hooks that pause nodes at their start or termination, by name."""

    capacity_rebalance: bool | None = None
    """Whether spot nodes about to be interrupted are replaced beforehand. Default: yes, where there is spot."""

    max_instance_lifetime: int | None = Field(default=None, ge=_DAY, le=_YEAR)
    """Longest life of a node, in seconds: a day to a year. Default: no limit."""

    target_group_arns: Many[In[TargetGroupArn]] = ()
    """ARNs of target groups that the nodes are registered with."""

    load_balancers: Many[In[LoadBalancerName]] = ()
    """Names of Classic Load Balancers that the nodes are registered with."""

    health_check_type: Literal["EC2", "ELB"] | None = None
    """Whether a node that fails its target groups' checks is replaced too (`ELB`). Default: EC2's own checks only."""

    health_check_grace_period: int | None = Field(default=None, ge=0, le=7200)
    """How long a new node is not checked, in seconds. Default: AWS's, 300."""

    enabled_metrics: Many[Metric] = ()
    """Metrics of the group that CloudWatch gets, every minute."""

    suspended_processes: Many[Process] = ()
    """Processes of the group that do not run. `AZRebalance` keeps it from moving nodes between zones, undrained."""

    termination_policies: Many[TerminationPolicy] = ()
    """Which nodes go first when the group shrinks, in AWS's names, or the ARN of a Lambda function. Default: AWS's."""

    default_cooldown: int | None = Field(default=None, ge=0, le=86_400)
    """Seconds between two changes by simple scaling policies. Default: AWS's, 300."""

    default_instance_warmup: int | None = Field(default=None, ge=0, le=86_400)
    """Seconds until a new node counts in the group's metrics. Default: none."""

    protect_from_scale_in: bool = False
    """Whether no node is taken away when the group shrinks."""

    force_delete: bool | None = None
    """Whether the group is deleted without waiting until its instances are. Default: it waits."""

    instance_initiated_shutdown_behavior: Literal["stop", "terminate"] | None = None
    """What happens to an instance that shuts itself down. Default: EC2's, stop; the group then replaces it."""

    iam_instance_profile_arn: In[InstanceProfileArn] | None = None
    """ARN of an instance profile that exists, whose role is `node_role_arn`. Default: one is created."""

    wait_for_capacity_timeout: Timeout | None = None
    """How long to wait for the first nodes, such as `10m`; `0s` does not wait. Default: the provider's, 10m."""

    access_entry: bool = True
    """Whether to create the access entry with which the nodes' role may join. Say no for a `node_role_arn` that has one
    already, from a managed group or another element.
    """

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        check_existing_template(self, faults, *OF_SELF_MANAGED)
        check_instances(self, faults)
        check_requirements(self, faults)
        check_profile(self, faults)
        check_sizes(self, faults)
        check_capacity(self, faults)
        check_way_of_buying(self, faults)
        check_efa(self, faults)
        check_subnets(self, faults)
        check_role(self, faults)
        check_labels(self.labels, faults)
        check_taints(self.taints, faults)
        check_hooks(self, faults)
        if (ami := self.image_of(faults)) is not None:
            if self.launch_template is None:
                check_image(self.image, ami, self.version, faults)
            check_warm_pool(self, ami, faults)
            check_efa_image(self, ami, faults)
            check_bootstrap(self, ami, faults)
            check_tags(self, faults)
        faults.raise_if_any()
        return self

    @property
    def named_types(self) -> tuple[str, ...]:
        """The instance types that the group itself names; none where its launch template or requirements choose."""
        return () if self.instance_requirements is not None else super().named_types

    def hardware_of(self, faults: Faults) -> Hardware | None:
        """What its instance types have in common, named ones or those that its requirements choose."""
        found = super().hardware_of(faults)
        wanted = self.instance_requirements
        if found is None or wanted is None or self.ami_type is not None:
            return found
        makers, none = wanted.accelerator_manufacturers, WholeRange(max=0)
        if len(makers) != 1 or wanted.accelerator_count in (None, none):
            return found
        return replace(found, accelerator=_DRIVERS.get(makers[0]))

    @property
    def distribution(self) -> InstancesDistribution:
        """How nodes are divided between on-demand and spot, defaults applied."""
        if self.instances_distribution is not None:
            return self.instances_distribution
        return InstancesDistribution(
            on_demand_percentage_above_base_capacity=0 if self.capacity_type == "SPOT" else 100
        )

    @property
    def needs_entry(self) -> bool:
        """Whether EKS does not make the access entry of its nodes' role."""
        return self.access_entry

    @property
    def release(self) -> str | None:
        """Release of EKS's own image that nodes are pinned to."""
        return None if self.image is None else self.image.release

    @property
    def image_drifts(self) -> bool:
        """Whether the image is looked up anew on every deployment."""
        return self.launch_template is None and drifts(self.image)

    def problems_on(self, ground: Ground) -> Iterator[Problem]:
        """Subnets that are not there, and an image that cannot be found without a version."""
        yield from super().problems_on(ground)
        unknown = self.version is None and ground.version is None and self.launch_template is None
        if unknown and (self.image is None or not self.image.own):
            message = "is needed to find the image; got a cluster whose version is not known; add it"
            yield Problem(("version",), message)

    def further_tags(self, ground: Ground) -> Iterator[Iterable[str]]:
        """What Cluster Autoscaler reads off the group, besides a name."""
        yield from super().further_tags(ground)
        yield group_tags(self)

    def attach(self, cluster: ClusterRef) -> Component:
        """Make the group, with its role, launch template and access entry."""
        from eks_blueprints.compute._self_managed_group import make

        return make(self, cluster)
