"""What the pods of a service account may do in AWS: their IAM role by Pod Identity or IRSA, and its statements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from eks_blueprints.policies.objects import namespace_of, object_name
from eks_blueprints.policies.platform import ADDON, ASSOCIATION, ATTACHMENT, POLICY, ROLE, ROLE_POLICY
from eks_blueprints.policies.props import Props, Undetermined
from eks_blueprints.policies.roles import ACCOUNT, attached, documents, policy_name, statements, values
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.rights.model import Subject

IRSA = "eks.amazonaws.com/role-arn"


@dataclass(frozen=True, slots=True)
class AwsRole:
    """An IAM role of a service account."""

    role: str
    """Its name or ARN."""
    by: str
    """`Pod Identity` or `IRSA`, and what says so."""
    statements: tuple[str, ...] = ()
    """What it may do, in words: `s3:GetObject on arn:aws:s3:::assets/*`."""
    policies: tuple[str, ...] = ()
    """Managed policies of AWS, by name."""
    target: str = ""
    """The role, often of another account, that Pod Identity assumes next."""
    unknown: str = ""

    def to_data(self) -> dict[str, Any]:
        """It as JSON."""
        return {
            "role": self.role,
            "by": self.by,
            "statements": list(self.statements),
            "policies": list(self.policies),
            "targetRole": self.target,
            "unknown": self.unknown,
        }


def aws_roles(account: Subject, stack: Stack) -> Iterator[AwsRole]:
    """The IAM roles that the pods of a service account have."""
    for each in stack.of(ASSOCIATION):
        if (each.inputs.get("namespace"), each.inputs.get("serviceAccount")) == (account.namespace, account.name):
            target = each.inputs.get("targetRoleArn")
            yield _role(each, ("roleArn",), f"Pod Identity ({each.name})", stack, str(target or ""))
    for each in stack.of(ADDON):
        given = each.inputs.get("podIdentityAssociations")
        for index, association in enumerate(given if isinstance(given, list) else ()):
            if isinstance(association, dict) and association.get("serviceAccount") == account.name:
                yield _role(
                    each, ("podIdentityAssociations", index, "roleArn"), f"Pod Identity (EKS add-on {each.name})", stack
                )
    for each in stack.of(ACCOUNT):
        if (namespace_of(each, stack), object_name(each, stack)) == (account.namespace, account.name):
            keys = ("metadata", "annotations", IRSA)
            try:
                said = each.props.has(*keys)
            except Undetermined:
                said = False
            if said:
                yield _role(each, keys, f"IRSA ({IRSA} of {each.name})", stack)


def _role(resource: Resource, keys: tuple[str | int, ...], by: str, stack: Stack, target: str = "") -> AwsRole:
    arn = resource.props.raw(*keys)
    role = stack.resolve(arn, ROLE, near=resource.property_dependencies.get(str(keys[0]), ()))
    if role is None:
        known = str(arn) if isinstance(arn, str) else "unknown"
        return AwsRole(known, by, target=target, unknown="the role is not made by this stack")
    said, policies, unknown = list[str](), list[str](), ""
    try:
        for document in _documents(role, stack):
            said += (_told(each) for each in statements(document))
        policies = [policy_name(each) for each in _managed(role, stack)]
    except Undetermined as error:
        unknown = str(error)
    return AwsRole(str(role.inputs.get("name") or role.name), by, tuple(said), tuple(policies), target, unknown)


def _documents(role: Resource, stack: Stack) -> Iterator[Props]:
    """Inline policies of a role, and the managed ones that the stack makes."""
    yield from documents(role)
    for each in stack.of(ROLE_POLICY):
        if stack.resolved(each, "role", types=(ROLE,)) is role:
            yield from documents(each)
    for arn in _attached(role, stack):
        if (policy := stack.resolve(arn, POLICY)) is not None:
            yield from documents(policy)


def _managed(role: Resource, stack: Stack) -> Iterator[str]:
    yield from (arn for arn in _attached(role, stack) if stack.resolve(arn, POLICY) is None)


def _attached(role: Resource, stack: Stack) -> Iterator[str]:
    for each in (role, *stack.of(ATTACHMENT)):
        for owner, found in attached(each, stack):
            if owner is role:
                yield found.policy


def _told(statement: Props) -> str:
    """A statement in words."""
    effect = "" if statement.raw("Effect") == "Allow" else "not "
    actions = ", ".join(values(statement, "Action")) or f"all but {', '.join(values(statement, 'NotAction'))}"
    on = ", ".join(values(statement, "Resource")) or f"all but {', '.join(values(statement, 'NotResource'))}"
    when = ", if conditions hold" if statement.has("Condition") else ""
    return f"{effect}{actions} on {on}{when}"
