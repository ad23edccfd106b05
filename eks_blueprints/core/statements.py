"""Statements of IAM policies, as data: what a role may do, and who may use a key, a queue or a role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, model_validator

from eks_blueprints.core.errors import Faults, Path
from eks_blueprints.core.form import Form
from eks_blueprints.core.iam import action_name
from eks_blueprints.core.leaves import arn_pattern
from eks_blueprints.core.spec import In, Many, OneOrMany, Spec

_PRINCIPAL = Form(
    r"\d{12}|arn:aws(-[a-z]+)*:(iam::\d{12}:(root|(role|user)/[\x21-\x7e]+)"
    r"|sts::\d{12}:(assumed-role|federated-user)/[\x21-\x7e]+)",
    what="is not a principal that a policy can name",
    do="write the ARN of a role, a user, or of an account, arn:aws:iam::111122223333:root",
)
_SERVICE = Form(r"[a-z0-9-]+(\.[a-z0-9-]+)+", what="is not a service", do="write it like logs.amazonaws.com")
_FEDERATED = Form(
    r"arn:aws(-[a-z]+)*:iam::\d{12}:(oidc|saml)-provider/[\x21-\x7e]+|[a-z0-9.-]+\.[a-z]+",
    what="is not an identity provider",
    do="write the ARN of an IAM OIDC or SAML provider",
)
# KMS takes spaces in it, and SQS hyphens; policies of roles neither.
_SID = Form(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,99}", what="is not a valid Sid", do="use up to 100 letters and digits")
_ROLE_SID = Form(
    r"[A-Za-z0-9]{1,100}", what="is not a valid Sid of a role's policy", do="use up to 100 letters and digits"
)

EVERYBODY = "*"


def _resource(value: str) -> str:
    return value if value == "*" else arn_pattern(value)


Principal = Annotated[str, AfterValidator(_PRINCIPAL)]
Action = Annotated[str, AfterValidator(action_name)]
Resource = Annotated[str, AfterValidator(_resource)]
PrincipalKind = Literal["AWS", "Service", "Federated"]


class _Statement(Spec):
    sid: Annotated[str, AfterValidator(_SID)] | None = None
    """Name of the statement, unlike those beside it. Default: none."""

    actions: Many[Action] = ()
    """Actions such as `s3:GetObject`; `*` stands for any text (`s3:Get*`), `?` for one character."""

    not_actions: Many[Action] = ()
    """All actions but these, instead of `actions`."""

    conditions: dict[str, dict[str, OneOrMany[str]]] = {}
    """IAM conditions, all of which must hold: operator to key to one value or a list, such as
    `{StringEquals: {"aws:RequestedRegion": eu-west-1}}`."""

    def _check(self, faults: Faults) -> None:
        _one_of(self, "actions", need="needs at least one", do="name one, such as s3:GetObject", faults=faults)
        for operator, keys in self.conditions.items():
            for key, values in keys.items() or [("", ())]:
                if not values:
                    at = ("conditions", operator, key) if key else ("conditions", operator)
                    faults.add(at, "needs at least one value; got none; add one, or remove the condition")

    def _written(self, effect: str) -> dict[str, Any]:
        said: dict[str, Any] = {"Sid": self.sid} if self.sid else {}
        said |= {"Effect": effect, "Action" if self.actions else "NotAction": list(self.actions or self.not_actions)}
        return said

    def _with_conditions(self, said: dict[str, Any]) -> dict[str, Any]:
        if self.conditions:
            said["Condition"] = {
                operator: {key: list(values) for key, values in keys.items()}
                for operator, keys in self.conditions.items()
            }
        return said


class StatementArgs(_Statement):
    """One statement of a role's policy: what may be done (under `allow`), or may not (under `deny`), and on what."""

    resources: Many[In[Resource]] = ()
    """ARNs of what it may be done to, with `*` for any text. `"*"` alone suits actions that know no resources."""

    not_resources: Many[In[Resource]] = ()
    """All but these, instead of `resources`."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        faults = Faults()
        self._check(faults)
        _one_of(self, "resources", need="needs at least one ARN", do="name what it may be done on", faults=faults)
        if self.sid is not None and (fault := _ROLE_SID.fault(self.sid)):
            faults.add("sid", fault)
        faults.raise_if_any()
        return self

    def statement(self, effect: Literal["Allow", "Deny"] = "Allow") -> dict[str, Any]:
        """It as IAM reads it."""
        said = self._written(effect)
        said["Resource" if self.resources else "NotResource"] = list(self.resources or self.not_resources)
        return self._with_conditions(said)


class ResourceStatement(_Statement):
    """One statement of the policy of a key, a queue or a role's trust: who may, or may not, do what with it."""

    effect: Literal["Allow", "Deny"] = "Allow"
    """Whether it allows or denies."""

    principals: dict[PrincipalKind, Many[In[str]]]
    """Who: ARNs of roles, users or accounts, or account numbers (`AWS`), services such as `events.amazonaws.com`
    (`Service`), or identity providers (`Federated`). `AWS: ["*"]` is anyone, whom conditions should narrow."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        faults = Faults()
        if not self.principals:
            faults.add("principals", "needs a principal; got none; write {AWS: [...]} or {Service: [...]}")
        for kind, names in self.principals.items():
            if not names:
                faults.add(("principals", kind), "needs at least one; got []; name one")
            for index, name in enumerate(names):
                if isinstance(name, str) and (fault := _who(kind, name)):
                    faults.add(("principals", kind, index), fault)
        self._check(faults)
        faults.raise_if_any()
        return self

    @property
    def for_everybody(self) -> bool:
        """Whether it allows something to anyone at all."""
        return self.effect == "Allow" and EVERYBODY in self.principals.get("AWS", ()) and not self.conditions

    def statement(self, resource: Any = None) -> dict[str, Any]:
        """It as IAM reads it, about a resource; a role's trust names none."""
        said = self._written(self.effect)
        said["Principal"] = {kind: list(names) for kind, names in self.principals.items()}
        if resource is not None:
            said["Resource"] = resource
        return self._with_conditions(said)


