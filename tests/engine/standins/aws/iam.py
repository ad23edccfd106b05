"""Roles, policies, attachments, instance profiles, OIDC providers."""

from __future__ import annotations

import json
from typing import Any

from .rules import Context, Row, ServiceError, creates, deletes, document, listed, updates

ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/policy:Policy"
INLINE = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
PROFILE = "aws:iam/instanceProfile:InstanceProfile"
OIDC = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
LINKED = "aws:iam/serviceLinkedRole:ServiceLinkedRole"

MANAGED_POLICY_SIZE = 6144
INLINE_POLICY_SIZE = 10240
TRUST_POLICY_SIZE = 2048
ATTACHMENTS = 20  # the most that the quota can be raised to


def role(ctx: Context, name: Any) -> Row:
    found = ctx.account.find(ROLE, str(name).rsplit("/", 1)[-1])
    if found is None:
        raise ServiceError("NoSuchEntity", f"The role with name {name} cannot be found.")
    return found


def role_of_arn(ctx: Context, arn: str, code: str = "InvalidParameterException") -> Row:
    found = next((row for row in ctx.account.rows(ROLE) if row.outputs["arn"] == arn), None)
    if found is None:
        raise ServiceError(code, f"Role with arn: {arn} could not be assumed because it does not exist")
    return found


def policies(ctx: Context, of: Row) -> list[str]:
    """The names of the managed policies that a role holds, however they were attached."""
    arns = [row.outputs["policyArn"] for row in ctx.account.rows(ATTACHMENT) if row.outputs["role"] == of.id]
    arns += of.outputs.get("managedPolicyArns") or []
    return [arn.rsplit("/", 1)[-1] for arn in arns]


def size(value: Any) -> int:
    text = value if isinstance(value, str) else json.dumps(value)
    return len("".join(text.split()))


def check_document(value: Any, limit: int, trust: bool = False) -> None:
    doc = document(value)
    if size(value) > limit:
        raise ServiceError("LimitExceeded", f"Cannot exceed quota for policy size: {limit}, got {size(value)}")
    statements = listed(doc.get("Statement"))
    if not statements:
        raise ServiceError("MalformedPolicyDocument", "Syntax errors in policy: no Statement")
    for statement in statements:
        if statement.get("Effect") not in ("Allow", "Deny"):
            raise ServiceError("MalformedPolicyDocument", f"Effect must be Allow or Deny: {statement}")
        if not statement.get("Action") and not statement.get("NotAction"):
            raise ServiceError("MalformedPolicyDocument", f"A statement needs an Action: {statement}")
        if trust and not statement.get("Principal"):
            raise ServiceError("MalformedPolicyDocument", "AssumeRole policy must contain principals")
        if not trust and not statement.get("Resource") and not statement.get("NotResource"):
            raise ServiceError("MalformedPolicyDocument", f"Policy statement must contain resources: {statement}")
        if not trust and statement.get("Principal"):
            raise ServiceError("MalformedPolicyDocument", "Policy document should not specify a principal.")
        for resource in listed(statement.get("Resource")):
            if not trust and resource != "*" and not str(resource).startswith("arn:"):
                raise ServiceError("MalformedPolicyDocument", f'Resource {resource} must be in ARN format or "*".')
    sids = [s["Sid"] for s in statements if s.get("Sid")]
    if len(sids) != len(set(sids)):
        raise ServiceError("MalformedPolicyDocument", f"Statement IDs (SID) in a single policy must be unique: {sids}")


