"""Which IAM principals an access entry can name."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from eks_blueprints.core.errors import shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import role_arn

_PRINCIPAL = Form(r"arn:aws(-[a-z]+)*:iam::\d{12}:(role|user)/([\x21-\x7e]+/)?[\w+=,.@-]{1,64}")
_ROOT = Form(r"arn:aws[a-z-]*:iam::\d{12}:root")
_SSO = Form(r"arn:(aws[a-z-]*):iam::(\d{12}):role/(AWSReservedSSO_[\w+=,.@-]+)")
_SESSION = Form(r"arn:aws[a-z-]*:sts::.*")
_OTHER = Form(r"arn:aws[a-z-]*:iam::\d{12}:(group|instance-profile|policy)/.*")


DEPLOYER = "deployer"
"""Stands for the role of `account.role_arn`: the one that pipelines deploy a platform with."""


def principal_arn(value: str) -> str:
    """The ARN of an IAM role or an IAM user, or `deployer`.

    Raises:
        ValueError: if it is none, or one that EKS does not take.
    """
    if value == DEPLOYER:
        return value
    if _SESSION.fullmatch(value):
        return role_arn(value)
    if other := _OTHER.fullmatch(value):
        what = other.group(1).replace("-", " ")
        raise ValueError(f"cannot be a {what}; got {shown(value)}; name a role or a user")
    if _ROOT.fullmatch(value):
        do = "name a role or a user; EKS does not accept a whole account as a principal"
        raise ValueError(f"cannot be an account's root; got {shown(value)}; {do}")
    if sso := _SSO.fullmatch(value):
        partition, account, name = sso.groups()
        do = f"write arn:{partition}:iam::{account}:role/aws-reserved/sso.amazonaws.com/<region>/{name}"
        where = "with the region of IAM Identity Center, or without <region>/ where that is us-east-1"
        raise ValueError(f"is a role of IAM Identity Center without its path; got {shown(value)}; {do}, {where}")
    if not _PRINCIPAL.fullmatch(value):
        raise ValueError(
            f"is not a valid ARN of an IAM principal; got {shown(value)}; write arn:aws:iam::111122223333:role/name"
        )
    if ":role/aws-service-role/" in value:
        raise ValueError(f"cannot be a service-linked role; got {shown(value)}; name another role")
    return value


def is_role(arn: str) -> bool:
    """Whether a principal's ARN is that of a role."""
    return arn.split(":", 5)[-1].startswith("role/")


PrincipalArn = Annotated[str, AfterValidator(principal_arn)]
