"""Rights inside Kubernetes."""

from __future__ import annotations

from collections.abc import Iterator

from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.objects import object_name
from eks_blueprints.policies.props import Faults, NotApplicable, Props, Undetermined
from eks_blueprints.policies.rbac import (
    AUTHENTICATION,
    BINDINGS,
    CLUSTER_BINDING,
    CLUSTER_ROLE,
    ESCALATION,
    INSIDE,
    PODS,
    RBAC,
    READ,
    ROLE,
    ROLES,
    TAKEOVER,
    TAKEOVER_INSIDE,
    WRITE,
    extras,
    given,
    gives,
    named,
    subjects,
    wild,
)

_GIVES_ALL = ("cluster-admin", "admin", "edit", "system:masters")
"""What leads to much more when one may bind or impersonate it."""
_HARMLESS = frozenset(
    {
        "system:anonymous",
        "system:authenticated",
        "system:auth-delegator",
        "system:basic-user",
        "system:discovery",
        "system:kube-dns",
        "system:monitoring",
        "system:node-problem-detector",
        "system:public-info-viewer",
        "system:service-account-issuer-discovery",
        "system:serviceaccounts",
        "system:unauthenticated",
        "system:volume-scheduler",
    }
)
"""Users, groups and roles of Kubernetes' own that give little. Source: `bootstrappolicy/policy.go` of Kubernetes v1.35;
all others of its own, such as system:node, read Secrets, or make objects everywhere."""
_EVERYBODY = ("system:masters", "system:unauthenticated", "system:authenticated", "system:serviceaccounts")
_ANONYMOUS = "system:anonymous"
"""A user; taken for a group now and then."""
_FOR_EVERYBODY = (
    "system:basic-user",
    "system:discovery",
    "system:public-info-viewer",
    "system:service-account-issuer-discovery",
)
"""Roles that Kubernetes itself gives to whoever has authenticated, or to everyone."""
_OF_COMPONENTS = ("system:node", "system:kube-", "system:controller:", "system:volume-scheduler", "eks:")
_EVERY_NAMESPACE = ("admin", "edit")
_ANSWERED = ("update", "patch", "deletecollection")
"""Verbs to which the API server answers with the objects themselves."""


def grants(context: Context) -> list[Props]:
    """The rules of a role that are about resources; none of one that only gathers others."""
    return [each for each in context.resource.props.items("rules") if not each.has("nonResourceURLs")]


def roles(context: Context) -> Iterator[Props]:
    """The rules of a role, then the selectors by which it gathers those of others."""
    yield from grants(context)
    yield from context.resource.props.items("aggregationRule", "clusterRoleSelectors")


@rule(
    "k8s-rbac-no-wildcards",
    *ROLES,
    severity="high",
    enforcement="mandatory",
    wave=1,
    each=roles,
    patches=True,
)
def no_wildcards(part: Props) -> Faults:
    """Roles use no wildcards.

    Rights to change every resource of a group, to read every resource of every group, and every right to resources of
    Kubernetes itself fail; so does a role that gathers the rules of all others. Every right to custom resources,
    reading all of one group, and resources of all groups are advisory, and so is what looks like a pattern and is none:
    Kubernetes knows `*` and `*/status`, and `pods/*` gives nothing.
    """
    if part.path[0] == "aggregationRule":
        if part.value == {} or not (part.pairs("matchLabels") or part.items("matchExpressions")):
            yield part.fault("collects the rules of every role", got={})
        return
    verbs, resources, groups = (wild(part, key) for key in ("verbs", "resources", "apiGroups"))
    if resources and (verbs or groups or _changes(part)):
        of = "" if groups or not part.items("apiGroups") else f" of {_some(part.words('apiGroups'))}"
        yield part.fault(f"gives rights to everything{of}", "resources", got=["*"])
    elif resources:
        yield part.fault("reads every resource of its groups", "resources", got=["*"], advisory=True)
    elif verbs:
        custom = bool(part.items("apiGroups")) and all(map(_is_custom, part.words("apiGroups")))
        yield part.fault("gives every right to some resources", "verbs", got=["*"], advisory=custom)
    elif groups:
        yield part.fault("is about resources of every group", "apiGroups", got=["*"], advisory=True)
    if idle := [each for each in part.words("resources") if each.endswith("/*")]:
        do = "name the subresources, such as pods/log"
        yield part.fault("is not a valid pattern that Kubernetes knows", "resources", got=idle, do=do, advisory=True)


