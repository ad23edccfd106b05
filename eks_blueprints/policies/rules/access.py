"""Who may use the cluster: access entries and what they give."""

from __future__ import annotations

import re

from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.objects import CONFIG_MAP, object_name
from eks_blueprints.policies.platform import EC2_NODE_CLASS, ROLE, cluster_of
from eks_blueprints.policies.props import Faults, NotApplicable, Props, Undetermined
from eks_blueprints.policies.roles import identity, uses
from eks_blueprints.policies.stack import Stack

ENTRY = "aws:eks/accessEntry:AccessEntry"
ASSOCIATION = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"

_USER = re.compile(r"arn:[^:]+:iam::\d+:(user/|root)")
_RESERVED = ("system:", "eks:", "aws:", "amazon:", "iam:")
_TEAM_POLICIES = ("AmazonEKSAdminPolicy", "AmazonEKSEditPolicy", "AmazonEKSViewPolicy")
_NODE_TYPES = ("EC2_LINUX", "EC2_WINDOWS", "EC2", "FARGATE_LINUX", "HYBRID_LINUX")


@rule("eks-access-entry-no-iam-user", ENTRY, ASSOCIATION, severity="high", enforcement="mandatory", wave=1)
def no_user(entry: Props) -> Faults:
    """Access is given to roles, and never to IAM users or the root user."""
    principal = entry.text("principalArn") or ""
    if _USER.match(principal):
        yield entry.fault("gives access to an IAM user", "principalArn", got=principal)
    elif entry.symbolic(principal) and not re.match(r"\$\{[^}]*\}$|.*:role/", principal):
        raise Undetermined((*entry.path, "principalArn"))


@rule("eks-access-entry-no-system-groups", ENTRY, severity="critical", enforcement="mandatory", wave=1)
def no_system_groups(entry: Props) -> Faults:
    """Access entries do not use group or user names that are reserved by Kubernetes or EKS."""
    groups = entry.words("kubernetesGroups")
    if strange := [group for group in groups if group.startswith("system:")]:
        yield entry.fault("names a group of Kubernetes itself", "kubernetesGroups", got=strange)
    if groups and entry.get("type") not in (None, "STANDARD"):
        yield entry.fault("has groups, which only STANDARD entries support", "kubernetesGroups", got=entry.get("type"))
    user = entry.text("userName") or ""
    if user.startswith(_RESERVED):
        yield entry.fault("has a user name that EKS reserves", "userName", got=user)


@rule(
    "eks-access-cluster-admin-limited",
    ASSOCIATION,
    severity="high",
    enforcement="mandatory",
    wave=1,
    across=True,
    params={"max": 2, "break_glass_pattern": ".*"},
)
def few_admins(association: Props, context: Context) -> Faults:
    """Few principals are administrators of the whole cluster."""
    if not _is_cluster_admin(association):
        raise NotApplicable
    stack = context.stack
    admins = dict.fromkeys(
        identity(each, stack, "principalArn", types=(ROLE,))
        for each in stack.of(ASSOCIATION)
        if _may_be_admin(each.props) and cluster_of(each, stack) is cluster_of(context.resource, stack)
    )
    own = identity(context.resource, stack, "principalArn", types=(ROLE,))
    if list(admins).index(own) >= context.params["max"]:
        do = f"keep at most {int(context.params['max'])}; give teams AmazonEKSAdminPolicy in their namespaces"
        yield association.fault("is one administrator too many", "policyArn", got=len(admins), do=do)
    pattern = context.params["break_glass_pattern"]
    principal = association.text("principalArn") or ""
    if context.production and not re.search(pattern, principal):
        yield association.fault("is no administrator for emergencies", "principalArn", got=principal)


@rule(
    "eks-access-team-policies-namespaced",
    ASSOCIATION,
    severity="medium",
    enforcement="advisory",
    wave=2,
    params={"platform_roles": ["admin", "admins", "platform", "platform-admin", "platform-operators", "platform-team"]},
)
def team_policies(association: Props, context: Context) -> Faults:
    """Access policies for teams are limited to namespaces.

    The roles of `platform_roles`, by their whole names without a path, belong to whoever runs the platform.
    """
    if (association.text("policyArn") or "").rpartition("/")[2] not in _TEAM_POLICIES:
        raise NotApplicable
    principal = association.text("principalArn") or ""
    if principal.rpartition("/")[2] in context.params["platform_roles"]:
        raise NotApplicable
    scope = association.get("accessScope", "type")
    namespaces = association.words("accessScope", "namespaces") if scope == "namespace" else []
    if scope != "namespace" or not namespaces:
        yield association.fault("reaches every namespace", "accessScope", "type", got=scope)
    elif wrong := [each for each in namespaces if each in ("*", "kube-system")]:
        yield association.fault("reaches namespaces of the platform", "accessScope", "namespaces", got=wrong)


@rule(
    "eks-access-entry-node-type", ENTRY, EC2_NODE_CLASS, severity="high", enforcement="mandatory", wave=1, across=True
)
def node_entries(subject: Props, context: Context) -> Faults:
    """Node roles have an access entry of a node type.

    An entry whose principal is a role of nodes is not STANDARD; with authenticationMode API the role of an
    EC2NodeClass that the stack makes has an entry, because Karpenter's nodes get none by themselves.
    """
    stack, resource = context.stack, context.resource
    if resource.type == ENTRY:
        role = stack.resolved(resource, "principalArn", types=(ROLE,))
        if role is None or "node" not in uses(stack).get(role.urn, ()):
            raise NotApplicable
        found = subject.get("type")
        if found not in _NODE_TYPES:
            yield subject.fault("is no entry for nodes", "type", got=found or "STANDARD")
        return
    role = stack.resolved(resource, "spec", "role", types=(ROLE,))
    cluster = cluster_of(resource, stack)
    mode = cluster.props.get("accessConfig", "authenticationMode") if cluster else None
    if role is None or mode != "API":
        raise NotApplicable
    if not _has_entry(role.urn, stack):
        yield subject.fault("names a role without an access entry", "spec", "role")


@rule("eks-aws-auth-configmap-absent", CONFIG_MAP, severity="medium", enforcement="advisory", wave=2, patches=True)
def aws_auth(config: Props, context: Context) -> Faults:
    """Access is not given by the aws-auth ConfigMap."""
    config.text("metadata", "name")
    if object_name(context.resource, context.stack) != "aws-auth":
        return
    cluster = cluster_of(context.resource, context.stack)
    mode = cluster.props.get("accessConfig", "authenticationMode") if cluster else None
    ignored = mode == "API"
    what = "is ignored by the cluster, which reads access entries alone" if ignored else "gives access by aws-auth"
    yield config.fault(what, "metadata", "name", got="aws-auth")


def _is_cluster_admin(association: Props) -> bool:
    policy = association.text("policyArn") or ""
    return policy.endswith("/AmazonEKSClusterAdminPolicy") and association.get("accessScope", "type") == "cluster"


def _may_be_admin(association: Props) -> bool:
    try:
        return _is_cluster_admin(association)
    except Undetermined:
        return False


def _has_entry(role: str, stack: Stack) -> bool:
    for entry in stack.of(ENTRY):
        found = stack.resolved(entry, "principalArn", types=(ROLE,))
        if found is not None and found.urn == role:
            return True
    return False
