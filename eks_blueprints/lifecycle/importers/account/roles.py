"""IAM roles of a cluster, as IAM describes them: what is attached is read, of inline policies the names alone.

Needs iam:GetRole, iam:ListAttachedRolePolicies, iam:ListRolePolicies, and of nodes iam:ListInstanceProfilesForRole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.lifecycle.importers.account.asked import Row, StaysError, pages
from eks_blueprints.lifecycle.importers.found.model import ATTACHMENT, ROLE
from eks_blueprints.live.tags import tags_of

_UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def described_role(iam: Any, arn: str) -> Mapping[str, Any]:
    """What IAM says of a role.

    Raises:
        StaysError: if another role has its name by now.
    """
    answer: Mapping[str, Any] = iam.get_role(RoleName=arn.rpartition("/")[2])["Role"]
    if answer["Arn"] != arn:
        raise StaysError(f"is not there: the role of that name is {answer['Arn']}")
    return answer


def role_rows(iam: Any, answer: Mapping[str, Any]) -> Iterator[Row]:
    """A role with what is attached to it."""
    arn, name = answer["Arn"], answer["RoleName"]
    policies = list(pages(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=name))
    inline = list(pages(iam, "list_role_policies", "PolicyNames", RoleName=name))
    properties = {
        "arn": arn,
        "name": name,
        "path": answer["Path"],
        "description": answer.get("Description"),
        "maxSessionDuration": answer.get("MaxSessionDuration"),
        "permissionsBoundary": answer.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        # boto3 has decoded it; a provider has its text.
        "assumeRolePolicy": json.dumps(answer.get("AssumeRolePolicyDocument")),
        "managedPolicyArns": [each["PolicyArn"] for each in policies],
        "inlinePolicies": [{"name": each} for each in inline],
        "tags": tags_of(answer.get("Tags")),
    }
    yield (ROLE, place_of(arn), properties)
    for each in policies:
        attached = {"role": name, "policyArn": each["PolicyArn"]}
        yield (ATTACHMENT, f"policy {each['PolicyName']} of role {name}", attached)


def elsewhere(answer: Mapping[str, Any], region: str) -> list[str]:
    """Where a role was used last, if that was in another region.

    The trust of a stack's roles is for its region. A role of nodes is not asked: what runs on them may call any region.
    """
    last = answer.get("RoleLastUsed", {}).get("Region", region)
    return [] if last == region else [f"something in {last}, where it was used last,"]


def instances(iam: Any, answer: Mapping[str, Any], region: str) -> list[str]:
    """Instance profiles of a role of nodes, without those that EKS makes for managed nodes and for Auto Mode."""
    of_eks = re.compile(rf"eks-({_UUID}|{re.escape(region)}-.+)")
    rows = pages(iam, "list_instance_profiles_for_role", "InstanceProfiles", RoleName=answer["RoleName"])
    names = [str(each["InstanceProfileName"]) for each in rows]
    return [f"instances by the profile {each}" for each in names if not of_eks.fullmatch(each)]


def place_of(arn: str) -> str:
    """What messages call a role."""
    return f"role {arn.partition(':role/')[2]}"
