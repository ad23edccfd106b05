"""How a type's service rules are written: one function a verb, registered by the type's token."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..account import Account, Row
from ..base import NotFoundError, ServiceError

ACCOUNT_ID = "123456789012"
CALLER = f"arn:aws:iam::{ACCOUNT_ID}:user/tester"
CREATOR = "standin:creator"  # who made a cluster, kept beside it
ZONES = "abc"


@dataclass
class Context:
    """What a rule may use: the account, and where the call goes."""

    account: Account
    region: str
    type: str = ""  # of the resource under way, for rules that serve several types
    account_id: str = ACCOUNT_ID
    caller: str = CALLER

    @property
    def partition(self) -> str:
        if self.region.startswith("cn-"):
            return "aws-cn"
        return "aws-us-gov" if self.region.startswith("us-gov-") else "aws"

    def arn(self, service: str, resource: str, region: bool = True) -> str:
        return f"arn:{self.partition}:{service}:{self.region if region else ''}:{self.account_id}:{resource}"

    def new_id(self, prefix: str) -> str:
        return f"{prefix}-{self.account.count(f'id {prefix}'):017x}"

    def need(self, type: str, id: Any, code: str, what: str) -> Row:
        """The thing that another one names, or the service's word that it is not there."""
        row = self.account.find(type, id)
        if row is None or row.scope not in (self.region, "global"):
            raise ServiceError(code, f"The {what} '{id}' does not exist")
        return row


Create = Callable[[Context, dict[str, Any]], tuple[str, dict[str, Any]]]
Update = Callable[[Context, Row, dict[str, Any]], dict[str, Any]]
Delete = Callable[[Context, Row], None]

CREATES: dict[str, Create] = {}
UPDATES: dict[str, Update] = {}
DELETES: dict[str, Delete] = {}


def creates(*types: str) -> Callable[[Create], Create]:
    def register(rule: Create) -> Create:
        CREATES.update(dict.fromkeys(types, rule))
        return rule

    return register


def updates(*types: str) -> Callable[[Update], Update]:
    def register(rule: Update) -> Update:
        UPDATES.update(dict.fromkeys(types, rule))
        return rule

    return register


def deletes(*types: str) -> Callable[[Delete], Delete]:
    def register(rule: Delete) -> Delete:
        DELETES.update(dict.fromkeys(types, rule))
        return rule

    return register


def document(value: Any) -> dict[str, Any]:
    """A policy document given as JSON text or, as the SDK also allows, as an object."""
    parsed = json.loads(value) if isinstance(value, str) else value
    return parsed if isinstance(parsed, dict) else {}


def listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def trusts(role: Row, service: str) -> bool:
    """Whether a role's trust policy names a service principal."""
    statements = listed(document(role.outputs.get("assumeRolePolicy", "{}")).get("Statement"))
    for statement in statements:
        principal = statement.get("Principal", {})
        if isinstance(principal, dict) and any(
            str(name).startswith(service) for name in listed(principal.get("Service"))
        ):
            return True
    return False


__all__ = [
    "ACCOUNT_ID", "CALLER", "CREATES", "CREATOR", "DELETES", "UPDATES", "ZONES", "Context", "NotFoundError", "Row",
    "ServiceError", "creates", "deletes", "document", "listed", "trusts", "updates",
]  # fmt: skip
