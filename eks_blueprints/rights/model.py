"""Words for who has which rights: subjects, roles, and grants that bring them together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from eks_blueprints.policies.props import Props

SubjectKind = Literal["principal", "group", "user", "service account"]

KUBERNETES = "Kubernetes"
"""The origin of what the API server makes itself."""


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """Somebody who can have rights: an IAM principal, or a subject as Kubernetes knows it."""

    kind: SubjectKind
    name: str
    namespace: str = ""

    def __str__(self) -> str:
        if self.kind == "principal":
            return short_arn(self.name)
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"

    @property
    def user(self) -> str:
        """The name of the user that it is for the API server; of principals EKS makes it from the session."""
        return f"system:serviceaccount:{self.namespace}:{self.name}" if self.kind == "service account" else self.name

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that the API server puts it into by itself."""
        if self.kind == "service account":
            return ("system:serviceaccounts", f"system:serviceaccounts:{self.namespace}", "system:authenticated")
        return ("system:authenticated",) if self.kind in ("principal", "user") else (self.name,)


@dataclass(frozen=True, slots=True, eq=False)
class Role:
    """A Role or ClusterRole."""

    kind: str
    name: str
    namespace: str
    """Empty for a ClusterRole."""
    rules: tuple[Props, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    gathers: tuple[Any, ...] = ()
    """Label selectors of the ClusterRoles whose rules it takes over."""
    origin: str = ""
    """`Kubernetes`, or the chart that brings it; empty for one that the stack writes down."""
    unknown: str = ""
    """What is not known of its rules."""


@dataclass(frozen=True, slots=True, eq=False)
class Grant:
    """One way in which a subject has rights."""

    subject: Subject
    role: str
    """`Role deployer`, `ClusterRole edit` or an access policy such as `AmazonEKSViewPolicy`."""
    rules: tuple[Props, ...]
    namespaces: tuple[str, ...] | None
    """Where; None for the whole cluster. Access policies have patterns: `dev-*`."""
    via: str = ""
    """What grants it: `RoleBinding shop/deployers`, `access entry developers`."""
    origin: str = ""
    """As of a role."""
    unknown: str = ""
    """Why its rules are not known; empty where they are."""

    @property
    def where(self) -> str:
        """Its namespaces, in words."""
        return "whole cluster" if self.namespaces is None else ", ".join(self.namespaces)


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """An access entry: an IAM principal, and who it is for Kubernetes."""

    principal: Subject
    name: str
    """Name of its resource."""
    type: str = "STANDARD"
    user: str = ""
    """Its user name; a template where the session decides."""
    groups: tuple[str, ...] = ()
    policies: tuple[tuple[str, tuple[str, ...] | None], ...] = ()
    """Access policies, each with its namespaces; None for the whole cluster."""
    position: str = ""


def short_arn(arn: str) -> str:
    """`role/ci/deploy` for the ARN of a role; of a permission set of IAM Identity Center its own name."""
    last = arn.rpartition("/")[2]
    if last.startswith("AWSReservedSSO_"):
        return f"permission set {last.removeprefix('AWSReservedSSO_').rpartition('_')[0]}"
    return arn.split(":", 5)[-1] if arn.startswith("arn:") else arn
