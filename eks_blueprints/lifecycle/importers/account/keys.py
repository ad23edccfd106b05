"""The KMS key of a cluster, as KMS describes it.

Needs kms:DescribeKey, kms:GetKeyPolicy, kms:GetKeyRotationStatus, kms:ListAliases and kms:ListResourceTags.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.lifecycle.importers.account.asked import Row, StaysError, is_gone, pages
from eks_blueprints.lifecycle.importers.found.model import ALIAS, KEY

_GOING = frozenset({"PendingDeletion", "PendingReplicaDeletion"})


def key_rows(kms: Any, arn: str, cluster: str) -> Iterator[Row]:
    """A key with its policy and its aliases.

    Raises:
        StaysError: if it is none that a stack makes: one of AWS's own, with imported material, a replica, or about to
            be deleted; or if the alias that a stack gives it is another key's.
    """
    about = kms.describe_key(KeyId=arn)["KeyMetadata"]
    if (why := _odd(about, arn) or _in_the_way(kms, arn, cluster)) is not None:
        raise StaysError(why)
    id_ = about["KeyId"]
    policy = kms.get_key_policy(KeyId=id_, PolicyName="default")["Policy"]
    spec = about.get("KeySpec", about.get("CustomerMasterKeySpec"))
    # Keys of another form cannot rotate, and KMS refuses the question.
    rotation = kms.get_key_rotation_status(KeyId=id_) if spec == "SYMMETRIC_DEFAULT" else {}
    tags = {each["TagKey"]: each["TagValue"] for each in pages(kms, "list_resource_tags", "Tags", KeyId=id_)}
    properties = {
        "id": id_,
        "keyId": id_,
        "arn": arn,
        "description": about.get("Description"),
        "keyUsage": about.get("KeyUsage"),
        "customerMasterKeySpec": spec,
        "isEnabled": about.get("Enabled"),
        "multiRegion": about.get("MultiRegion", False),
        "policy": policy,
        "enableKeyRotation": rotation.get("KeyRotationEnabled", False),
        "rotationPeriodInDays": rotation.get("RotationPeriodInDays"),
        "tags": tags,
    }
    yield (KEY, place_of(arn), properties)
    for each in pages(kms, "list_aliases", "Aliases", KeyId=id_):
        alias = {"name": each["AliasName"], "arn": each.get("AliasArn"), "targetKeyId": id_, "targetKeyArn": arn}
        yield (ALIAS, f"alias {each['AliasName'].removeprefix('alias/')}", alias)


def _odd(about: Mapping[str, Any], arn: str) -> str | None:
    state, origin = about.get("KeyState"), about.get("Origin", "AWS_KMS")
    if state in _GOING:
        when = f" on {about['DeletionDate']:%Y-%m-%d}" if "DeletionDate" in about else ""
        lost = "without it nobody reads the cluster's secrets again"
        return f"is deleted{when}, and {lost}; run aws kms cancel-key-deletion, and aws kms enable-key"
    if about["Arn"] != arn:
        return f"is another name of the key {about['Arn']}"
    if about.get("KeyManager") == "AWS":
        return "is managed by AWS"
    if origin != "AWS_KMS":
        return f"its material is from elsewhere (origin {origin})"
    if about.get("MultiRegionConfiguration", {}).get("MultiRegionKeyType") == "REPLICA":
        return f"is a replica of {about['MultiRegionConfiguration']['PrimaryKey']['Arn']}"
    return None


def _in_the_way(kms: Any, arn: str, cluster: str) -> str | None:
    alias = f"alias/eks/{cluster}"
    try:
        other = kms.describe_key(KeyId=alias)["KeyMetadata"]["Arn"]
    except Exception as error:
        if not is_gone(error):
            raise
        return None
    return None if other == arn else f"the stack would give it {alias}, which is the alias of {other}"


def place_of(arn: str) -> str:
    """What messages call a key."""
    return f"key {arn.rpartition(':')[2].removeprefix('key/')}"
