"""IAM principals of a team that can use the Kubernetes API, and their rights."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from eks_blueprints.access.policies import aws_name
from eks_blueprints.access.principals import DEPLOYER, PrincipalArn
from eks_blueprints.access.spec import AccessEntry, AccessPolicy
from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.leaves import Namespace, ServiceAccount, Tags, repeated
from eks_blueprints.core.spec import In, Many, Spec


class TeamAccess(Spec):
    """One IAM principal of a team: a role, a user, or the role of a permission set of IAM Identity Center, whose ARN
    has the path `/aws-reserved/sso.amazonaws.com/`. A principal can have only one entry in a cluster, across all
    teams."""

    principal_arn: In[PrincipalArn]
    """ARN of the IAM role or user, with its path."""

    policy: str | None = None
    """EKS access policy in the namespaces of the team: `view`, `edit`, `admin` or another. Default: `edit` for an
    application team, `cluster_admin` in the whole cluster for a platform team; none with `kubernetes_groups`."""

    namespaces: Many[Namespace] = ()
    """Namespaces of the team that the policy is limited to. Default: all of the team's."""

    kubernetes_groups: Many[str] = ()
    """Kubernetes groups of the principal, which `role_bindings` use."""

    user_name: str | None = None
    """Kubernetes user name. Default: made by EKS from the ARN and, for a role, the session."""

    tags: Tags = {}
    """Tags of the entry, in addition to the team's."""

    @field_validator("principal_arn")
    @classmethod
    def _is_somebody(cls, arn: Any) -> Any:
        if arn == DEPLOYER:
            raise ValueError(f"is the role that deploys the platform, not a team's; got {DEPLOYER}; write an ARN")
        return arn

    @field_validator("policy")
    @classmethod
    def _known(cls, policy: str | None) -> str | None:
        return None if policy is None else aws_name(policy)

    @model_validator(mode="after")
    def _is_an_entry(self) -> Self:
        faults = Faults()
        try:
            self.entry(self.policy, self.namespaces or None)
        except ValidationError as error:
            faults.nest((), error)
        faults.raise_if_any()
        return self

    def entry(self, policy: str | None, namespaces: Iterable[str] | None) -> AccessEntry:
        """The access entry; without namespaces the policy applies to the whole cluster."""
        where = None if namespaces is None else tuple(namespaces)
        policies = () if policy is None else (AccessPolicy(policy=policy, namespaces=where),)
        fields = {name: getattr(self, name) for name in ("principal_arn", "kubernetes_groups", "user_name", "tags")}
        return AccessEntry(policies=policies, **fields)


class _Binding(Spec):
    groups: Many[str] = ()
    """Kubernetes groups, such as those of access entries."""

    users: Many[str] = ()
    """Kubernetes users."""

    def _check(self, faults: Faults, *fields: str) -> None:
        if not any(getattr(self, field) for field in fields):
            faults.add("groups", f"is required: nobody would have the role; got none; write {' or '.join(fields)}")
        for field in fields:
            if twice := repeated(getattr(self, field)):
                faults.add(field, f"lists one twice; got {shown(twice)}; remove one of them")

    @property
    def subjects(self) -> list[dict[str, str]]:
        """Groups and users, as Kubernetes writes them."""
        named = [("Group", each) for each in self.groups] + [("User", each) for each in self.users]
        return [{"kind": kind, "name": name, "apiGroup": RBAC} for kind, name in named]


class RoleBinding(_Binding):
    """Who has a role in the namespaces of a team."""

    role: str = Field(default="view", min_length=1)
    """One of the team's `roles`, or a ClusterRole: `view`, `edit` and `admin` are part of Kubernetes; others can be
    named too."""

    service_accounts: Many[ServiceAccount] = ()
    """Service accounts of the same namespace."""

    namespaces: Many[Namespace] = ()
    """Namespaces of the team that the binding applies to. Default: all of them."""

    @model_validator(mode="after")
    def _binds_somebody(self) -> Self:
        faults = Faults()
        self._check(faults, "groups", "users", "service_accounts")
        faults.raise_if_any()
        return self


class ClusterRoleBinding(_Binding):
    """Who has a ClusterRole in the whole cluster."""

    role: str = Field(default="view", min_length=1)
    """The ClusterRole, such as `view` or `cluster-admin`."""

    @model_validator(mode="after")
    def _binds_somebody(self) -> Self:
        faults = Faults()
        self._check(faults, "groups", "users")
        faults.raise_if_any()
        return self


RBAC = "rbac.authorization.k8s.io"

BUILT_IN = ("view", "edit", "admin", "cluster-admin")
"""ClusterRoles for users that are part of Kubernetes. Source: Kubernetes, "Using RBAC Authorization"."""
