"""IAM as rules read it: statements of policy documents, what roles are for, and what is attached to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from eks_blueprints.core.iam_match import Condition, all_of_kind, conditions_of, everything, limits_who, matches
from eks_blueprints.policies.platform import (
    ADDON,
    ASSOCIATION,
    ATTACHMENT,
    EC2_NODE_CLASS,
    FARGATE,
    NODE_CLASS,
    NODE_GROUP,
    POLICY,
    ROLE,
    ROLE_POLICY,
)
from eks_blueprints.policies.props import Props, Undetermined, any_known
from eks_blueprints.policies.stack import CLUSTER, Resource, Stack

PROFILE = "aws:iam/instanceProfile:InstanceProfile"
ACCOUNT = "kubernetes:core/v1:ServiceAccount"

_USES = (
    (CLUSTER, ("roleArn",), "cluster"),
    (CLUSTER, ("computeConfig", "nodeRoleArn"), "node"),
    (NODE_GROUP, ("nodeRoleArn",), "node"),
    (PROFILE, ("role",), "node"),
    (EC2_NODE_CLASS, ("spec", "role"), "node"),
    (NODE_CLASS, ("spec", "role"), "node"),
    (FARGATE, ("podExecutionRoleArn",), "fargate"),
    (ASSOCIATION, ("roleArn",), "pod"),
    (ADDON, ("serviceAccountRoleArn",), "pod"),
    (ACCOUNT, ("metadata", "annotations", "eks.amazonaws.com/role-arn"), "pod"),
)

_DOCUMENTS = {POLICY: "policy", ROLE_POLICY: "policy"}


def statements(document: Props) -> list[Props]:
    """The statements of a policy document."""
    return document.items("Statement")


def allowing(document: Props) -> Iterator[Props]:
    """The statements that allow something."""
    for statement in statements(document):
        if statement.get("Effect") == "Allow":
            yield statement


def values(part: Props, key: str) -> list[Any]:
    """The texts of a member that may be one text or a list, symbols left in them.

    Raises:
        Undetermined: if it is unknown.
    """
    found = [item.text() for item in _items(part, key)]
    return [each for each in found if each is not None]


def known(part: Props, key: str) -> list[str]:
    """The same, where each must be known.

    Raises:
        Undetermined: if one of them is not.
    """
    return [str(item.get()) for item in _items(part, key)]


def _items(part: Props, key: str) -> list[Props]:
    value = part.raw(key)
    if isinstance(value, str):
        return [Props(value, (*part.path, key), part.names)]
    return part.items(key)


def principals(statement: Props, kind: str) -> list[str]:
    """The principals of one kind (`AWS`, `Service`, `Federated`); `"*"` alone stands for every AWS principal."""
    principal = statement.raw("Principal")
    if isinstance(principal, str):
        return [principal] if kind == "AWS" else []
    return values(statement.at("Principal"), kind) if principal is not None else []


def conditions(statement: Props) -> list[Condition]:
    """The conditions of a statement: operator, key and values.

    Raises:
        Undetermined: if the condition as a whole is not known.
    """
    return conditions_of(statement.get("Condition"))


def gives(statement: Props, *actions: str) -> bool:
    """Whether a statement is about one of some actions, by Action or by NotAction.

    Raises:
        Undetermined: if that hangs on a value that is not known.
    """
    if statement.has("NotAction"):
        spared = known(statement, "NotAction")
        return any(not any(matches(each, action) for each in spared) for action in actions)
    return any_known(_items(statement, "Action"), lambda each: any(matches(str(each), action) for action in actions))


def unlimited(statement: Props, test: Callable[[str], bool] = all_of_kind) -> bool:
    """Whether no resource limits a statement: it is about all of a kind, or all but some.

    Raises:
        Undetermined: if the resources as a whole are not known.
    """
    return statement.has("NotResource") or any(test(each) for each in values(statement, "Resource"))


def denied(document: Props, action: str) -> bool:
    """Whether a document denies an action whatever its other statements allow."""
    denying = [each for each in statements(document) if each.get("Effect") == "Deny" and not each.has("Condition")]
    return any(gives(each, action) and any(map(everything, values(each, "Resource"))) for each in denying)


def is_public(statement: Props) -> bool:
    """Whether a statement of a resource's own policy, or of a role's trust, is for everybody, whoever asks.

    Raises:
        Undetermined: if that hangs on a value that is not known.
    """
    anybody = statement.has("NotPrincipal") or "*" in principals(statement, "AWS")
    return anybody and not limits_who(conditions(statement))


def documents(resource: Resource) -> list[Props]:
    """The policy documents that a policy, or a role's inline policies, hold."""
    key = _DOCUMENTS.get(resource.type)
    if key is not None:
        return [resource.props.document(key)]
    return [inline.document("policy") for inline in resource.props.items("inlinePolicies")]


