"""What a rule of a role gives in Kubernetes, decided as the API server decides it.

Verbs and API groups match by their name or `*`. A resource matches by its name, by `*`, which stands for every resource
and subresource, or, for a subresource, by `*/<subresource>`; nothing else is a pattern: `pods/*` and `*/*` match no
request. Source: `auth/rbac/validation/policy_comparator.go` of k8s.io/component-helpers v0.37.2, read 2026-11-29.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from eks_blueprints.policies.objects import canonical, namespace_of, object_name
from eks_blueprints.policies.props import Props, Undetermined, any_known
from eks_blueprints.policies.stack import Resource, Stack

CORE = ""
RBAC = "rbac.authorization.k8s.io"
AUTHENTICATION = "authentication.k8s.io"

CLUSTER_ROLE, ROLE = f"kubernetes:{RBAC}/v1:ClusterRole", f"kubernetes:{RBAC}/v1:Role"
CLUSTER_BINDING, BINDING = f"kubernetes:{RBAC}/v1:ClusterRoleBinding", f"kubernetes:{RBAC}/v1:RoleBinding"
ROLES, BINDINGS = (CLUSTER_ROLE, ROLE), (BINDING, CLUSTER_BINDING)

READ = ("get", "list", "watch")
WRITE = ("create", "update", "patch", "delete", "deletecollection")

ALL = "*"
_EXTRAS = "userextras/"

_ADMISSION = "admissionregistration.k8s.io"
_CERTIFICATES = "certificates.k8s.io"
_CHANGE = ("update", "patch")

Right = tuple[str, tuple[str, ...], str]
"""A resource, verbs and the API group: the right to do one of these verbs."""

PODS: tuple[Right, ...] = (
    ("pods", ("create",), CORE),
    ("replicationcontrollers", ("create",), CORE),
    *((each, ("create",), "apps") for each in ("deployments", "statefulsets", "daemonsets", "replicasets")),
    *((each, ("create",), "batch") for each in ("jobs", "cronjobs")),
)
"""What runs pods."""
INSIDE: tuple[Right, ...] = (
    *((f"pods/{each}", ("create", "get"), CORE) for each in ("exec", "attach", "portforward")),
    ("pods/ephemeralcontainers", _CHANGE, CORE),
)
"""What steps into running pods."""
ESCALATION: tuple[Right, ...] = (
    *((each, ("escalate", "bind"), RBAC) for each in ("roles", "clusterroles")),
    *((each, ("impersonate",), CORE) for each in ("users", "groups", "serviceaccounts")),
    *((each, ("impersonate",), AUTHENTICATION) for each in ("uids", "userextras/scopes")),
)
"""What gives more rights than one has."""
TAKEOVER: tuple[Right, ...] = (
    *(
        (each, WRITE, _ADMISSION)
        for each in (
            "mutatingwebhookconfigurations",
            "validatingwebhookconfigurations",
            "mutatingadmissionpolicies",
            "mutatingadmissionpolicybindings",
            "validatingadmissionpolicies",
            "validatingadmissionpolicybindings",
        )
    ),
    ("certificatesigningrequests/approval", _CHANGE, _CERTIFICATES),
    ("signers", ("approve", "sign"), _CERTIFICATES),
    ("persistentvolumes", ("create",), CORE),
)
"""What controls what controls the cluster."""
TAKEOVER_INSIDE: tuple[Right, ...] = (
    ("serviceaccounts/token", ("create",), CORE),
    ("services/status", _CHANGE, CORE),
)
"""What does so in a namespace as well: tokens of service accounts, and the addresses of load balancers."""


def gives(grant: Props, verbs: str | Iterable[str], resource: str, group: str = CORE) -> bool:
    """Whether a rule of a role lets its holders do one of some verbs on a resource, such as `pods/exec`, of a group.

    It may be so for named objects alone; `named` tells. A rule without groups, which the API server refuses, counts as
    one of every group.

    Raises:
        Undetermined: if that hangs on a value that is not known.
    """
    asked = {verbs} if isinstance(verbs, str) else set(verbs)
    _, _, subresource = resource.partition("/")
    matching = {ALL, resource, *([f"*/{subresource}"] if subresource else [])}
    return _every(
        lambda: any_known(grant.items("resources"), lambda each: each in matching),
        lambda: any_known(grant.items("verbs"), lambda each: each == ALL or each in asked),
        lambda: of_group(grant, group),
    )


def of_group(grant: Props, group: str) -> bool:
    """Whether a rule of a role is about an API group.

    Raises:
        Undetermined: if that hangs on a value that is not known.
    """
    groups = grant.items("apiGroups")
    return not groups or any_known(groups, lambda each: each in (ALL, group))


def reaches(grant: Props, verb: str, path: str) -> bool:
    """Whether a rule of a role lets its holders ask for a path that is not a resource, such as `/metrics`.

    Raises:
        Undetermined: if that hangs on a value that is not known.
    """

    def matches(url: object) -> bool:
        return isinstance(url, str) and (url == path or (url.endswith(ALL) and path.startswith(url.rstrip(ALL))))

    return _every(
        lambda: any_known(grant.items("nonResourceURLs"), matches),
        lambda: any_known(grant.items("verbs"), lambda each: each in (ALL, verb)),
    )


def named(grant: Props) -> list[str]:
    """The names of the objects that a rule of a role is about; none where it is about all of them.

    Raises:
        Undetermined: if one is not known.
    """
    return grant.words("resourceNames")


def everything(grant: Props) -> bool:
    """Whether a rule of a role gives every right to every resource of some groups.

    Raises:
        Undetermined: if that hangs on a value that is not known.
    """
    return wild(grant, "resources") and wild(grant, "verbs") and not grant.items("resourceNames")


def extras(grant: Props) -> list[str]:
    """What a rule of a role names of what else tells who a user is: `userextras/scopes`; as far as it is known."""
    found = [str(each.get()) for each in grant.items("resources") if each.is_known()]
    return [each for each in found if each.startswith(_EXTRAS) and each != f"{_EXTRAS}{ALL}"]


def wild(grant: Props, key: str) -> bool:
    """Whether one of a rule's lists holds `*`.

    Raises:
        Undetermined: if none that is known does, and one is not known.
    """
    return any_known(grant.items(key), lambda each: each == ALL)


def subjects(binding: Resource, stack: Stack) -> Iterator[tuple[str, str, str]]:
    """The subjects of a binding: kind, namespace and name. A user that is a service account is told as one.

    Raises:
        Undetermined: if they are not known.
    """
    for subject in binding.props.items("subjects"):
        kind, name = str(subject.get("kind")), canonical(subject.text("name") or "", stack)
        namespace = subject.text("namespace")
        where = canonical(namespace, stack) if namespace else namespace_of(binding, stack)
        if kind == "User" and name.startswith(_ACCOUNT) and name.count(":") == _ACCOUNT.count(":") + 1:
            kind, (where, name) = "ServiceAccount", name.removeprefix(_ACCOUNT).split(":")
        yield kind, where, name


_ACCOUNT = "system:serviceaccount:"


def given(grant: Props, rights: Iterable[Right]) -> list[str]:
    """The resources of some rights that a rule of a role gives.

    Raises:
        Undetermined: if it gives none that is known, and may give one.
    """
    found, unknown = [], None
    for resource, verbs, group in rights:
        try:
            if gives(grant, verbs, resource, group):
                found.append(resource)
        except Undetermined as error:
            unknown = error
    if unknown is not None and not found:
        raise unknown
    return found


def homes_of_makers(stack: Stack) -> set[str]:
    """The namespaces of service accounts that may make pods: operators make theirs where they run themselves."""
    roles = {object_name(each, stack) for each in stack.of(*ROLES) if any(map(_makes_pods, _rules(each)))}
    found: set[str] = set()
    for binding in stack.of(*BINDINGS):
        try:
            if canonical(binding.props.text("roleRef", "name") or "", stack) in roles:
                found |= {where for kind, where, _ in subjects(binding, stack) if kind == "ServiceAccount"}
        except Undetermined:
            continue
    return found


def _rules(role: Resource) -> list[Props]:
    return role.props.items("rules") if role.props.is_known("rules") else []


def _makes_pods(grant: Props) -> bool:
    try:
        return bool(given(grant, PODS))
    except Undetermined:
        return True


def powerful(grant: Props) -> bool:
    """Whether a rule of a role is known to read every Secret, or to lead to more rights than it names."""
    try:
        reads = gives(grant, READ, "secrets") and not named(grant)
        return reads or bool(given(grant, (*ESCALATION, *INSIDE, *TAKEOVER)))
    except Undetermined:
        return False


def _every(*tests: Callable[[], bool]) -> bool:
    """Whether all tests hold; one that fails decides, whatever is not known of the others."""
    unknown: Undetermined | None = None
    for test in tests:
        try:
            if not test():
                return False
        except Undetermined as error:
            unknown = error
    if unknown is not None:
        raise unknown
    return True
