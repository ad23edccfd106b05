"""Who has which roles and access policies on a cluster."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from eks_blueprints.core.charts.model import Rendered
from eks_blueprints.policies import rbac
from eks_blueprints.policies.inside.contents import Contents
from eks_blueprints.policies.inside.objects import rule
from eks_blueprints.policies.objects import canonical, namespace_of, object_name
from eks_blueprints.policies.props import Props, Undetermined
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.rights.model import KUBERNETES, Entry, Grant, Subject, SubjectKind
from eks_blueprints.rights.roles import SYSTEM, Roles, default_rendered

_POLICY_RULES = Path(__file__).with_name("access_policies.toml")
_KINDS: dict[str, SubjectKind] = {"Group": "group", "User": "user", "ServiceAccount": "service account"}


def of_bindings(stack: Stack, resources: Iterable[Resource], roles: Roles) -> Iterator[Grant]:
    """What the bindings grant that a stack writes down."""
    for each in resources:
        if each.type not in rbac.BINDINGS:
            continue
        name, whole = object_name(each, stack), each.type == rbac.CLUSTER_BINDING
        namespace = "" if whole else namespace_of(each, stack)
        via = f"{each.kind} {name}" if whole else f"{each.kind} {namespace}/{name}"
        try:
            role = str(each.props.get("roleRef", "kind")), canonical(each.props.text("roleRef", "name") or "", stack)
            found = list(rbac.subjects(each, stack))
        except Undetermined as error:
            yield Grant(Subject("group", "unknown"), "?", (), None, via, unknown=f"{via}: {error}")
            continue
        for kind, where, who in found:
            if kind in _KINDS:
                subject = Subject(_KINDS[kind], who, where if kind == "ServiceAccount" else "")
                yield _bound(subject, role, namespace, via, "", roles)


def of_rendered(found: Rendered, release: str, origin: str, roles: Roles) -> Iterator[Grant]:
    """What the bindings grant of what is rendered for a namespace."""
    for key, binding in found.bindings.items():
        kind, _, name = key.partition("/")
        whole = kind == "ClusterRoleBinding"
        namespace = "" if whole else binding.namespace or release
        short = name.rpartition("/")[2]
        via = f"{kind} {short}" if whole else f"{kind} {namespace}/{short}"
        role_kind, _, role_name = binding.role.partition("/")
        for text in binding.subjects:
            who, _, rest = text.partition("/")
            if who not in _KINDS:
                continue
            where, _, account = rest.partition("/") if who == "ServiceAccount" else ("", "", rest)
            subject = Subject(_KINDS[who], account, (where or release) if who == "ServiceAccount" else "")
            yield _bound(subject, (role_kind, role_name), namespace, via, origin, roles)


def of_kubernetes(roles: Roles) -> Iterator[Grant]:
    """What the API server grants by itself."""
    yield from of_rendered(default_rendered(), SYSTEM, KUBERNETES, roles)


def of_chart(found: Contents, roles: Roles) -> Iterator[Grant]:
    """What a chart grants."""
    if found.rendered is not None:
        yield from of_rendered(found.rendered, found.installed.namespace, f"chart {found.installed.chart}", roles)


def of_entry(entry: Entry) -> Iterator[Grant]:
    """What the access policies of an entry grant."""
    for policy, namespaces in entry.policies:
        rules = policy_rules(policy)
        unknown = "" if rules else f"AWS does not list the rules of {policy}"
        via = f"access entry {entry.name}" if entry.name else "cluster creator"
        yield Grant(entry.principal, policy, rules, namespaces, via, unknown=unknown)


@cache
def policy_rules(policy: str) -> tuple[Props, ...]:
    """The rules of an access policy, by AWS's name; none where they are not known."""
    return tuple(Props(rule(each)) for each in _policies().get(policy, {}).get("rules", ()))


def policies_as_of() -> str:
    """The day from which the rules of access policies are."""
    return str(_policies()["as_of"])


@cache
def _policies() -> Mapping[str, Any]:
    return tomllib.loads(_POLICY_RULES.read_text(encoding="utf-8"))


def _bound(  # noqa: PLR0917 - what a binding is
    subject: Subject, role: tuple[str, str], namespace: str, via: str, origin: str, roles: Roles
) -> Grant:
    kind, name = role
    found = roles.get(kind, namespace, name)
    unknown = f"{kind} {name} is not made by this stack" if found is None else found.unknown
    return Grant(
        subject,
        f"{kind} {name}",
        () if found is None else found.rules,
        (namespace,) if namespace else None,
        via,
        origin,
        unknown,
    )
