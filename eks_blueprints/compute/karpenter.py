"""Karpenter, run by the platform: it launches nodes for pods that find no place, and takes them away again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from eks_blueprints.compute._karpenter_queue import KarpenterQueue, rule_prefix
from eks_blueprints.compute._pools import OWN_POLICIES, PooledCompute
from eks_blueprints.compute._rules import check_role_policies, missing_class_subnets
from eks_blueprints.core.errors import Faults, Problem
from eks_blueprints.core.form import Form
from eks_blueprints.core.images import Mirrors, from_mirror
from eks_blueprints.core.json_values import JsonValues
from eks_blueprints.core.leaves import Namespace, PolicyArn, RoleArn, Tags
from eks_blueprints.core.role_spec import RoleArgs, check_names
from eks_blueprints.core.spec import In, Many
from eks_blueprints.karpenter import checks, releases
from eks_blueprints.karpenter.controller import (
    IMAGE,
    KarpenterFeatureGates,
    KarpenterResources,
    KarpenterSettings,
    gates,
)
from eks_blueprints.karpenter.disruption import Disruption
from eks_blueprints.karpenter.ec2_node_class import Ec2NodeClass
from eks_blueprints.karpenter.named import Named
from eks_blueprints.karpenter.node_overlay import NodeOverlay
from eks_blueprints.karpenter.node_pool import NodePool
from eks_blueprints.karpenter.selectors import AmiSelectorTerm

if TYPE_CHECKING:
    from eks_blueprints.core.component import Component
    from eks_blueprints.core.refs import ClusterRef, Ground

_REGISTRY = Form(
    r"oci://[A-Za-z0-9][A-Za-z0-9._:/-]*", what="is not a valid registry of charts", do="write it like oci://host/path"
)


def _default_pools() -> dict[str, NodePool]:
    pool = NodePool(
        name="default",
        architectures=("amd64",),
        capacity_types=("on-demand",),
        instance_categories=("c", "m", "r"),
        min_instance_generation=5,
        limits={"cpu": "1000", "memory": "1000Gi"},
        disruption=Disruption(consolidate_after="1m"),
    )
    return {"default": pool}


def _default_classes() -> dict[str, Ec2NodeClass]:
    return {"default": Ec2NodeClass(ami_selector_terms=(AmiSelectorTerm(alias="al2023@latest"),))}


class Karpenter(PooledCompute):
    """Karpenter with its permissions, its interruption queue, and pools and classes of nodes.

    It runs on nodes that it has not launched itself: a managed node group or a Fargate profile beside it.
    """

    runs_beside: ClassVar[bool] = True

    version: str = Field(default_factory=releases.default_release)
    """Release of Karpenter, such as `1.15.2`. Default: the newest that this library knows."""

    node_pools: Named[NodePool] = Field(default_factory=_default_pools)
    """Pools of nodes by name: what may be launched, for which pods, how many, how long. Default: one pool `default` of
    on-demand x86 instances of categories c, m and r up to 1,000 processors."""

    node_classes: Named[Ec2NodeClass] = Field(default_factory=_default_classes)
    """Classes of nodes by name: images, networks, disks. Default: one class `default` of Amazon Linux 2023, whose
    images are always the newest; pin one in production."""

    node_overlays: Named[NodeOverlay] = {}
    """Overlays by name: prices and further resources of instance types, as Karpenter is to see them. Default: none."""

    namespace: Namespace = "kube-system"
    """Kubernetes namespace of the controller. In kube-system its calls go before those of others."""

    identity: Literal["pod_identity", "irsa"] = "pod_identity"
    """How the controller gets its AWS permissions: by EKS Pod Identity, or by the cluster's OIDC provider, which is
    what works on Fargate."""

    replicas: int = Field(default=2, ge=1, le=10)
    """Pods of the controller; one is active, the others are on standby. Each needs its own node."""

    resources: KarpenterResources = KarpenterResources()
    """Processor and memory of each of these pods."""

    settings: KarpenterSettings = KarpenterSettings()
    """How the controller decides."""

    feature_gates: KarpenterFeatureGates = KarpenterFeatureGates()
    """What the controller does only where it is asked to."""

    values: JsonValues = {}
    """Further values of Karpenter's chart, merged over the values of the other fields. A single value can be `{config:
    key}` or another reference.
    """

    repository: Annotated[str, AfterValidator(_REGISTRY)] = "oci://public.ecr.aws/karpenter"
    """Registry of the charts `karpenter` and `karpenter-crd`, for those who keep copies."""

    registry_mirrors: Mirrors | None = None
    """Registries to use instead of that of its image, `public.ecr.aws/karpenter/controller`, such as `{public.ecr.aws:
    111122223333.dkr.ecr.eu-west-1.amazonaws.com/public}`. Default: the platform's (`addon_defaults.registry_mirrors`).
    """

    session_manager: bool = True
    """Whether Systems Manager can open sessions on the nodes (AmazonSSMManagedInstanceCore)."""

    node_policies: dict[str, In[PolicyArn]] = {}
    """ARNs of further IAM policies for the nodes, by a short name each. Pods are better off with their own roles."""

    queue: KarpenterQueue = KarpenterQueue()
    """The queue on which EC2 notifies it of nodes that are about to be interrupted."""

    rule_name_prefix: Annotated[str, AfterValidator(rule_prefix)] | None = None
    """Start of the names of the EventBridge rules that fill the queue, such as `Karpenter`. Default: the platform's
    name. Changing it replaces the rules."""

    node_role_arns: Many[In[RoleArn]] = ()
    """ARNs of roles that were created elsewhere and that Karpenter may give to nodes: those in instance profiles that
    classes name. Roles that classes name are among them anyway.
    """

    permissions_boundary: In[PolicyArn] | None = None
    """ARN of the policy that is the permissions boundary of the created roles."""

    controller_iam_role: RoleArgs | None = None
    """Name, path, description, tags and further permissions of the controller's role, such as those on a KMS key of
    volumes."""

    node_iam_role: RoleArgs | None = None
    """The same of the role that is created for nodes. With a name it can be for Linux or for Windows, not for both."""

    drain_timeout_minutes: int = Field(default=60, ge=1, le=1440)
    """How long deleting a pool may wait until its nodes are drained and gone, in minutes."""

    tags: Tags = {}
    """Tags of its queue, rules and roles, besides the platform's. Those of nodes are said in their class."""

    @field_validator("version")
    @classmethod
    def _is_a_release(cls, version: str) -> str:
        return releases.release(version)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        for problem in checks.check(self.pools, self.classes):
            if problem.severity == "error":
                faults.add(problem.path, problem.message)
        check_role_policies(self.node_policies, OWN_POLICIES, faults, "node_policies")
        self._check_node_role(faults)
        for pool in self.pools:
            if pool.replicas is not None and self.feature_gates.static_capacity is False:
                message = "is for feature_gates.static_capacity; got it turned off; remove static_capacity: false"
                faults.add(("node_pools", pool.name, "replicas"), message)
        if self.node_overlays and self.feature_gates.node_overlay is False:
            faults.add(
                "node_overlays", "are for feature_gates.node_overlay; got it turned off; remove node_overlay: false"
            )
        if self.settings.legacy_node_repair and self.feature_gates.terminate_first_repair:
            message = "cannot be combined with feature_gates.terminate_first_repair; got both; leave one out"
            faults.add(("settings", "legacy_node_repair"), message)
        for gate in ("dra_efa", "dra_nvidia_gpu"):
            if self.settings.enable_dra and getattr(self.feature_gates, gate) is not None:
                faults.add(("feature_gates", gate), "follows from settings.enable_dra; got both; leave one out")
        faults.raise_if_any()
        return self

    def _check_node_role(self, faults: Faults) -> None:
        role = self.node_iam_role
        check_names(role, (*OWN_POLICIES, *self.node_policies), faults, "node_iam_role")
        made = {
            each.family.startswith("Windows")
            for each in self.classes
            if each.role is None and each.instance_profile is None
        }
        if role is not None and not made:
            do = "remove it, or leave role and instance_profile out of a class"
            faults.add("node_iam_role", f"is for the role that is created; got none, as each class names its own; {do}")
        elif role is not None and role.name is not None and len(made) > 1:
            do = "remove it, or give the classes of Windows a role of their own"
            message = f"cannot be used for two roles, for Linux and for Windows; got {role.name}; {do}"
            faults.add(("node_iam_role", "name"), message)

    @property
    def pools(self) -> tuple[NodePool, ...]:
        """The pools."""
        return tuple(self.node_pools.values())

    @property
    def classes(self) -> tuple[Ec2NodeClass, ...]:
        """The classes of nodes."""
        return tuple(self.node_classes.values())

    @property
    def overlays(self) -> tuple[NodeOverlay, ...]:
        """The overlays."""
        return tuple(self.node_overlays.values())

    @property
    def needed_gates(self) -> tuple[str, ...]:
        """The feature gates that its pools and overlays need."""
        static = any(pool.replicas is not None for pool in self.pools)
        return (*(("static_capacity",) if static else ()), *(("node_overlay",) if self.node_overlays else ()))

    def problems(self, kubernetes_version: str) -> list[Problem]:
        """What is wrong or doubtful on a Kubernetes version; paths are counted from here."""
        found = checks.check(self.pools, self.classes, kubernetes_version=kubernetes_version)
        return [*releases.check(self.version, kubernetes_version), *self._too_new(), *found]

    def _too_new(self) -> Iterator[Problem]:
        from eks_blueprints.karpenter import release_fields

        groups: dict[str, Mapping[str, NodePool | Ec2NodeClass | NodeOverlay]] = {
            "node_pools": self.node_pools,
            "node_classes": self.node_classes,
            "node_overlays": self.node_overlays,
        }
        for group, items in groups.items():
            for name, item in items.items():
                yield from release_fields.check(release_fields.since(item), self.version, (group, name))
        told = release_fields.settings_since(self.settings, self.feature_gates)
        yield from release_fields.check(told, self.version)

    @property
    def image(self) -> str:
        """Where the controller's image comes from, without its tag."""
        controller = self.values.get("controller")
        image = controller.get("image") if isinstance(controller, Mapping) else None
        said = image.get("repository") if isinstance(image, Mapping) else None
        return said if isinstance(said, str) else from_mirror(IMAGE, self.registry_mirrors or {})

    def said_values(self) -> dict[str, Any]:
        """What its fields say in values of the chart, without what is a default."""
        said: dict[str, Any] = {"settings": self.settings.values()}
        said["settings"] |= gates(self.feature_gates)
        if "replicas" in self.model_fields_set:
            said["replicas"] = self.replicas
        if "resources" in self.model_fields_set:
            said["controller"] = {"resources": self.resources.values()}
        return said

    def problems_on(self, ground: Ground) -> Iterator[Problem]:
        """Classes of nodes without subnets, and IRSA where there is no OIDC provider."""
        yield from super().problems_on(ground)
        if self.identity == "irsa" and not ground.oidc_provider:
            do = "give the cluster an OIDC provider or use pod_identity"
            yield Problem(("identity",), f"irsa needs an IAM OIDC provider; got a cluster without one; {do}")
        yield from missing_class_subnets(ground.network, self.classes)

    def attach(self, cluster: ClusterRef) -> Component:
        """Install it, with all that it needs in AWS, and then its classes and pools of nodes."""
        from eks_blueprints.compute._karpenter_parts import make

        return make(self, cluster)
