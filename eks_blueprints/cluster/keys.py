"""Makes KMS keys of a cluster's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.cluster.belongings import Frame
from eks_blueprints.cluster.key_spec import KeyArgs, label
from eks_blueprints.core.component import merge_tags
from eks_blueprints.core.iam import json_text
from eks_blueprints.core.iam_roles import account_id
from eks_blueprints.core.spec import In

# What the key policy of AWS's console gives administrators and users. Source: KMS developer guide, "Default key
# policy", read 2026-11-29.
_ADMINISTER = ("Create", "Describe", "Enable", "List", "Put", "Update", "Revoke", "Disable", "Get", "Delete")
_ADMINISTRATORS = [
    *(f"kms:{verb}*" for verb in _ADMINISTER),
    *("kms:TagResource", "kms:UntagResource", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"),
    *("kms:RotateKeyOnDemand", "kms:ReplicateKey"),
]
_USERS = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
_GRANTS = ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"]


def make_key(
    frame: Frame,
    role: str,
    spec: KeyArgs,
    *,
    description: str,
    alias: str,
    protect: bool = False,
    service_users: Sequence[pulumi.Input[str]] = (),
    statements: Sequence[dict[str, Any]] = (),
) -> aws.kms.Key:
    """The key `{component}-{role}` with its aliases.

    Args:
        frame: whose key it is.
        role: its role in the component.
        spec: what is said of it.
        description: what it is for.
        alias: the alias that it has in any case, without `alias/`.
        protect: whether Pulumi refuses to delete it.
        service_users: who has to be able to use it where IAM policies of the account do not decide.
        statements: what its policy has to say in any case.
    """
    component = frame.component
    made = aws.kms.Key(
        frame.name(role),
        description=spec.description or description,
        enable_key_rotation=spec.enable_key_rotation,
        rotation_period_in_days=spec.rotation_period_in_days,
        deletion_window_in_days=spec.deletion_window_in_days,
        multi_region=spec.multi_region or None,
        policy=_policy(frame, spec, service_users, statements),
        tags=merge_tags(frame.tags or {}, spec.tags) or None,
        # Without its key what is encrypted is lost.
        opts=component.child(protect=protect or None),
    )
    names = {f"{role}-alias": alias}
    names |= {f"{role}-alias-{label(each)}": each for each in spec.aliases if each != alias}
    for child, name in names.items():
        aws.kms.Alias(frame.name(child), name=f"alias/{name}", target_key_id=made.key_id, opts=component.child())
    return made


def volume_key(frame: Frame, role: str, spec: KeyArgs) -> aws.kms.Key:
    """A key for volumes, with which EC2 may act for everyone of the account who may use EC2.

    It is what the policy of AWS's own key for EBS says (KMS developer guide, "Default key policy of an AWS managed
    key"), and holds for EC2 Auto Scaling and EKS too, which call EC2.
    """
    account = account_id(frame.component)
    asked = {"kms:CallerAccount": account, "kms:ViaService": f"ec2.{frame.region}.amazonaws.com"}
    statement = _allow("Volumes", ["*"], [*_USERS, "kms:CreateGrant"]) or {}
    statement["Condition"] = {"StringEquals": asked}
    alias = frame.name(role.removesuffix("-key"))
    return make_key(frame, role, spec, description=f"Volumes of {alias}", alias=alias, statements=[statement])


def notice_key(frame: Frame, role: str, spec: KeyArgs) -> aws.kms.Key:
    """A key for a queue to which EventBridge sends notices."""
    statement = {
        "Sid": "Notices",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
    }
    alias = frame.name(role.removesuffix("-key"))
    return make_key(frame, role, spec, description=f"Notices in {alias}", alias=alias, statements=[statement])


def _policy(
    frame: Frame, spec: KeyArgs, service_users: Sequence[pulumi.Input[str]], statements: Sequence[dict[str, Any]]
) -> In[str] | None:
    if spec.policy is not None:
        return json_text(spec.policy)
    if not spec.says_who and not statements:
        return None
    owners: list[Any] = list(spec.owners)
    users: list[Any] = list(spec.service_users)
    if not owners:
        owners = [pulumi.Output.concat(f"arn:{frame.partition}:iam::", account_id(frame.component), ":root")]
    else:
        users += service_users
    found = [
        _allow("Owners", owners, ["kms:*"]),
        _allow("Administrators", spec.administrators, _ADMINISTRATORS),
        _allow("Users", spec.users, _USERS),
        _allow("ServiceUsers", users, _USERS),
    ]
    grants = _allow("ServiceGrants", users, _GRANTS)
    if grants is not None:
        grants["Condition"] = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    said = [each for each in (*found, grants) if each is not None]
    said += [*statements, *(each.statement("*") for each in spec.policy_statements)]
    return json_text({"Version": "2012-10-17", "Statement": said})


def _allow(sid: str, principals: Sequence[Any], actions: list[str]) -> dict[str, Any] | None:
    if not principals:
        return None
    principal = {"AWS": list(principals)}
    return {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*"}
