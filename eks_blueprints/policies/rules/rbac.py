"""Rights inside Kubernetes, and the webhooks that stand before everything."""

from __future__ import annotations

from collections.abc import Collection

from eks_blueprints.policies.objects import object_name
from eks_blueprints.policies.props import Faults, NotApplicable, Props
from eks_blueprints.policies.rule import Context, rule
from eks_blueprints.policies.rules.secrets import BINDINGS, subjects

_RBAC = "kubernetes:rbac.authorization.k8s.io/v1:"
CLUSTER_ROLE, ROLE = f"{_RBAC}ClusterRole", f"{_RBAC}Role"
_HOOKS = "kubernetes:admissionregistration.k8s.io/v1:"
WEBHOOKS = (f"{_HOOKS}ValidatingWebhookConfiguration", f"{_HOOKS}MutatingWebhookConfiguration")

_EVERYBODY = ("system:masters", "system:unauthenticated", "system:authenticated", "system:serviceaccounts")
_CONTROLLERS = (
    "pods",
    "deployments",
    "statefulsets",
    "daemonsets",
    "replicasets",
    "replicationcontrollers",
    "jobs",
    "cronjobs",
)
_INTERACTIVE = ("pods/exec", "pods/attach", "pods/portforward", "pods/ephemeralcontainers")
_WRITE = ("create", "update", "patch", "delete", "deletecollection")
_TAKEOVER: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("mutatingwebhookconfigurations", "validatingwebhookconfigurations", "validatingadmissionpolicies"), _WRITE),
    (("certificatesigningrequests/approval",), ("update", "patch")),
    (("signers",), ("approve",)),
    (("serviceaccounts/token",), ("create",)),
    (("persistentvolumes",), ("create",)),
    (("services/status",), ("patch", "update")),
)


def grants(context: Context) -> list[Props]:
    """The rules of a role that are about resources; none of one that only gathers others."""
    return [each for each in context.resource.props.items("rules") if not each.has("nonResourceURLs")]


@rule(
    "k8s-rbac-no-wildcards",
    CLUSTER_ROLE,
    ROLE,
    severity="high",
    enforcement="mandatory",
    wave=1,
    each=grants,
    patches=True,
)
def no_wildcards(grant: Props) -> Faults:
    """No role has rights to what does not exist yet.

    `*` for verbs together with resources, or for API groups together with resources, fails; `*` for the verbs of
    named resources is advisory.
    """
    verbs, resources, groups = (grant.words(key) for key in ("verbs", "resources", "apiGroups"))
    if "*" in resources and ("*" in verbs or "*" in groups):
        yield grant.fault("gives rights to everything", "resources", got=["*"])
    elif "*" in verbs:
        yield grant.fault("gives every right to some resources", "verbs", got=["*"], advisory=True)


@rule(
    "k8s-rbac-no-cluster-admin-binding",
    *BINDINGS,
    severity="critical",
    enforcement="mandatory",
    wave=1,
    params={"allow": []},
)
def no_cluster_admin(binding: Props, context: Context) -> Faults:
    """Nobody is an administrator of the cluster by a binding."""
    if binding.get("roleRef", "name") != "cluster-admin":
        return
    if object_name(context.resource, context.stack) not in context.params["allow"]:
        yield binding.fault("makes an administrator of the cluster", "roleRef", "name", got="cluster-admin")


@rule("k8s-rbac-no-system-group-binding", *BINDINGS, severity="critical", enforcement="mandatory", wave=1)
def no_everybody(binding: Props, context: Context) -> Faults:
    """Rights are given to somebody, and not to everybody."""
    for index, (kind, _, name) in enumerate(subjects(context.resource, context.stack)):
        everybody = kind == "Group" and (name in _EVERYBODY or name.startswith("system:serviceaccounts:"))
        if (
            everybody
            or (kind == "User" and name == "system:anonymous")
            or (kind == "ServiceAccount" and name == "default")
        ):
            yield binding.fault("gives rights to everybody", "subjects", index, "name", got=name)


