"""IAM roles of the cluster, its nodes and its Fargate pods: taken over where a stack file says what they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from eks_blueprints.lifecycle.importers.found.draft import Draft, said, short_name
from eks_blueprints.lifecycle.importers.found.model import ATTACHMENT, ROLE, Found

_OWN_PATH = "/"
_OF_AWS = ("/aws-service-role/", "/aws-reserved/")
"""Beginnings of paths of roles that AWS itself makes and deletes."""
_SECONDS = 3600
"""Longest session of a role that says nothing."""
_MAKER = re.compile(r"^(Amazon|AWS)(?=.)")
_NAME = 28
"""Characters of the name of a policy: 30 fit, and a number may follow."""


@dataclass(frozen=True, slots=True)
class FoundRole:
    """A role that a stack file can say."""

    found: Found
    policies: tuple[str, ...]
    """ARNs of what is attached to it."""

    def has(self, name: str) -> bool:
        """Whether a policy of AWS's own is attached."""
        return any(arn.endswith(f":aws:policy/{name}") for arn in self.policies)

    def others(self, own: tuple[str, ...]) -> dict[str, str]:
        """The policies that the stack attaches by no field of its own: by a short name each, their ARNs."""
        named: dict[str, str] = {}
        for arn in self.policies:
            name = arn.rpartition("/")[2]
            if ":aws:policy/" not in arn or name not in own:
                short = _MAKER.sub("", name)[:_NAME].replace("_", "-")
                named[short_name(short, named, "policy")] = arn
        return named

    def marks(self, policies: Mapping[str, str] | None = None) -> dict[str, Any]:
        """What stands in `iam_role`: its name is kept, as another one would replace it."""
        length = self.found.get("maxSessionDuration")
        return said(
            name=self.found.get("name"),
            path=None if self.found.get("path") == _OWN_PATH else self.found.get("path"),
            description=self.found.get("description"),
            max_session_duration=None if length is None or int(length) == _SECONDS else int(length),
            tags=self.found.get("tags"),
            policy_arns=dict(policies or {}),
        )

    @property
    def boundary(self) -> str | None:
        """ARN of its permissions boundary."""
        arn = self.found.get("permissionsBoundary")
        return None if arn is None else str(arn)


def own_role(draft: Draft, arn: Any, service: str, path: str, resource: str) -> FoundRole | None:
    """The role with an ARN, if it is in what was read, and is for one AWS service and for nobody else.

    It is then taken over by the stack's own resource; any other one stays what it is, by its ARN.

    Args:
        draft: the stack file so far.
        arn: ARN of the role.
        service: who takes it on, such as `ec2`.
        path: where the stack file says it.
        resource: logical name of the role that the stack makes, behind that of the stack.
    """
    found = draft.holdings.one(ROLE, arn=arn) if arn else None
    if found is None or found.id is None:
        return None
    if str(found.get("path", _OWN_PATH)).startswith(_OF_AWS):
        draft.note(found, f"path: {found.get('path')} is of roles that AWS manages: stays as it is, by its ARN")
        return None
    if (who := _others(found, service)) is not None:
        draft.note(found, f"assumeRolePolicy: {who}, and not {service}.amazonaws.com alone: stays as it is, by its ARN")
        return None
    if users := draft.holdings.other_users(str(arn), draft.name):
        draft.note(found, f"is a role of {', '.join(users)} too: stays as it is, by its ARN")
        return None
    arns = dict.fromkeys((*_attached(draft, found), *found.get("managedPolicyArns", ())))
    draft.give(found, path, resource)
    for each in arns:
        if draft.holdings.one(ATTACHMENT, role=found.get("name"), policyArn=each) is None:
            # The state of the role has them, and no resource of their own.
            attached = {"role": found.get("name"), "policyArn": each}
            draft.extra.append(Found.of(ATTACHMENT, f"policy {each.rpartition('/')[2]} of {found.place}", attached))
    _inline(draft, found)
    return FoundRole(found, tuple(arns))


def _attached(draft: Draft, found: Found) -> Iterator[str]:
    for each in draft.holdings.of(ATTACHMENT, role=found.get("name")):
        yield str(each.get("policyArn"))


def _inline(draft: Draft, found: Found) -> None:
    inline = [each.get("name") for each in found.get("inlinePolicies", ()) if each.get("name")]
    if inline:
        what = f"inline policies stay as they are, managed by nobody: {', '.join(map(str, inline))}"
        draft.note(found, f"{what}; write what they allow into allow of its iam_role, and delete them")


def _others(found: Found, service: str) -> str | None:
    """Who may take a role on besides a service; None for nobody."""
    try:
        document = json.loads(found.get("assumeRolePolicy", "null"))
        statements = document["Statement"]
        statements = [statements] if isinstance(statements, Mapping) else list(statements)
        trusted = [_principals(each) for each in statements]
    except (ValueError, TypeError, KeyError, AttributeError):
        return "its trust policy cannot be read"
    named = [each for principals in trusted for each in principals]
    if named and all(_is_service(each, service) for each in named):
        return None
    return f"lets {', '.join(sorted(map(str, named)))} take it on" if named else "lets nobody take it on"


def _principals(statement: Mapping[str, Any]) -> list[Any]:
    if statement.get("Effect") != "Allow" or not isinstance(statement["Principal"], Mapping):
        return [f"{statement.get('Effect')} {statement.get('Principal')}"]
    found: list[Any] = []
    for kind, value in statement["Principal"].items():
        values = [value] if isinstance(value, str) else list(value)
        found += values if kind == "Service" else [f"{kind} {each}" for each in values]
    return found


def _is_service(principal: Any, service: str) -> bool:
    return principal in (f"{service}.amazonaws.com", f"{service}.amazonaws.com.cn")
