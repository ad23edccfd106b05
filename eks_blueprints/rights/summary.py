"""All that one subject may do, in as few words as it takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from eks_blueprints.policies.props import Props, Undetermined
from eks_blueprints.rights.cluster import Rights
from eks_blueprints.rights.model import KUBERNETES, Entry, Grant, Subject
from eks_blueprints.rights.powers import Power, powers

VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")


@dataclass(frozen=True, slots=True)
class Right:
    """Verbs on resources, somewhere."""

    where: str
    verbs: str
    resources: str
    by: tuple[str, ...]
    """The roles and policies that say so."""

    def to_data(self) -> dict[str, Any]:
        """It as JSON."""
        return {"where": self.where, "verbs": self.verbs, "resources": self.resources, "by": list(self.by)}


@dataclass(frozen=True, slots=True, eq=False)
class Summary:
    """What one subject is and may do."""

    subject: Subject
    entries: tuple[Entry, ...]
    grants: tuple[Grant, ...]
    """Those that only it has, or its groups, and not everybody."""
    rights: tuple[Right, ...]
    powers: tuple[Power, ...]
    """What of that leads to much."""
    unknown: tuple[str, ...]


def summary(subject: Subject, rights: Rights) -> Summary:
    """What a subject may do; what everybody may who has authenticated is left out, but for the groups themselves."""
    common = _COMMON if subject.name not in _COMMON else ()
    given = tuple(
        each for each in rights.grants_of(subject) if not (each.origin == KUBERNETES and each.subject.name in common)
    )
    return Summary(
        subject,
        tuple(each for each in rights.entries if each.principal == subject),
        given,
        tuple(_rights(given)),
        tuple(powers(given)),
        tuple(dict.fromkeys(each.unknown for each in given if each.unknown)),
    )


_COMMON = ("system:authenticated", "system:serviceaccounts", "system:unauthenticated")
"""Groups that Kubernetes itself lets read what its API is."""


def _rights(grants: Iterable[Grant]) -> Iterator[Right]:
    """The rules of grants; those with the same verbs in the same place are one."""
    merged: dict[tuple[str, str], tuple[dict[tuple[str, str], dict[str, None]], dict[str, None]]] = {}
    for grant in grants:
        for rule in grant.rules:
            things, by = merged.setdefault((grant.where, _verbs(_words(rule, "verbs"))), ({}, {}))
            by[grant.role] = None
            for group, only, resource in _told(rule):
                things.setdefault((group, only), {})[resource] = None
    for (where, verbs), (things, by) in sorted(merged.items(), key=_order):
        parts = [f"{group}: {', '.join(sorted(each))}{only}" for (group, only), each in sorted(things.items())]
        yield Right(where, verbs, "; ".join(parts).replace("*: *", "everything"), tuple(by))


def _order(item: tuple[tuple[str, str], Any]) -> tuple[bool, tuple[str, str]]:
    return item[0][0] != "whole cluster", item[0]


def _told(rule: Props) -> Iterator[tuple[str, str, str]]:
    """What the verbs of a rule are for: an API group, names and a resource."""
    if rule.has("nonResourceURLs"):
        yield from (("paths", "", each) for each in _words(rule, "nonResourceURLs"))
        return
    names = _words(rule, "resourceNames")
    only = f" named {' or '.join(names)}" if names else ""
    for each in _words(rule, "resources"):
        yield from ((group or "core", only, each) for group in _words(rule, "apiGroups") or [""])


def _verbs(verbs: list[str]) -> str:
    if "*" in verbs:
        return "all verbs"
    order = {verb: number for number, verb in enumerate(VERBS)}
    return ", ".join(sorted(dict.fromkeys(verbs), key=lambda each: (order.get(each, 99), each)))


def _words(rule: Props, key: str) -> list[str]:
    try:
        return rule.words(key)
    except Undetermined:
        return ["(not known)"]
