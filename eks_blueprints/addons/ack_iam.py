"""ACK's controller for AWS IAM."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import model_validator

from eks_blueprints.addons._ack import AckRolePasser
from eks_blueprints.core.errors import Faults
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
    """ARN of the policy that must bound each role and user that it makes or gives permissions to. It may not lie among
    `resource_arns`, or the controller could change it."""

    unbounded: bool = False
    """Whether it is meant that who may write its objects may become an administrator of the account."""

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        faults = Faults()
        bounds = {"resource_arns": self.resource_arns, "boundary_of_made": self.boundary_of_made}
        missing = [name for name, value in bounds.items() if value is None]
        if missing and not self.unbounded:
            do = f"add {' and '.join(missing)}, or unbounded: true if that is meant"
            what = "may make an administrator of the account out of whoever may write its objects"
            faults.add(missing[0], f"{what}; got no {' and no '.join(missing)}; {do}")
        if self.unbounded and not missing:
            faults.add("unbounded", "is said of a controller that is bounded; got both bounds; remove unbounded")
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
