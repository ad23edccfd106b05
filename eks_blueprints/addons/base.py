"""What every add-on is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from eks_blueprints.addons._fit import Fit, Stage
from eks_blueprints.core.elements import Element, left_open
from eks_blueprints.core.errors import Problem
from eks_blueprints.core.iam import Allow, managed_policy
from eks_blueprints.core.leaves import PolicyArn, Tags
from eks_blueprints.core.role_spec import RoleArgs
from eks_blueprints.core.spec import In

if TYPE_CHECKING:
    from eks_blueprints.core.component import Component
    from eks_blueprints.core.iam_roles import GrantedRole
    from eks_blueprints.core.refs import ClusterRef, Ground

Identity = Literal["pod_identity", "irsa", "node_role"]


class AddOn(Element):
    """Software that is put on a cluster."""

    group: ClassVar[str] = "addons"

    category: ClassVar[str] = ""
    """What it is about, in a word or two; the catalogue is divided by it."""
    before_nodes: ClassVar[bool] = False
    """Whether nodes need it to become ready; everything else is installed once nodes are there to run it."""
    requires: ClassVar[tuple[type[AddOn], ...]] = ()
    """Add-ons that must be there, and come first."""
    conflicts: ClassVar[tuple[type[AddOn], ...]] = ()
    """Add-ons that cannot run beside it."""
    after: ClassVar[tuple[type[AddOn], ...]] = ()
    """Add-ons that come first where they are there at all."""
    stage: ClassVar[Stage] = Stage.REST
    """What comes before it: everything of an earlier stage, which its objects would be refused without."""
    fits: ClassVar[Fit] = Fit()
    """Where it can run."""
    single: ClassVar[bool] = False
    """Whether a cluster can have it only once."""
    brings_network: ClassVar[bool] = False
    """Whether it is a network plugin, without which nodes never get ready."""
    of_eks: ClassVar[bool] = False
    """Whether EKS keeps it, and gives its pods the tolerations that EKS gives its own."""
    host_network: ClassVar[bool] = False
    """Whether its pods are on the network of their node, where its metadata service always answers them."""
    asks_node: ClassVar[bool] = False
    """Whether its pods ask that service, and do not do their work without an answer."""
    brings_groups: ClassVar[tuple[str, ...]] = ()
    """API groups whose kinds it brings, besides the CRDs that its chart renders."""
    pods_made: ClassVar[Mapping[str, str]] = {}
    """Pods that it makes itself, besides those that its chart renders: by their namespace, empty for its own, the
    strictest of the Pod Security Standards that they meet."""
    devices: ClassVar[str] = ""
    """Whose accelerators it offers to pods: `nvidia` or `neuron`; empty where it offers none."""
    metric_apis: ClassVar[tuple[str, ...]] = ()
    """API groups of metrics that it serves for autoscalers, of which each has one server in a cluster."""
    service_account: ClassVar[str] = ""
    """Kubernetes service account under which it calls AWS; empty where it never does."""

    identity: Identity | None = None
    """How its pods get their AWS permissions: a role by EKS Pod Identity, a role by OIDC (`irsa`), or what the nodes'
    role happens to allow (`node_role`). Default: `pod_identity`."""

    permissions_boundary: In[PolicyArn] | None = None
    """ARN of the IAM policy that is the permissions boundary of the created role. Default: none."""

    iam_role: RoleArgs | None = None
    """Name, path, description, tags and further permissions of the role that is created for it."""

    tags: Tags = {}
    """Tags of its AWS resources, besides the platform's."""

    @property
    def serves_metrics(self) -> tuple[str, ...]:
        """API groups of metrics that it serves as it is set up here."""
        return self.metric_apis

    @property
    @left_open
    def home(self) -> str:
        """Kubernetes namespace it runs in."""
        raise NotImplementedError(f"{type(self).__name__} says nothing about its namespace")

    @property
    def homes(self) -> tuple[str, ...]:
        """Kubernetes namespaces that it puts objects into, and so waits for."""
        return (self.home,)

    @property
    def service_accounts(self) -> tuple[str, ...]:
        """Kubernetes service accounts under which it calls AWS; none where it never does."""
        return (self.service_account,) if self.service_account else ()

    @property
    def identity_used(self) -> Identity | None:
        """How its pods get their permissions; None for an add-on that calls no AWS service."""
        return (self.identity or "pod_identity") if self.service_accounts else None

    @property
    def makes_a_role(self) -> bool:
        """Whether a role is made for its service accounts."""
        return self.identity_used in ("pod_identity", "irsa")

    def problems_on(self, ground: Ground) -> Iterator[Problem]:
        """IRSA where there is no OIDC provider, and what is said about a role that is not made."""
        yield from super().problems_on(ground)
        yield from self._role_problems(ground)
        if self.makes_a_role and self.identity_used == "irsa" and not ground.oidc_provider:
            do = "give the cluster an OIDC provider or use pod_identity"
            yield Problem(("identity",), f"irsa needs an IAM OIDC provider; got a cluster without one; {do}")

    def _role_problems(self, ground: Ground) -> Iterator[Problem]:
        if self.iam_role is None:
            return
        if not self.makes_a_role:
            message = "is for the role that is created; got an add-on for which none is created; remove it"
            yield Problem(("iam_role",), message)
        taken = {*self.managed_policies(ground), *getattr(self, "policy_arns", ())}
        for key in sorted(taken & self.iam_role.policy_arns.keys()):
            message = f"is the name of a policy that the role already has; got {key}; use another name"
            yield Problem(("iam_role", "policy_arns", key), message)

    @left_open
    def install(self, cluster: ClusterRef) -> Component:
        """Put it on a cluster; the component's `ready` is what needs it there waits for."""
        raise NotImplementedError(f"{type(self).__name__} says nothing about how it is installed")

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """What its service account may do on a cluster, besides its managed policies."""
        return []

    def managed_policies(self, ground: Ground) -> dict[str, str]:
        """AWS's own policies for its service account: path below `arn:…:iam::aws:policy/`, by a short stable name."""
        return {}

    def attached(self, cluster: ClusterRef) -> dict[str, In[str]]:
        """ARNs of the policies that its role gets besides its own permissions."""
        return {
            key: managed_policy(cluster.partition, path) for key, path in self.managed_policies(cluster.ground).items()
        }

    def role(self, component: Component, cluster: ClusterRef) -> GrantedRole | None:
        """A role of its own for the service account; None where it calls no AWS service or the nodes' role serves."""
        from eks_blueprints.core.component import merge_tags
        from eks_blueprints.core.iam_roles import Grants, irsa_role, pod_identity_role

        grants = Grants(
            allowed=tuple(self.permissions(cluster)),
            managed=self.attached(cluster),
            tags=merge_tags(cluster.tags, self.tags),
            permissions_boundary=self.permissions_boundary,
            iam_role=self.iam_role,
        )
        account: dict[str, Any] = {"namespace": self.home, "service_account": self.service_accounts}
        if self.identity_used == "pod_identity":
            return pod_identity_role(component, "role", grants, cluster=cluster, **account)
        if self.identity_used == "irsa":
            return irsa_role(component, "role", grants, cluster=cluster, **account)
        return None
