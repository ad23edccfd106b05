"""Who can do one thing: the question of `kubectl auth can-i`, asked of everybody at once.

Rules are matched by `policies/rbac.py`, as the API server matches them. A RoleBinding grants nothing outside its
namespace, so nothing on nodes, on other resources of the whole cluster, and on paths that are no resources.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from eks_blueprints.core.wildcards import matches
from eks_blueprints.policies.props import Props, Undetermined
from eks_blueprints.policies.rbac import gives, named, reaches
from eks_blueprints.rights.cluster import Rights
from eks_blueprints.rights.model import KUBERNETES, Grant, Subject
from eks_blueprints.rights.resources import Asked

_OF_ONE_NAMESPACE = ("get", "update", "patch", "delete")
"""Verbs on one Namespace, of which the API server says that they are in that namespace."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """One grant by which somebody can do it."""

    who: Subject
    grant: Grant
    names: tuple[str, ...] = ()
    """The objects that it is limited to; none for all."""
    unknown: str = ""
    """What it hangs on, where it is not certain."""

    @property
    def where(self) -> str:
        """Where they can, in words."""
        return self.grant.where

    @property
    def by_kubernetes(self) -> bool:
        """Whether it is a component of Kubernetes itself, or a group that nobody of the stack is in."""
        return self.grant.origin == KUBERNETES and self.who == self.grant.subject

    def to_data(self) -> dict[str, Any]:
        """It as JSON."""
        return {
            "kind": self.who.kind,
            "name": self.who.name,
            "namespace": self.who.namespace,
            "namespaces": None if self.grant.namespaces is None else list(self.grant.namespaces),
            "resourceNames": list(self.names),
            "role": self.grant.role,
            "via": self.grant.via,
            "subject": str(self.grant.subject),
            "origin": self.grant.origin or "stack",
            "unknown": self.unknown,
        }


def who_can(rights: Rights, asked: Asked, namespace: str | None = None) -> list[Answer]:
    """Everybody who can do it in a namespace, or anywhere; by what they are and their names."""
    found: dict[tuple[Any, ...], Answer] = {}
    for grant in rights.grants:
        for names, unknown in _given(grant, asked, namespace):
            for who in rights.holders(grant):
                answer = Answer(who, grant, names, unknown)
                found.setdefault((who, grant.role, grant.via, grant.namespaces, names), answer)
    return sorted(found.values(), key=lambda each: (bool(each.unknown), each.grant.namespaces is not None, each.who))


def can(rights: Rights, subject: Subject, asked: Asked, namespace: str | None = None) -> bool:
    """Whether a subject certainly can do it, as the API server answers: with a rule about named objects it depends on
    the name that is asked for."""
    for grant in rights.grants_of(subject):
        for names, unknown in _given(grant, asked, namespace):
            if not unknown and (not names or asked.name in names):
                return True
    return False


def _given(grant: Grant, asked: Asked, namespace: str | None) -> Iterator[tuple[tuple[str, ...], str]]:
    """The names that a grant limits it to, and what it hangs on, for each of its rules that gives it."""
    if not _is_there(grant, asked, namespace):
        return
    for rule in grant.rules:
        try:
            if asked.url:
                if reaches(rule, asked.verb, asked.url):
                    yield (), ""
                continue
            if rule.has("nonResourceURLs") or not gives(rule, asked.verb, asked.resource, asked.group):
                continue
            names = tuple(named(rule))
        except Undetermined as error:
            yield (), str(error)
            continue
        if not names or not asked.name or asked.name in names:
            yield names, ""


def _is_there(grant: Grant, asked: Asked, namespace: str | None) -> bool:
    """Whether a grant counts where it is asked for."""
    if grant.namespaces is None:
        return True
    if asked.url or (asked.scope == "cluster" and not in_its_namespace(asked)):
        return False
    return namespace is None or any(matches(pattern, namespace) for pattern in grant.namespaces)


def in_its_namespace(asked: Asked) -> bool:
    """Whether it is about a Namespace, and for the API server in that: all on one by its name."""
    whole = asked.resource.partition("/")[0] == "namespaces" and not asked.group
    return whole and ("/" in asked.resource or asked.verb in _OF_ONE_NAMESPACE)


def rules_of(grants: Iterable[Grant]) -> Iterator[tuple[Grant, Props]]:
    """Every rule of some grants."""
    for grant in grants:
        for rule in grant.rules:
            yield grant, rule
