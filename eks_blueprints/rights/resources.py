"""What people call the resources of the Kubernetes API, and what the API itself calls them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from eks_blueprints.core.errors import InputError, Problem, unknown_name
from eks_blueprints.kubernetes import crds

Scope = Literal["namespaced", "cluster", "unknown"]

_TABLE = Path(__file__).with_name("default_roles.json")
_EXTRAS = "userextras"
_CUSTOM = ("scale", "status")
"""Subresources that custom resources can have."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to do: a verb on a resource, or on a path of the API server that is none."""

    verb: str
    resource: str = ""
    """With its subresource: `pods`, `pods/exec`; `*` for every resource."""
    group: str = ""
    name: str = ""
    """Name of the one object that it is about; empty for all."""
    url: str = ""
    scope: Scope = "namespaced"
    """Whether the resource is in namespaces; `unknown` for custom resources that no table has."""

    def __str__(self) -> str:
        if self.url:
            return f"{self.verb} {self.url}"
        whole = f"{self.resource}.{self.group}" if self.group and "/" not in self.resource else self.resource
        of = f" of {self.group}" if self.group and "/" in self.resource else ""
        return f"{self.verb} {whole}{of}{f' named {self.name}' if self.name else ''}"


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of the API."""

    plural: str
    group: str
    scope: Scope
    others: tuple[str, ...] = ()
    """Its kind in lowercase, and its short names."""
    below: tuple[str, ...] = ()
    """Its subresources."""


def asked(verb: str, what: str, subresource: str = "") -> Asked:
    """What `kubectl auth can-i VERB WHAT` asks about: `pods`, `deploy`, `deployments.apps`, `secrets/db`, `/metrics`.

    Behind a slash stands a subresource, if the resource has one of this name, or else the name of an object.

    Raises:
        InputError: if there is no such resource, or no verb.
    """
    verb = verb.strip().lower()
    if not verb:
        raise InputError([Problem((), 'needs a verb; got ""; write get, list, create, or * for every verb')])
    if what.startswith("/"):
        return Asked(verb, url=what, scope="cluster")
    named, _, rest = what.partition("/")
    if named == "*":
        return Asked(verb, f"*/{rest}" if rest else "*", "*", scope="unknown")
    found = _found(named)
    said = Asked(verb, found.plural, found.group, scope=found.scope)
    subresource = subresource or (rest if rest in found.below or found.plural == _EXTRAS else "")
    name = rest if rest != subresource else ""
    return replace(said, resource=f"{found.plural}/{subresource}" if subresource else found.plural, name=name)


def scope_of(resource: str, group: str) -> Scope:
    """Whether a resource, such as `pods/exec`, is in namespaces."""
    found = _by_name().get(_whole(resource.partition("/")[0], group))
    return "unknown" if found is None else found.scope


def _found(named: str) -> Resource:
    plain, _, rest = named.partition(".")
    first, _, later = rest.partition(".")
    for name, group in ((plain, rest), (plain, later if _is_version(first) else rest)):
        if rest:
            if found := _by_name().get(_whole(name.lower(), group)):
                return found
            same = [each for each in _all() if name.lower() in each.others and each.group == group]
            if same:
                return same[0]
    if rest:  # a custom resource that no table has
        return Resource(plain, later if _is_version(first) else rest, "unknown", below=_CUSTOM)
    called = named.lower()
    for each in _all():
        if called == each.plural:
            return each
    for each in _all():
        if called in each.others:
            return each
    near = unknown_name(named, {each.plural for each in _all()}, "resource")
    raise InputError([Problem((), f"{near}; for a custom resource add its group, such as widgets.example.com")])


def _is_version(text: str) -> bool:
    return text[:1] == "v" and text[1:2].isdigit()


def _whole(plural: str, group: str) -> str:
    return f"{plural}.{group}" if group else plural


@cache
def _all() -> tuple[Resource, ...]:
    """Kubernetes' own first, those of the core group before others of the same name."""
    own = [_read(name, said) for name, said in table()["resources"].items()]
    custom = [
        Resource(each.plural, each.group, "namespaced" if each.namespaced else "cluster", (each.kind.lower(),), _CUSTOM)
        for each in crds.kinds()
    ]
    return (*sorted(own, key=lambda each: each.group != ""), *_ONLY_IN_RULES, *custom)


_ONLY_IN_RULES = (
    Resource("users", "", "cluster"),
    Resource("groups", "", "cluster"),
    Resource("uids", "authentication.k8s.io", "cluster"),
    Resource(_EXTRAS, "authentication.k8s.io", "cluster"),
    Resource("signers", "certificates.k8s.io", "cluster"),
)
"""Resources that have no objects, and that rules name: whom one may impersonate, and for whom one may sign."""


def _read(name: str, said: str) -> Resource:
    plural, _, group = name.partition(".")
    scope, others, below = (*said.split(" "), "")[:3]
    return Resource(
        plural,
        group,
        "namespaced" if scope == "namespaced" else "cluster",
        tuple(others.split(",")),
        tuple(below.split(",")) if below else (),
    )


@cache
def _by_name() -> Mapping[str, Resource]:
    return {_whole(each.plural, each.group): each for each in reversed(_all())}


@cache
def table() -> Mapping[str, Any]:
    """What an API server says of itself: its resources, and the roles and bindings that it makes."""
    found: Mapping[str, Any] = json.loads(_TABLE.read_text(encoding="utf-8"))
    return found
