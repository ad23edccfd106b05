"""All roles of a cluster: Kubernetes' own, those of charts, and those that the stack writes down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from eks_blueprints.core.charts.model import Binding, Rendered, load
from eks_blueprints.policies.inside.contents import Contents
from eks_blueprints.policies.inside.objects import rule
from eks_blueprints.policies.objects import labels_of, namespace_of, object_name, selects
from eks_blueprints.policies.props import Props, Undetermined
from eks_blueprints.policies.rbac import ROLES
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.rights.model import KUBERNETES, Role
from eks_blueprints.rights.resources import table

SYSTEM = "kube-system"
Key = tuple[str, str, str]
"""Kind, namespace and name of a role."""


class Roles:
    """The roles of a cluster, by kind, namespace and name."""

    def __init__(self, found: Iterable[Role]) -> None:
        self._by_key: dict[Key, Role] = {}
        for each in found:
            key = (each.kind, each.namespace, each.name)
            former = self._by_key.get(key)
            self._by_key[key] = each if former is None else _both(former, each)
        self._gathered: dict[str, tuple[Props, ...]] = {}

    def get(self, kind: str, namespace: str, name: str) -> Role | None:
        """A role; the rules of an aggregated one are all that it gathers."""
        role = self._by_key.get((kind, "" if kind == "ClusterRole" else namespace, name))
        if role is None or not role.gathers:
            return role
        if name not in self._gathered:
            self._gathered[name] = tuple(self._rules(role, set()))
        return replace(role, rules=self._gathered[name])

    def named(self, kind: str) -> list[str]:
        """The names of all roles of a kind."""
        return [name for of, _, name in self._by_key if of == kind]

    def _rules(self, role: Role, seen: set[str]) -> Iterator[Props]:
        seen.add(role.name)
        if not role.gathers:  # what an aggregated role says itself is replaced
            yield from role.rules
        for other in self._by_key.values():
            if other.kind == "ClusterRole" and other.name not in seen and _selected(role.gathers, other.labels):
                yield from self._rules(other, seen)


def _both(one: Role, other: Role) -> Role:
    """A role that a patch adds to, or that is written where Kubernetes has made it."""
    return replace(
        other,
        rules=(*one.rules, *other.rules),
        labels={**one.labels, **other.labels},
        gathers=one.gathers or other.gathers,
        unknown=other.unknown if one.origin != KUBERNETES else "",
    )


def _selected(selectors: Iterable[Any], labels: Mapping[str, str]) -> bool:
    return any(selects(each, labels) for each in selectors)


@cache
def of_kubernetes() -> tuple[Role, ...]:
    """The roles that the API server makes itself."""
    return tuple(of_rendered(default_rendered(), SYSTEM, KUBERNETES))


@cache
def default_rendered() -> Rendered:
    """What the API server makes itself, in the form of what a chart renders."""
    return load(Rendered, {key: table()[key] for key in ("roles", "bindings", "gathers", "role_labels")})


def of_chart(found: Contents) -> Iterator[Role]:
    """The roles of a chart."""
    if found.rendered is not None:
        yield from of_rendered(found.rendered, found.installed.namespace, f"chart {found.installed.chart}")


def of_rendered(found: Rendered, namespace: str, origin: str) -> Iterator[Role]:
    """The roles of what is rendered for a namespace."""
    homes = _homes(found.bindings.values(), namespace)
    for key in found.roles:
        if key.count("/") == 2:  # the second of one name
            kind, taken, name = key.split("/")
            homes.get(f"{kind}/{name}", set()).discard(taken)
    for key, rules in found.roles.items():
        kind, *home, name = key.split("/")
        for where in ("",) if kind == "ClusterRole" else home or sorted(homes.get(key, {namespace})):
            yield Role(
                kind,
                name,
                where,
                tuple(Props(rule(each)) for each in rules),
                found.role_labels.get(key, {}),
                found.gathers.get(key, ()),
                origin,
            )


def _homes(bindings: Iterable[Binding], namespace: str) -> dict[str, set[str]]:
    """The namespaces of Roles: those of the bindings to them."""
    homes: dict[str, set[str]] = {}
    for each in bindings:
        homes.setdefault(each.role, set()).add(each.namespace or namespace)
    return homes


def of_stack(stack: Stack, resources: Iterable[Resource]) -> Iterator[Role]:
    """The roles that a stack writes down."""
    for each in resources:
        if each.type in ROLES:
            yield _role(each, stack)


def _role(resource: Resource, stack: Stack) -> Role:
    unknown, labels = "", dict[str, str]()
    rules: tuple[Props, ...] = ()
    gathers: tuple[Any, ...] = ()
    try:
        rules = tuple(resource.props.items("rules"))
        gathers = tuple(each.get() for each in resource.props.items("aggregationRule", "clusterRoleSelectors"))
        labels = labels_of(resource.props)
    except Undetermined as error:
        unknown = f"{resource.kind} {object_name(resource, stack)}: {error}"
    return Role(
        resource.kind,
        object_name(resource, stack),
        "" if resource.kind == "ClusterRole" else namespace_of(resource, stack),
        rules,
        labels,
        gathers,
        unknown=unknown,
    )
