"""The AWS rights of pods, nodes and controllers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from eks_blueprints.core.iam_match import ADMINISTRATORS, limits, whole_service
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.objects import canonical, namespace_of, object_name, pod_of, workloads
from eks_blueprints.policies.platform import (
    ADDON,
    ASSOCIATION,
    ATTACHMENT,
    POLICY,
    ROLE,
    ROLE_POLICY,
    addon,
    auto_mode,
    cluster_of,
    fargate_profile_of,
    on_cluster,
)
from eks_blueprints.policies.props import Faults, NotApplicable, Props, Undetermined
from eks_blueprints.policies.roles import (
    ACCOUNT,
    allowing,
    attached,
    conditions,
    documents,
    identity,
    is_used_as,
    policy_name,
    unlimited,
    values,
)
from eks_blueprints.policies.stack import Resource, Stack

_NODE_POLICIES = (
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKSWorkerNodeMinimalPolicy",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonSSMManagedInstanceCore",
)
_WITH_ROLE = (
    "aws-ebs-csi-driver",
    "aws-efs-csi-driver",
    "aws-mountpoint-s3-csi-driver",
    "amazon-cloudwatch-observability",
    "adot",
)
_DELETES = re.compile(r":(Delete|Terminate|Remove)")


@rule(
    "eks-pod-identity-agent-present",
    ASSOCIATION,
    ADDON,
    severity="critical",
    enforcement="mandatory",
    wave=1,
    across=True,
)
def pod_identity_agent(subject: Props, context: Context) -> Faults:
    """The EKS Pod Identity Agent is installed if it is used.

    A cluster that is not in Auto Mode has the add-on eks-pod-identity-agent as soon as anything on it has an
    association, and no association is for pods that Fargate or Windows nodes run.
    """
    stack, resource = context.stack, context.resource
    if resource.type == ADDON and not subject.items("podIdentityAssociations"):
        raise NotApplicable
    cluster = cluster_of(resource, stack)
    if cluster is None or auto_mode(cluster):
        raise NotApplicable
    if addon("eks-pod-identity-agent", cluster, stack) is None:
        yield subject.fault("gets no credentials: the cluster has no eks-pod-identity-agent")
    if resource.type == ASSOCIATION:
        subject.text("serviceAccount")
        for workload in _workloads_of(resource, stack):
            if fargate_profile_of(workload, stack) is not None:
                yield subject.fault(f"is for {workload.name}, which Fargate runs", "serviceAccount", do="use IRSA")
            if pod_of(workload).get("nodeSelector", "kubernetes.io/os") == "windows":
                yield subject.fault(f"is for {workload.name}, which Windows runs", "serviceAccount", do="use IRSA")


@rule(
    "eks-workload-role-no-admin",
    ROLE,
    ATTACHMENT,
    ROLE_POLICY,
    severity="critical",
    enforcement="mandatory",
    wave=1,
    across=True,
    params={"allow": []},
)
def workload_admin(subject: Props, context: Context) -> Faults:
    """IAM roles of pods do not have administrator permissions.

    It is advised that what pods may delete is named too, or bound by a condition such as a tag.
    """
    stack, resource = context.stack, context.resource
    if resource.type == ROLE_POLICY:
        role = stack.resolved(resource, "role", types=(ROLE,))
    else:
        role = next((owner for owner, _ in attached(resource, stack)), None)
        role = resource if resource.type == ROLE else role
    if not is_used_as(role, "pod", stack):
        raise NotApplicable
    for _, policy in attached(resource, stack) if resource.type != ROLE_POLICY else ():
        name = policy_name(policy.policy)
        if (name in ADMINISTRATORS or name.endswith("FullAccess")) and name not in context.params["allow"]:
            yield subject.fault("gives pods far too many permissions", *policy.keys, got=name)
    for document in _own_documents(resource, stack):
        for statement in allowing(document):
            broad = [each for each in values(statement, "Action") if whole_service(each)]
            broad = broad or [f"all but {each}" for each in values(statement, "NotAction")]
            if broad and unlimited(statement):
                yield document.fault("allows pods every action of a service", got=broad)
                continue
            deleting = [each for each in values(statement, "Action") if _DELETES.search(each)]
            if deleting and unlimited(statement) and not _is_bound(statement):
                yield document.fault("allows pods to delete all of a kind", got=deleting, advisory=True)


@rule(
    "eks-one-role-per-service-account",
    ASSOCIATION,
    ACCOUNT,
    severity="medium",
    enforcement="advisory",
    wave=3,
    across=True,
)
def one_role_each(subject: Props, context: Context) -> Faults:
    """Each service account has its own IAM role.

    No role serves two service accounts; roles whose policies tell them apart by tags of the session need a waiver.
    """
    stack, resource = context.stack, context.resource
    own = _role_and_account(resource, stack)
    if own is None:
        raise NotApplicable
    for other in stack.of(ASSOCIATION, ACCOUNT):
        theirs = _role_and_account(other, stack)
        if theirs and theirs[0] == own[0] and theirs[1] != own[1]:
            yield subject.fault(f"shares its role with {theirs[1]}", *_role_keys(resource))
            return


@rule(
    "eks-service-account-single-identity-source", ACCOUNT, severity="high", enforcement="advisory", wave=3, across=True
)
def single_identity(account: Props, context: Context) -> Faults:
    """A service account uses either Pod Identity or IRSA, not both."""
    stack = context.stack
    if not account.has("metadata", "annotations", "eks.amazonaws.com/role-arn"):
        raise NotApplicable
    own = (namespace_of(context.resource, stack), object_name(context.resource, stack))
    for association in stack.of(ASSOCIATION):
        if _account_of(association, stack) == own:
            key = ("metadata", "annotations", "eks.amazonaws.com/role-arn")
            yield account.fault(f"has a role here and by {association.name}", *key)


@rule(
    "eks-node-role-least-privilege",
    ATTACHMENT,
    ROLE,
    severity="high",
    enforcement="mandatory",
    wave=1,
    across=True,
    params={"extra": []},
)
def node_role(subject: Props, context: Context) -> Faults:
    """Node roles have only the permissions that nodes need.

    Besides the policies for nodes, registries and Session Manager, and those of the parameter extra, a role of nodes
    has AmazonEKS_CNI_Policy only where the vpc-cni add-on has no role of its own.
    """
    stack, asked = context.stack, False
    for role, policy in attached(context.resource, stack):
        if not is_used_as(role, "node", stack):
            continue
        asked = True
        name = policy_name(policy.policy)
        if name in (*_NODE_POLICIES, *context.params["extra"]):
            continue
        if name == "AmazonEKS_CNI_Policy":
            cni = addon("vpc-cni", cluster_of(context.resource, stack), stack)
            if cni is not None and _has_own_role(cni, stack):
                yield subject.fault("gives nodes the rights that vpc-cni has itself", *policy.keys, got=name)
        elif name == "AmazonEKS_CNI_IPv6_Policy" or (stack.resolve(policy.policy, POLICY) and "ipv6" in name.lower()):
            continue
        else:
            yield subject.fault("gives every pod of a node more than it needs", *policy.keys, got=name)
    if not asked:
        raise NotApplicable


@rule(
    "eks-cni-own-iam-role",
    ADDON,
    severity="medium",
    enforcement="advisory",
    production="mandatory",
    wave=2,
    across=True,
)
def cni_role(cni: Props, context: Context) -> Faults:
    """The VPC CNI has its own IAM role."""
    if cni.get("addonName") != "vpc-cni":
        raise NotApplicable
    if not _has_own_role(context.resource, context.stack):
        yield cni.fault("uses the role of the nodes", "podIdentityAssociations")


@rule("eks-csi-drivers-own-iam-role", ADDON, severity="medium", enforcement="mandatory", wave=2, across=True)
def controller_roles(driver: Props, context: Context) -> Faults:
    """Storage and observability add-ons have their own IAM roles."""
    if driver.get("addonName") not in _WITH_ROLE:
        raise NotApplicable
    if not _has_own_role(context.resource, context.stack):
        yield driver.fault("uses the role of the nodes", "podIdentityAssociations")


def _is_bound(statement: Props) -> bool:
    """Whether conditions hold a statement to some of a kind; that a tag is there at all does."""
    found = conditions(statement)
    return limits(found) or any(
        operator.lower() == "null" and "tag/" in key.lower() and "false" in wanted for operator, key, wanted in found
    )


def _own_documents(resource: Resource, stack: Stack) -> list[Props]:
    """The policy documents of a role or of what it is given, as far as the stack makes them."""
    if resource.type != ATTACHMENT:
        return documents(resource)
    policy = stack.resolved(resource, "policyArn", types=(POLICY,))
    return documents(policy) if policy is not None else []


def _has_own_role(found: Resource, stack: Stack) -> bool:
    if found.props.has("serviceAccountRoleArn") or found.props.has("podIdentityAssociations"):
        return True
    wanted = _accounts_of(str(found.props.get("addonName")))
    associations = on_cluster(cluster_of(found, stack), stack, ASSOCIATION)
    return any(_account_of(each, stack)[1] in wanted for each in associations)


def _accounts_of(addon_name: str) -> list[str]:
    """The service accounts under which an add-on of EKS calls AWS."""
    found: list[str] = _identities().get(addon_name, {}).get("accounts", [])
    return found


@cache
def _identities() -> dict[str, Any]:
    return tomllib.loads(files("eks_blueprints.addons").joinpath("_eks_identities.toml").read_text(encoding="utf-8"))


def _account_of(association: Resource, stack: Stack) -> tuple[str, str]:
    namespace, account = association.inputs.get("namespace"), association.inputs.get("serviceAccount")
    return (
        canonical(namespace, stack) if isinstance(namespace, str) else "",
        canonical(account, stack) if isinstance(account, str) else "",
    )


def _workloads_of(association: Resource, stack: Stack) -> Iterator[Resource]:
    namespace, account = _account_of(association, stack)
    for workload in workloads(stack, namespace):
        found = pod_of(workload).text("serviceAccountName")
        if found is not None and canonical(found, stack) == account:
            yield workload


def _role_keys(resource: Resource) -> tuple[str, ...]:
    if resource.type == ASSOCIATION:
        return ("roleArn",)
    return ("metadata", "annotations", "eks.amazonaws.com/role-arn")


def _role_and_account(resource: Resource, stack: Stack) -> tuple[str, str] | None:
    try:
        if not resource.props.has(*_role_keys(resource)):
            return None
        role = identity(resource, stack, *_role_keys(resource), types=(ROLE,))
    except Undetermined:
        return None
    if resource.type == ASSOCIATION:
        return role, "/".join(_account_of(resource, stack))
    return role, f"{namespace_of(resource, stack)}/{object_name(resource, stack)}"
