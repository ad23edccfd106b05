"""What one adds to EKS Auto Mode: pools and classes of nodes, and classes of volumes and load balancers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import Field, model_validator

from eks_blueprints.compute._auto_mode_classes import IngressClass, StorageClass, check_defaults
from eks_blueprints.compute._pools import OWN_POLICIES, PooledCompute
from eks_blueprints.compute._rules import check_role_policies, missing_class_subnets
from eks_blueprints.core.errors import Faults, Problem
from eks_blueprints.core.leaves import PolicyArn, Tags
from eks_blueprints.core.role_spec import RoleArgs, check_names
from eks_blueprints.core.spec import In
from eks_blueprints.karpenter import checks
from eks_blueprints.karpenter.built_in import built_in_pool
from eks_blueprints.karpenter.named import Named
from eks_blueprints.karpenter.node_class import BUILT_IN, NodeClass
from eks_blueprints.karpenter.node_pool import AutoModeNodePool, Pool

if TYPE_CHECKING:
    from eks_blueprints.core.component import Component
    from eks_blueprints.core.refs import ClusterRef, Ground


def _default_storage() -> dict[str, StorageClass]:
    return {"auto-ebs": StorageClass(name="auto-ebs", default_class=True)}


def _default_ingress() -> dict[str, IngressClass]:
    return {"alb": IngressClass(name="alb")}


class AutoMode(PooledCompute):
    """Pools of your own nodes on a cluster with EKS Auto Mode (`cluster.auto_mode`), and the objects by which volumes
    and load balancers are asked for there.

    Nodes are AWS's Bottlerocket, replaced every 14 days by default and after 21 days at the latest.
    """

    # Auto Mode as a whole runs the platform's pods, whatever pools are added to it.
    runs_pods: ClassVar[bool] = False

    node_pools: Named[AutoModeNodePool] = {}
    """Pools of nodes by name: what may be launched, for which pods, how many, how long. They are used before the
    built-in pools if their weight is more than 0.
    """

    node_classes: Named[NodeClass] = {}
    """Classes of nodes by name: networks, disks, hardening. `default` is Auto Mode's own, there as long as a built-in
    pool is turned on."""

    storage_classes: Named[StorageClass] = Field(default_factory=_default_storage)
    """Classes of volumes by name. Default: `auto-ebs`, encrypted gp3 volumes, for claims that name no class."""

    ingress_classes: Named[IngressClass] = Field(default_factory=_default_ingress)
    """Classes of load balancers for Ingresses by name. Default: `alb`, reachable from inside the VPC."""

    node_policies: dict[str, In[PolicyArn]] = {}
    """ARNs of further IAM policies for the nodes of classes without a role, by a short name each."""

    permissions_boundary: In[PolicyArn] | None = None
    """ARN of the policy that is the permissions boundary of the created role."""

    node_iam_role: RoleArgs | None = None
    """Name, path, description, tags and further permissions of the role that is created."""

    drain_timeout_minutes: int = Field(default=60, ge=1, le=1440)
    """How long deleting a pool may wait until its nodes are drained and gone, in minutes."""

    tags: Tags = {}
    """Tags of the role and the access entry that are created, besides the platform's."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        for problem in checks.check(self.pools, self.classes, built_in=(BUILT_IN,)):
            if problem.severity == "error":
                faults.add(problem.path, problem.message)
        check_role_policies(self.node_policies, OWN_POLICIES, faults, "node_policies")
        check_names(self.node_iam_role, (*OWN_POLICIES, *self.node_policies), faults, "node_iam_role")
        if self.node_iam_role is not None and not self.makes_a_role:
            do = "remove it, or leave role and instance_profile out of a class"
            faults.add("node_iam_role", f"is for the role that is created; got no class that needs one; {do}")
        check_defaults(self.storage_classes, "storage_classes", faults)
        check_defaults(self.ingress_classes, "ingress_classes", faults)
        faults.raise_if_any()
        return self

    @property
    def pools(self) -> tuple[AutoModeNodePool, ...]:
        """Its own pools."""
        return tuple(self.node_pools.values())

    @property
    def classes(self) -> tuple[NodeClass, ...]:
        """Its own classes of nodes."""
        return tuple(self.node_classes.values())

    @property
    def makes_a_role(self) -> bool:
        """Whether a class leaves it open which role its nodes have."""
        return any(each.role is None and each.instance_profile is None for each in self.classes)

    def problems(self, built_in_pools: Sequence[str]) -> list[Problem]:
        """What is wrong or doubtful beside the built-in pools that are turned on; paths are counted from here."""
        pools: list[Pool] = [*self.pools, *(built_in_pool(name) for name in built_in_pools)]
        found = checks.check(pools, self.classes, built_in=(BUILT_IN,) if built_in_pools else ())
        return [problem for problem in found if problem.path[1:2] != () and problem.path[1] not in built_in_pools]

    def problems_on(self, ground: Ground) -> Iterator[Problem]:
        """Classes of nodes without subnets."""
        yield from super().problems_on(ground)
        yield from missing_class_subnets(ground.network, self.classes)

    def attach(self, cluster: ClusterRef) -> Component:
        """Make its classes and pools, and a role that lets their nodes in."""
        from eks_blueprints.compute._auto_mode_parts import make

        return make(self, cluster)
