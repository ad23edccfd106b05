"""The access entries of a cluster: those that a stack writes down, and that of whoever creates the cluster."""

from __future__ import annotations

from collections.abc import Iterator

from eks_blueprints.policies.platform import on_cluster
from eks_blueprints.policies.props import Undetermined
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.rights.model import Entry, Subject

ENTRY = "aws:eks/accessEntry:AccessEntry"
ASSOCIATION = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
CREATOR = "whoever creates the cluster"
ADMINISTRATOR = "AmazonEKSClusterAdminPolicy"

_NODE_USER = "system:node:{{EC2PrivateDNSName}}"
_NODES = ("system:nodes",)
_GROUPS = {
    "EC2_LINUX": ("system:bootstrappers", *_NODES),
    "EC2_WINDOWS": ("system:bootstrappers", "eks:kube-proxy-windows", *_NODES),
    "FARGATE_LINUX": ("system:bootstrappers", "system:node-proxier", *_NODES),
    "EC2": _NODES,
    "HYBRID_LINUX": ("system:bootstrappers", *_NODES),
    "HYPERPOD_LINUX": ("system:bootstrappers", *_NODES),
}
"""Groups that EKS gives to roles of nodes. Source: EKS User Guide, "Create access entries", read 2026-11."""


def entries(cluster: Resource | None, stack: Stack) -> list[Entry]:
    """All access entries of a cluster."""
    policies = list(_policies(cluster, stack))
    found = [
        Entry(
            principal,
            each.name,
            kind := str(each.inputs.get("type") or "STANDARD"),
            _user(each, principal, kind),
            (*_groups(each), *_GROUPS.get(kind, ())),
            tuple((policy, where) for who, policy, where in policies if who == principal),
            "" if each.position is None else f"{each.position.file}:{each.position.line}",
        )
        for each in on_cluster(cluster, stack, ENTRY)
        for principal in (_principal(each, stack),)
    ]
    if cluster is not None and _creator_administers(cluster):
        found.append(Entry(_creator(cluster, stack), "", policies=((ADMINISTRATOR, None),)))
    return found


def _policies(cluster: Resource | None, stack: Stack) -> Iterator[tuple[Subject, str, tuple[str, ...] | None]]:
    for each in on_cluster(cluster, stack, ASSOCIATION):
        policy = str(each.inputs.get("policyArn", "")).rpartition("/")[2]
        try:
            limited = each.props.get("accessScope", "type") == "namespace"
            where = tuple(each.props.words("accessScope", "namespaces")) if limited else None
        except Undetermined:
            where = ("?",)
        yield _principal(each, stack), policy, where


def _principal(resource: Resource, stack: Stack) -> Subject:
    """The principal of an entry or an association: its ARN, or the name of a role of the stack."""
    arn = resource.inputs.get("principalArn")
    if not isinstance(arn, str):
        return Subject("principal", f"unknown ({resource.name})")
    if (entry := stack.resolve(arn, ENTRY)) is not None:
        return _principal(entry, stack)
    role = stack.resolve(arn) if "${" in arn else None
    return Subject("principal", f"role/{role.inputs.get('name') or role.name}" if role is not None else arn)


def _groups(resource: Resource) -> tuple[str, ...]:
    given = resource.inputs.get("kubernetesGroups")
    return tuple(map(str, given)) if isinstance(given, list) else ()


def _user(resource: Resource, principal: Subject, kind: str) -> str:
    given = resource.inputs.get("userName")
    if isinstance(given, str):
        return given
    if kind != "STANDARD":
        return _NODE_USER
    arn = principal.name
    if arn.startswith("arn:") and ":role/" in arn:
        partition, account = arn.split(":")[1], arn.split(":")[4]
        return f"arn:{partition}:sts::{account}:assumed-role/{arn.rpartition('/')[2]}/{{{{SessionName}}}}"
    return arn


def _creator_administers(cluster: Resource) -> bool:
    """Whether EKS makes an administrator of whoever creates a cluster; where nothing is said it does."""
    try:
        return cluster.props.flag("accessConfig", "bootstrapClusterCreatorAdminPermissions") is not False
    except Undetermined:
        return True


def _creator(cluster: Resource, stack: Stack) -> Subject:
    provider = stack.by_urn.get(cluster.provider or "")
    roles = provider.inputs.get("assumeRoles") if provider is not None else None
    if isinstance(roles, str):  # providers get their inputs as JSON
        import json

        try:
            roles = json.loads(roles)
        except ValueError:
            roles = None
    arn = roles[-1].get("roleArn") if isinstance(roles, list) and roles and isinstance(roles[-1], dict) else None
    return Subject("principal", arn if isinstance(arn, str) else CREATOR)
