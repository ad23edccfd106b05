"""ACK's controller for AWS IAM."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._ack import AckRolePasser


class AckIam(AckRolePasser):
    """Make roles, policies, users, groups, instance profiles and OIDC providers.

    Who may write its objects can give away every permission of the account: bound what it may touch by `resource_arns`,
    such as a path (`arn:aws:iam::111122223333:role/teams/*`), or keep its objects to a namespace of your own.
    """

    service: ClassVar[str] = "iam"
    passes_roles_to: ClassVar[tuple[str, ...]] = ("ec2.amazonaws.com",)