@creates(ROLE)
def create_role(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    name = inputs["name"]
    if ctx.account.find(ROLE, name):
        raise ServiceError("EntityAlreadyExists", f"Role with name {name} already exists.")
    check_document(inputs["assumeRolePolicy"], TRUST_POLICY_SIZE, trust=True)
    for inline in inputs.get("inlinePolicies", []):
        if inline.get("policy"):
            check_document(inline["policy"], INLINE_POLICY_SIZE)
    path = inputs.get("path", "/")
    unique = f"AROA{ctx.account.count('role'):017d}"
    return name, {"arn": ctx.arn("iam", f"role{path}{name}", region=False), "uniqueId": unique, "path": path}


@updates(ROLE)
def update_role(ctx: Context, row: Row, inputs: dict[str, Any]) -> dict[str, Any]:
    check_document(inputs["assumeRolePolicy"], TRUST_POLICY_SIZE, trust=True)
    return {}


@deletes(ROLE)
def delete_role(ctx: Context, row: Row) -> None:
    if not row.outputs.get("forceDetachPolicies"):
        for type, path in ((ATTACHMENT, "role"), (INLINE, "role")):
            for other in ctx.account.rows(type):
                if other.outputs.get(path) == row.id:
                    raise ServiceError("DeleteConflict", f"Cannot delete {row.id}, must detach all policies first")
    for profile in ctx.account.rows(PROFILE):
        if profile.outputs.get("role") == row.id:
            raise ServiceError(
                "DeleteConflict", f"Cannot delete {row.id}, must remove roles from instance profile first"
            )


@creates(POLICY)
def create_policy(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    check_document(inputs["policy"], MANAGED_POLICY_SIZE)
    arn = ctx.arn("iam", f"policy{inputs.get('path', '/')}{inputs['name']}", region=False)
    if ctx.account.find(POLICY, arn):
        raise ServiceError("EntityAlreadyExists", f"A policy called {inputs['name']} already exists.")
    policy_id = f"ANPA{ctx.account.count('policy'):017d}"
    return arn, {"arn": arn, "policyId": policy_id, "path": inputs.get("path", "/"), "attachmentCount": 0}


@updates(POLICY)
def update_policy(ctx: Context, row: Row, inputs: dict[str, Any]) -> dict[str, Any]:
    check_document(inputs["policy"], MANAGED_POLICY_SIZE)
    return {}


@deletes(POLICY)
def delete_policy(ctx: Context, row: Row) -> None:
    for other in ctx.account.rows(ATTACHMENT, policyArn=row.id):
        raise ServiceError("DeleteConflict", f"Cannot delete a policy attached to entities: {other.outputs['role']}")


@creates(INLINE)
def create_inline(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    owner = role(ctx, inputs["role"])
    check_document(inputs["policy"], INLINE_POLICY_SIZE)
    total = sum(size(row.outputs["policy"]) for row in ctx.account.rows(INLINE, role=owner.id))
    if total + size(inputs["policy"]) > INLINE_POLICY_SIZE:
        raise ServiceError("LimitExceeded", f"Maximum policy size of {INLINE_POLICY_SIZE} exceeded for role {owner.id}")
    return f"{owner.id}:{inputs['name']}", {"role": owner.id}


@updates(INLINE)
def update_inline(ctx: Context, row: Row, inputs: dict[str, Any]) -> dict[str, Any]:
    check_document(inputs["policy"], INLINE_POLICY_SIZE)
    return {}


@creates(ATTACHMENT)
def create_attachment(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    owner = role(ctx, inputs["role"])
    arn = str(inputs["policyArn"])
    if not arn.startswith(f"arn:{ctx.partition}:iam::aws:policy/") and not ctx.account.find(POLICY, arn):
        raise ServiceError("NoSuchEntity", f"Policy {arn} does not exist or is not attachable.")
    mine = [row for row in ctx.account.rows(ATTACHMENT) if row.outputs["role"] == owner.id]
    if len(mine) >= ATTACHMENTS:
        raise ServiceError("LimitExceeded", f"Cannot exceed quota for PoliciesPerRole: {ATTACHMENTS}")
    return f"{owner.id}-{ctx.account.count('attachment'):026d}", {"role": owner.id}


@creates(PROFILE)
def create_profile(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    name = inputs["name"]
    if ctx.account.find(PROFILE, name):
        raise ServiceError("EntityAlreadyExists", f"Instance Profile {name} already exists.")
    outputs = {"arn": ctx.arn("iam", f"instance-profile{inputs.get('path', '/')}{name}", region=False)}
    outputs["uniqueId"] = f"AIPA{ctx.account.count('profile'):017d}"
    if inputs.get("role"):
        outputs["role"] = role(ctx, inputs["role"]).id
    return name, outputs


@creates(OIDC)
def create_oidc(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    url = str(inputs["url"])
    if not url.startswith("https://"):
        raise ServiceError("InvalidInput", f"Invalid OpenID Connect provider URL: {url}")
    arn = ctx.arn("iam", f"oidc-provider/{url.removeprefix('https://')}", region=False)
    if ctx.account.find(OIDC, arn):
        raise ServiceError("EntityAlreadyExists", f"Provider with url {url} already exists.")
    return arn, {
        "arn": arn,
        "thumbprintLists": inputs.get("thumbprintLists") or ["9e99a48a9960b14926bb7f3b02e22da2b0ab7280"],
    }


@creates(LINKED)
def create_linked(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    service = inputs["awsServiceName"]
    name = f"AWSServiceRoleFor{service.split('.')[0].title()}"
    arn = ctx.arn("iam", f"role/aws-service-role/{service}/{name}", region=False)
    if ctx.account.find(LINKED, arn):
        raise ServiceError("InvalidInput", f"Service role name {name} has been taken in this account")
    return arn, {"arn": arn, "name": name, "path": f"/aws-service-role/{service}/", "uniqueId": "AROALINKED"}