def _some(groups: list[str]) -> str:
    said = [each or "the core group" for each in groups]
    return ", ".join(said[:2]) + (f" and {len(said) - 2} more" if len(said) > 2 else "")


@rule(
    "k8s-rbac-no-cluster-admin-binding",
    *BINDINGS,
    severity="critical",
    enforcement="mandatory",
    wave=1,
    params={"allow": []},
)
def no_cluster_admin(binding: Props, context: Context) -> Faults:
    """Nobody is bound to cluster-admin.

    No binding is to the ClusterRole cluster-admin, or to one that Kubernetes or EKS keeps for its own components
    (system:node, system:controller:…), unless its name is in the parameter allow. admin and edit in every namespace,
    which read all Secrets, are advisory.
    """
    name = binding.text("roleRef", "name") or ""
    if binding.symbolic(name):
        raise Undetermined((*binding.path, "roleRef", "name"))
    if (
        binding.get("roleRef", "kind") == "Role"
        or object_name(context.resource, context.stack) in context.params["allow"]
    ):
        return
    if name == "cluster-admin":
        yield binding.fault("makes an administrator of the cluster", "roleRef", "name", got=name)
    elif name.startswith(_OF_COMPONENTS):
        yield binding.fault("gives rights of a component of Kubernetes itself", "roleRef", "name", got=name)
    elif name in _EVERY_NAMESPACE and context.resource.type == CLUSTER_BINDING:
        yield binding.fault(
            "changes every namespace, and reads every Secret", "roleRef", "name", got=name, advisory=True
        )


@rule("k8s-rbac-no-system-group-binding", *BINDINGS, severity="critical", enforcement="mandatory", wave=1)
def no_everybody(binding: Props, context: Context) -> Faults:
    """Roles are not bound to groups that include everyone.

    No subject is the group system:masters, system:authenticated, system:unauthenticated, system:nodes or one of all
    service accounts, the user system:anonymous or one of a component of Kubernetes, or the service account default.
    The roles that Kubernetes gives to everyone, such as system:discovery, may be bound so.
    """
    open_to_all = binding.text("roleRef", "name") in _FOR_EVERYBODY
    for index, (kind, _, name) in enumerate(subjects(context.resource, context.stack)):
        everybody = kind == "Group" and (name in _EVERYBODY or name.startswith("system:serviceaccounts:"))
        if not open_to_all and (everybody or name == _ANONYMOUS or (kind == "ServiceAccount" and name == "default")):
            yield binding.fault("gives rights to everyone", "subjects", index, "name", got=name)
        elif (kind == "Group" and name == "system:nodes") or (
            kind == "User" and name.startswith(("system:node:", "system:kube-"))
        ):
            yield binding.fault("gives rights to a component of Kubernetes itself", "subjects", index, "name", got=name)


@rule(
    "k8s-rbac-secrets-access",
    *ROLES,
    severity="high",
    enforcement="advisory",
    wave=2,
    each=grants,
    patches=True,
)
def secrets_access(grant: Props, context: Context) -> Faults:
    """Roles can read only named secrets.

    A role that may get, list or watch secrets of the core group, be it by `*`, names them by resourceNames; so does one
    that may update, patch or delete them all, for the API server answers with what they hold.
    """
    if named(grant) or (not (reads := gives(grant, READ, "secrets")) and not gives(grant, _ANSWERED, "secrets")):
        return
    own = context.resource.type == ROLE
    what = f"may {'read' if reads else 'change'} every secret{' of its namespace' if own else ''}"
    yield grant.fault(what, "resources", got=grant.raw("resources"), do="name them by resourceNames" if own else "")


