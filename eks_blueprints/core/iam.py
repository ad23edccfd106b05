"""What may be done in AWS: `Allow` says it, `policy_document` writes it down as IAM reads it.

No pulumi here, so that specs can say what they need; `iam_roles` makes roles of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from eks_blueprints.core.errors import shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import In, is_output

if TYPE_CHECKING:
    Conditions: TypeAlias = Mapping[str, Mapping[str, In[str] | Sequence[In[str]]]]

# The verb may hold wildcards, the service may not (IAM reference, "IAM JSON policy elements: Action").
_ACTION = Form(r"\*|[A-Za-z][A-Za-z0-9-]*:[A-Za-z0-9*?]+")


@dataclass(frozen=True, slots=True, init=False)
class Allow:
    """Permission for some actions: `Allow("s3:GetObject", "s3:PutObject", on=(bucket_objects,), when={...})`."""

    actions: tuple[str, ...]
    on: tuple[In[str], ...]
    when: In[Conditions]

    def __init__(
        self, *actions: str, on: In[str] | Sequence[In[str]] = "*", when: In[Conditions] | None = None
    ) -> None:
        """State a permission.

        Args:
            actions: what may be done, such as `route53:ListHostedZones`; `*` is any text, `?` one character.
            on: ARNs of what it may be done to. `*` suits only actions that know no resources.
            when: IAM conditions, operator to key to one value or several; an Output where a key is known only later.

        Raises:
            ValueError: if no action is named, one is none, or there is nothing to do it on.
        """
        if not actions:
            raise ValueError('needs at least one action; got none; name one, such as "s3:GetObject"')
        for action in actions:
            action_name(action)
        resources = (on,) if isinstance(on, str) or is_output(on) else tuple(on)
        if not resources:
            raise ValueError(
                f"needs at least one ARN; got none for {actions[0]}; name the resources that it applies to"
            )
        object.__setattr__(self, "actions", actions)
        object.__setattr__(self, "on", resources)
        object.__setattr__(self, "when", _conditions(when))

    def statement(self) -> dict[str, Any]:
        """The statement of a policy document."""
        statement: dict[str, Any] = {"Effect": "Allow", "Action": list(self.actions), "Resource": list(self.on)}
        if is_output(self.when) or self.when:
            statement["Condition"] = self.when
        return statement


def action_name(value: Any) -> str:
    """An action that may be allowed, such as `s3:GetObject` or `s3:Get*`.

    Raises:
        ValueError: if it is none.
    """
    if not isinstance(value, str) or not _ACTION.fullmatch(value):
        raise ValueError(f"is not a valid action; got {shown(value)}; write service:Verb, such as s3:GetObject")
    return value


def policy_document(said: Iterable[Allow | Mapping[str, Any]]) -> In[str]:
    """The policy document of permissions, or of whole statements: text, or an Output where some ARN is one.

    Raises:
        ValueError: if nothing is allowed, which IAM has no document for.
    """
    statements = [each.statement() if isinstance(each, Allow) else each for each in said]
    if not statements:
        raise ValueError("a policy needs at least one statement; got none; leave the policy out")
    return json_text({"Version": "2012-10-17", "Statement": statements})


def trust_document(
    principal: Mapping[str, In[str] | Sequence[str]], *actions: str, when: Conditions | None = None
) -> In[str]:
    """The document that says who may take a role on."""
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": dict(principal), "Action": list(actions)}
    if when:
        statement["Condition"] = {operator: dict(keys) for operator, keys in when.items()}
    return json_text({"Version": "2012-10-17", "Statement": [statement]})


def managed_policy(partition: str, name: str) -> str:
    """ARN of one of AWS's own policies, such as `AmazonEKS_CNI_Policy` or `service-role/AmazonEBSCSIDriverPolicy`."""
    return f"arn:{partition}:iam::aws:policy/{name}"


def json_text(value: Any) -> In[str]:
    """JSON that is the same on every run: text, or an Output where the value holds one."""
    if not _holds_output(value):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    import pulumi

    return pulumi.Output.json_dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _conditions(when: In[Conditions] | None) -> Any:
    if when is None:
        return {}
    return when if is_output(when) else {operator: dict(keys) for operator, keys in cast("Conditions", when).items()}


def _holds_output(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_holds_output(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(_holds_output(item) for item in value)
    return is_output(value)