@rule(
    "k8s-rbac-secrets-access",
    CLUSTER_ROLE,
    ROLE,
    severity="high",
    enforcement="advisory",
    wave=2,
    each=grants,
    patches=True,
)
def secrets_access(grant: Props) -> Faults:
    """Secrets are read by name.

    A role that may get, list or watch secrets of the core group names them by resourceNames.
    """
    if _gives(grant, ("secrets",), ("get", "list", "watch"), group="") and not grant.items("resourceNames"):
        yield grant.fault("may read every secret", "resources", got=["secrets"])


@rule(
    "k8s-rbac-no-escalate-bind-impersonate",
    CLUSTER_ROLE,
    ROLE,
    severity="critical",
    enforcement="mandatory",
    wave=1,
    each=grants,
    patches=True,
)
def no_escalation(grant: Props) -> Faults:
    """No role can give itself more rights."""
    verbs = set(grant.words("verbs"))
    about = set(grant.words("resources"))
    roles = about & {"roles", "clusterroles", "*"}
    people = about & {"users", "groups", "serviceaccounts", "uids", "*"}
    found: set[str] = {verb for verb in ("escalate", "bind") if verb in verbs and roles}
    found |= {"impersonate"} & verbs if people else set()
    if found:
        yield grant.fault("may give itself more rights", "verbs", got=sorted(found))


@rule(
    "k8s-rbac-no-exec-or-node-proxy",
    CLUSTER_ROLE,
    ROLE,
    severity="high",
    enforcement="advisory",
    wave=2,
    each=grants,
    patches=True,
)
def no_exec(grant: Props) -> Faults:
    """No role leads into running pods or past the API server."""
    if _gives(grant, _INTERACTIVE, ("create", "get"), group=""):
        yield grant.fault("may step into running pods", "resources", got=_of(grant, _INTERACTIVE))
    if "nodes/proxy" in grant.words("resources"):
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
    """Nobody makes pods in every namespace."""
    if object_name(context.resource, context.stack) in context.params["allow"]:
        raise NotApplicable
    for grant in grants(context):
        if _gives(grant, _CONTROLLERS, ("create",)):
            yield grant.fault("may run pods in every namespace", "resources", got=_of(grant, _CONTROLLERS))


@rule(
    "k8s-rbac-no-webhook-or-csr-control",
    CLUSTER_ROLE,
    severity="high",
    enforcement="advisory",
    wave=2,
    each=grants,
    patches=True,
)
def no_takeover(grant: Props) -> Faults:
    """No role controls what controls the cluster."""
    for resources, verbs in _TAKEOVER:
        if _gives(grant, resources, verbs):
            yield grant.fault("controls what controls the cluster", "resources", got=_of(grant, resources))


def hooks(context: Context) -> list[Props]:
    """The webhooks of a configuration."""
    return context.resource.props.items("webhooks")


@rule("k8s-webhook-fail-safe", *WEBHOOKS, severity="high", enforcement="mandatory", wave=1, each=hooks)
def webhook_safe(hook: Props) -> Faults:
    """A webhook that is down does not take the cluster with it.

    A webhook with failurePolicy Fail, the default, has a namespaceSelector or objectSelector and a timeout of at most
    10 seconds, and its rules are not about every group and resource.
    """
    if hook.get("failurePolicy") == "Ignore":
        return
    for each in hook.items("rules"):
        if "*" in each.words("apiGroups") and "*" in each.words("resources"):
            yield each.fault("stands before everything", "resources", got=["*"])
    if not hook.get("namespaceSelector") and not hook.get("objectSelector"):
        yield hook.fault("stands before kube-system and itself", "namespaceSelector")
    seconds = hook.number("timeoutSeconds")
    if seconds is not None and seconds > 10:
        yield hook.fault("holds requests for long", "timeoutSeconds", got=seconds)


def _gives(grant: Props, resources: Collection[str], verbs: Collection[str], group: str | None = None) -> bool:
    if group is not None and not {group, "*"} & set(grant.words("apiGroups") or [""]):
        return False
    about, may = grant.words("resources"), grant.words("verbs")
    # A role for everything is told once, by k8s-rbac-no-wildcards.
    return any(each in resources for each in about) and ("*" in may or any(each in verbs for each in may))


def _of(grant: Props, resources: Collection[str]) -> list[str]:
    return [each for each in grant.words("resources") if each in resources]
