"""Which AWS accounts a plan is for, as its providers are told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eks_blueprints.core.aws_config import account_of_role
from eks_blueprints.recording import Plan

_AWS = "pulumi:providers:aws"


@dataclass(frozen=True, slots=True)
class Account:
    """One account, and who acts in it; None for what is not said."""

    id: str | None
    role_arn: str | None
    profile: str | None

    def __str__(self) -> str:
        name = self.role_arn.partition(":role/")[2] if self.role_arn else None
        by = [f"{word} {value}" for word, value in (("role", name), ("profile", self.profile)) if value]
        return (self.id or "unknown") + (f" ({', '.join(by)})" if by else "")

    def to_data(self) -> dict[str, str | None]:
        """The account as JSON data."""
        return {"id": self.id, "roleArn": self.role_arn, "profile": self.profile}


def accounts(plan: Plan) -> list[Account]:
    """The accounts that the AWS providers of a plan are told of, each once; none where nothing says it."""
    found = [_account(each.inputs) for each in plan.resources if each.type == _AWS]
    return [each for each in dict.fromkeys(found) if each != Account(None, None, None)]


def account_line(plan: Plan) -> str:
    """The accounts in words, such as `account 111122223333 (role deployer)`."""
    found = accounts(plan)
    if not found:
        return "account unknown"
    return f"account{'s' if len(found) > 1 else ''} {', '.join(str(each) for each in found)}"


def _account(inputs: Mapping[str, Any]) -> Account:
    allowed, roles = _read(inputs.get("allowedAccountIds")), _read(inputs.get("assumeRoles"))
    web, profile = _read(inputs.get("assumeRoleWithWebIdentity")), inputs.get("profile")
    last = roles[-1] if isinstance(roles, list) and roles else web
    role = last.get("roleArn") or last.get("role_arn") if isinstance(last, Mapping) else None
    role = role if isinstance(role, str) else None
    only = str(allowed[0]) if isinstance(allowed, list) and len(allowed) == 1 else None
    return Account(
        only or (account_of_role(role) if role else None), role, profile if isinstance(profile, str) else None
    )


def _read(value: Any) -> Any:
    # A provider's nested inputs are JSON text.
    try:
        return json.loads(value) if isinstance(value, str) else None
    except ValueError:
        return None