def check_statements(
    statements: Iterable[ResourceStatement],
    service: str,
    faults: Faults,
    at: str = "policy_statements",
    taken: Iterable[str] = (),
) -> None:
    """Note actions of another service than that whose policy it is, and names that are there already."""
    sids = set(taken)
    for index, each in enumerate(statements):
        place: Path = (at, index)
        if each.sid is not None:
            if service == "sts" and (fault := _ROLE_SID.fault(each.sid)):
                faults.add((*place, "sid"), fault)
            elif each.sid in sids:
                faults.add((*place, "sid"), f"exists already; got {each.sid}; choose another")
            sids.add(each.sid)
        for field, actions in (("actions", each.actions), ("not_actions", each.not_actions)):
            for number, action in enumerate(actions):
                if action != "*" and action.partition(":")[0].lower() != service:
                    do = f"write one such as {_SUCH_AS[service]}"
                    faults.add((*place, field, number), f"is not an action of {service}; got {action}; {do}")


_SUCH_AS: Mapping[str, str] = {"kms": "kms:Decrypt", "sqs": "sqs:SendMessage", "sts": "sts:AssumeRole"}


def _one_of(statement: _Statement, one: str, *, need: str, do: str, faults: Faults) -> None:
    other = f"not_{one}"
    if getattr(statement, one) and getattr(statement, other):
        faults.add(other, f"cannot be combined with {one}; got both; keep one of them")
    elif not getattr(statement, one) and not getattr(statement, other):
        faults.add(one, f"{need}; got []; {do}")


def _who(kind: PrincipalKind, name: str) -> str | None:
    if name == EVERYBODY and kind != "Service":
        return None
    return {"AWS": _PRINCIPAL, "Service": _SERVICE, "Federated": _FEDERATED}[kind].fault(name)