@dataclass(frozen=True, slots=True)
class Attached:
    """A managed policy on a role."""

    policy: str
    """Its ARN, or the symbol for it."""
    resource: Resource
    """What attaches it."""
    keys: tuple[str | int, ...]


def uses(stack: Stack) -> Mapping[str, set[str]]:
    """What each role is for, by URN: `cluster`, `node`, `fargate`, `pod`."""
    found = stack.cache.get("uses")
    if found is None:
        found = stack.cache["uses"] = defaultdict(set)
        for type_, keys, use in _USES:
            for resource in stack.of(type_):
                _note(found, stack, resource, keys, use)
        for addon in stack.of(ADDON):
            for index in range(_length(addon.inputs.get("podIdentityAssociations"))):
                _note(found, stack, addon, ("podIdentityAssociations", index, "roleArn"), "pod")
        for role in stack.of(ROLE):
            if trusts_pods(role):
                found[role.urn].add("pod")
    result: Mapping[str, set[str]] = found
    return result


def trusts_pods(role: Resource) -> bool:
    """Whether pods may assume a role, by Pod Identity or by the cluster's OIDC provider, as far as that is known."""
    try:
        for statement in allowing(role.props.document("assumeRolePolicy")):
            if "pods.eks.amazonaws.com" in principals(statement, "Service"):
                return True
            if gives(statement, "sts:AssumeRoleWithWebIdentity") and _is_oidc(statement):
                return True
    except Undetermined:
        return False
    return False


def _is_oidc(statement: Props) -> bool:
    # A symbol for the ARN of a provider names no issuer; the condition on :sub does the telling then.
    return any("oidc" in each.lower() for each in principals(statement, "Federated")) or any(
        "system:serviceaccount" in value for _, _, found in conditions(statement) for value in found
    )


def attached(resource: Resource, stack: Stack) -> Iterator[tuple[Resource | None, Attached]]:
    """The roles and the managed policies that an attachment, or a role itself, brings together."""
    if resource.type == ATTACHMENT:
        role = stack.resolved(resource, "role", types=(ROLE,)) or _role_named(resource, stack)
        policy = resource.props.text("policyArn")
        if policy is not None:
            yield role, Attached(policy, resource, ("policyArn",))
        return
    for index, item in enumerate(resource.props.items("managedPolicyArns")):
        if (policy := item.text()) is not None:
            yield resource, Attached(policy, resource, ("managedPolicyArns", index))


def policy_name(arn: str) -> str:
    """The name in a policy's ARN."""
    return arn.rpartition("/")[2] if arn.startswith("arn:") else arn


def is_used_as(role: Resource | None, use: str, stack: Stack) -> bool:
    """Whether a role is for something."""
    return role is not None and use in uses(stack).get(role.urn, ())


def identity(resource: Resource, stack: Stack, *keys: str | int, types: Iterable[str]) -> str:
    """What a property refers to: the URN of a resource of the stack, or the text that is written.

    Raises:
        Undetermined: if neither is known.
    """
    found = stack.resolved(resource, *keys, types=tuple(types))
    if found is not None:
        return found.urn
    return resource.props.text(*keys) or ""


def _note(found: dict[str, set[str]], stack: Stack, resource: Resource, keys: tuple[str | int, ...], use: str) -> None:
    try:
        role = stack.resolved(resource, *keys, types=(ROLE,)) or _role_text(resource.props.raw(*keys), stack)
    except Undetermined:
        return
    if role is not None:
        found[role.urn].add(use)


def _role_named(resource: Resource, stack: Stack) -> Resource | None:
    return _role_text(resource.inputs.get("role"), stack)


def _role_text(value: Any, stack: Stack) -> Resource | None:
    if not isinstance(value, str) or "${" in value:
        return None
    name = value.rpartition("/")[2]
    return next((each for each in stack.of(ROLE) if each.inputs.get("name") == name), None)


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list) else 0
