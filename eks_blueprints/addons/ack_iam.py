"""ACK's controller for AWS IAM."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import model_validator

from eks_blueprints.addons._ack import AckRolePasser
from eks_blueprints.core.errors import Faults, Path
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.leaves import PolicyArn
from eks_blueprints.core.spec import In, is_known

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef

_GIVING = frozenset(
    (
        *("iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:CreateRole", "iam:CreateUser"),
        *("iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:PutUserPermissionsBoundary", "iam:PutUserPolicy"),
    )
)
"""Actions that give permissions and can be bounded. Source: service authorization reference, "Actions, resources, and
condition keys for AWS Identity and Access Management", condition key iam:PermissionsBoundary; read 2026-11-29."""
_FREEING = frozenset(("iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"))
"""Actions that take a boundary away."""


class AckIam(AckRolePasser):
    """Make roles, policies, users, groups, instance profiles and OIDC providers.

    Who may write its objects can give away every permission of the account, and so make an administrator, unless two
    bounds hold: it touches nothing but `resource_arns`, such as a path, and every role and user that it makes has the
    permissions boundary `boundary_of_made`. It takes both, or `unbounded: true`.
    """

    service: ClassVar[str] = "iam"
    passes_roles_to: ClassVar[tuple[str, ...]] = ("ec2.amazonaws.com",)

    boundary_of_made: In[PolicyArn] | None = None
    """ARN of the policy that must bound each role and user that it makes or gives permissions to. It can not lie among
    `resource_arns`, or the controller could change it.
    """

    unbounded: bool = False
    """Whether it is meant that who may write its objects may become an administrator of the account."""

    def unnamed(self) -> Iterator[tuple[Path, str]]:
        """What it may touch besides what is named, and that what it makes has no bound."""
        yield from super().unnamed()
        if self.boundary_of_made is None:
            what = (
                "is required: without it, anyone who can write its objects can become an administrator of the account"
            )
            yield ("boundary_of_made",), f"{what}; got none; name the policy that bounds what it creates"

    @model_validator(mode="after")
    def _boundary_stays(self) -> Self:
        faults = Faults()
        if self.boundary_of_made is not None and is_known(self.boundary_of_made):
            for index, pattern in enumerate(self.resource_arns or ()):
                if is_known(pattern) and fnmatchcase(str(self.boundary_of_made), str(pattern)):
                    message = f"covers boundary_of_made, which the controller could then change; got {pattern}"
                    faults.add(("resource_arns", index), f"{message}; keep the boundary outside of it")
        faults.raise_if_any()
        return self

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """What the controller's code calls, on what it may manage, within the boundary."""
        allowed = super().permissions(cluster)
        if self.boundary_of_made is None:
            return allowed
        first, *others = allowed
        plain = [action for action in first.actions if action not in _GIVING | _FREEING]
        giving = [action for action in first.actions if action in _GIVING]
        bounded = {"StringEquals": {"iam:PermissionsBoundary": self.boundary_of_made}}
        return [Allow(*plain, on=first.on), Allow(*giving, on=first.on, when=bounded), *others]
