"""The KMS key of a cluster: taken over with its policy, where it is in what was read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from eks_blueprints.lifecycle.importers.found.draft import Draft, said
from eks_blueprints.lifecycle.importers.found.model import ALIAS, KEY

_WINDOW = 30
"""Days that AWS waits before it deletes a key, where nothing is said."""
_USUAL = {"keyUsage": "ENCRYPT_DECRYPT", "customerMasterKeySpec": "SYMMETRIC_DEFAULT", "isEnabled": True}


def key(draft: Draft, arn: str) -> dict[str, Any]:
    """The fields of `encryption_config`: the key as it is, with its whole policy, or its ARN."""
    found = draft.holdings.one(KEY, arn=arn)
    if found is None or found.id is None:
        return {"key_arn": arn}
    if users := draft.holdings.other_users(arn, draft.name):
        draft.note(found, f"is the key of {', '.join(users)} too: stays as it is, by its ARN")
        return {"key_arn": arn}
    odd = [name for name, usual in _USUAL.items() if found.get(name, usual) != usual]
    odd += [name for name in ("customKeyStoreId", "xksKeyId") if found.get(name)]
    policy = _policy(found.get("policy"))
    if policy is None:
        odd.append("policy")
    if odd or policy is None:
        draft.note(found, f"{', '.join(odd)}: no field says this of a key: stays as it is, by its ARN")
        return {"key_arn": arn}
    draft.give(found, "cluster.encryption_config", "cluster-key")
    if services := sorted(_services(policy)):
        draft.note(
            found, f"policy lets {', '.join(services)} use it too, while it becomes the stack's and goes with it"
        )
    own = f"eks/{draft.name}"
    ids = {found.id, found.get("keyId"), arn}
    aliases = [
        str(each.get("name")).removeprefix("alias/")
        for each in draft.holdings.of(ALIAS)
        if each.get("targetKeyId") in ids
    ]
    days, turns = found.get("deletionWindowInDays"), found.get("rotationPeriodInDays")
    fields = said(
        policy=policy,
        aliases=sorted(each for each in aliases if each != own),
        description=found.get("description"),
        rotation_period_in_days=int(turns) if turns and found.get("enableKeyRotation") else None,
        deletion_window_in_days=None if days is None or int(days) == _WINDOW else int(days),
        tags=found.get("tags"),
    )
    fields |= {"multi_region": True} if found.get("multiRegion") else {}
    return fields | ({} if found.get("enableKeyRotation") else {"enable_key_rotation": False})


def _services(policy: Mapping[str, Any]) -> set[str]:
    """The services that a policy lets use a key, as principals."""
    found: set[str] = set()
    for each in policy["Statement"]:
        principals = each.get("Principal") if isinstance(each, Mapping) and each.get("Effect") == "Allow" else None
        named = principals.get("Service", ()) if isinstance(principals, Mapping) else ()
        found |= {named} if isinstance(named, str) else set(map(str, named))
    return found


def _policy(text: Any) -> dict[str, Any] | None:
    try:
        policy = json.loads(text)
    except (TypeError, ValueError):
        return None
    statements = policy.get("Statement") if isinstance(policy, Mapping) else None
    return dict(policy) if isinstance(statements, list) and statements else None