@rule(
    "k8s-rbac-no-escalate-bind-impersonate",
    *ROLES,
    severity="critical",
    enforcement="mandatory",
    wave=1,
    each=grants,
    patches=True,
)
def no_escalation(grant: Props) -> Faults:
    """Roles cannot extend their own rights.

    No role has the verbs escalate or bind on roles and cluster roles, or impersonate on users, groups, service accounts
    and what else tells who somebody is; `*` gives them too. For bind and impersonate on what resourceNames names this
    is advisory, unless cluster-admin, admin, edit, or something of Kubernetes' own that gives much, such as
    system:masters or system:node, is one of the names. bind on bindings gives nothing, for Kubernetes checks it on
    roles; it is advisory.
    """
    found = {(verb, each) for each, verbs, group in ESCALATION for verb in verbs if gives(grant, verb, each, group)}
    found |= {("impersonate", each) for each in extras(grant) if gives(grant, "impersonate", each, AUTHENTICATION)}
    if found:
        names = named(grant)
        # Whoever may escalate a role puts into it what he likes.
        narrow = bool(names) and not any(map(_gives_much, names)) and all(verb != "escalate" for verb, _ in found)
        got = sorted({f"{verb} {each}" for verb, each in found})
        yield grant.fault("may give itself more rights", "verbs", got=got, advisory=narrow)
    elif idle := [each for each in ("rolebindings", "clusterrolebindings") if gives(grant, "bind", each, RBAC)]:
        do = "leave bind out; Kubernetes checks it on roles"
        yield grant.fault("requests bind on what is bound already", "resources", got=idle, do=do, advisory=True)


def _gives_much(name: str) -> bool:
    """Whether a user, group or role, by its name, gives much more than most."""
    return name in _GIVES_ALL or (name.startswith("system:") and name not in _HARMLESS)


@rule(
    "k8s-rbac-no-exec-or-node-proxy",
    *ROLES,
    severity="high",
    enforcement="advisory",
    wave=2,
    each=grants,
    patches=True,
)
def no_exec(grant: Props) -> Faults:
    """Roles do not allow exec into pods or access to the kubelet.

    No create or get on pods/exec, pods/attach and pods/portforward, no update or patch on pods/ephemeralcontainers, and
    nothing at all on nodes/proxy; `*` and `*/exec` give them too.
    """
    if found := given(grant, INSIDE):
        yield grant.fault("may open a shell in running pods", "resources", got=found)
    if gives(grant, (*READ, *WRITE), "nodes/proxy"):
        yield grant.fault("may talk to kubelets, past the audit log", "resources", got=["nodes/proxy"])


@rule(
    "k8s-rbac-create-pods-limited",
    CLUSTER_ROLE,
    severity="medium",
    enforcement="advisory",
    wave=2,
    params={"allow": []},
    patches=True,
)
def create_pods(role: Props, context: Context) -> Faults:
    """Roles do not allow creating pods in all namespaces."""
    if object_name(context.resource, context.stack) in context.params["allow"]:
        raise NotApplicable
    for grant in grants(context):
        if found := given(grant, PODS):
            yield grant.fault("may run pods in every namespace", "resources", got=found)


@rule(
    "k8s-rbac-no-webhook-or-csr-control",
    *ROLES,
    severity="high",
    enforcement="advisory",
    wave=2,
    each=grants,
    patches=True,
)
def no_takeover(grant: Props, context: Context) -> Faults:
    """Roles cannot change webhooks or approve certificates."""
    if context.resource.type == ROLE:
        if found := given(grant, TAKEOVER_INSIDE):
            yield grant.fault("controls who its namespace's pods are, or where traffic goes", "resources", got=found)
    elif found := given(grant, (*TAKEOVER, *TAKEOVER_INSIDE)):
        yield grant.fault("controls what controls the cluster", "resources", got=found)


def _changes(grant: Props) -> bool:
    return any(verb in WRITE for verb in grant.words("verbs"))


def _is_custom(group: str) -> bool:
    """Whether an API group is none of Kubernetes itself."""
    return "." in group and not group.endswith(".k8s.io")
