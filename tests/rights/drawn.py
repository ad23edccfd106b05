"""Questions about rights, drawn at random: half of them near what somebody may do, the others anything."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from eks_blueprints.policies.stack import Stack
from eks_blueprints.recording import record
from eks_blueprints.rights.cluster import Rights, rights
from eks_blueprints.rights.model import Grant, Subject
from eks_blueprints.rights.people import is_of_kubernetes, known
from eks_blueprints.rights.resources import Asked, scope_of, table
from eks_blueprints.rights.who_can import in_its_namespace
from eks_blueprints.stackfile import deploy

PLATFORM = Path(__file__).with_name("platform.yaml")
VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "escalate", "impersonate")
NAMESPACES = ("", "shop", "tools", "research", "dev-one", "kube-system", "cert-manager", "default")
NAMES = ("", "", "db", "other")
URLS = ("/metrics", "/healthz", "/healthz/etcd", "/version", "/", "/api", "/api/v1", "/logs/x")
CUSTOM = ("widgets.example.com", "certificates.cert-manager.io", "applications.argoproj.io", "policies.kyverno.io")


class Question(NamedTuple):
    """May this subject do this, here?"""

    subject: Subject
    asked: Asked
    namespace: str

    def __str__(self) -> str:
        who = "/".join((self.subject.kind, self.subject.namespace, self.subject.name))
        return " | ".join((who, self.asked.verb, self.what, self.namespace, self.asked.name))

    @property
    def what(self) -> str:
        """The resource with its group, or the path."""
        return self.asked.url or f"{self.asked.group}:{self.asked.resource}"


@cache
def stack() -> Stack:
    """The platform of these tests."""
    return Stack.of_plan(record(lambda: deploy(PLATFORM, "acme"), stack="acme").plan())


def platform() -> Rights:
    """The rights on it."""
    return rights(stack())[0]


def questions(of: Rights, count: int, seed: int) -> Iterator[Question]:
    """Different questions."""
    drawn = random.Random(seed)  # noqa: S311 - no secret
    every = [each for each in sorted(known(of)) if "unknown" not in each.name]
    every += [Subject("user", "nobody"), Subject("service account", "new", "shop")]
    ours = [each for each in every if not is_of_kubernetes(each, of)]
    seen = set()
    while len(seen) < count:
        subject = drawn.choice(ours if drawn.random() < 0.85 else every)
        near = _near(of, subject, drawn) if drawn.random() < 0.6 else None
        asked, namespace = near or (_any(drawn), drawn.choice(NAMESPACES))
        if asked.url or (asked.scope == "cluster" and not in_its_namespace(asked)):
            namespace = ""
        found = Question(subject, asked, namespace)
        if str(found) not in seen:
            seen.add(str(found))
            yield found


def _any(drawn: random.Random) -> Asked:
    if drawn.random() < 0.1:
        return Asked("get", url=drawn.choice(URLS), scope="cluster")
    name, said = drawn.choice(list(table()["resources"].items()))
    if drawn.random() < 0.2:
        name, said = drawn.choice(CUSTOM), "namespaced x status"
    plural, _, group = name.partition(".")
    below = [*(each for each in said.partition(" ")[2].partition(" ")[2].split(",") if each), "", "", ""]
    part = drawn.choice(below)
    resource = f"{plural}/{part}" if part else plural
    return Asked(drawn.choice(VERBS), resource, group, drawn.choice(NAMES), scope=scope_of(resource, group))


def _near(of: Rights, subject: Subject, drawn: random.Random) -> tuple[Asked, str] | None:
    """Something that one of a subject's rules gives, or nearly; mostly where it does."""
    rules: list[tuple[Grant, Any]] = [(grant, rule.value) for grant in of.grants_of(subject) for rule in grant.rules]
    if not rules:
        return None
    rules += [each for each in rules if "resourceNames" in each[1]] * 3
    grant, rule = drawn.choice(rules)
    namespace = drawn.choice([*NAMESPACES, *(grant.namespaces or ()) * 7]).replace("*", "one")
    return _of_rule(rule, drawn), namespace


def _of_rule(rule: Any, drawn: random.Random) -> Asked:
    verb = drawn.choice([*rule["verbs"], drawn.choice(VERBS)])
    verb = drawn.choice(VERBS) if verb == "*" else verb
    if "nonResourceURLs" in rule:
        url = drawn.choice(rule["nonResourceURLs"]).replace("*", drawn.choice(["", "x", "/x"]))
        return Asked(verb, url=url or "/", scope="cluster")
    resource = drawn.choice(rule["resources"])
    resource = drawn.choice(["pods", "secrets", "widgets"]) if resource == "*" else resource
    resource = resource.replace("*/", drawn.choice(["deployments/", "pods/"]))
    group = drawn.choice(rule["apiGroups"])
    group = drawn.choice(["", "apps", "example.com"]) if group == "*" else group
    name = drawn.choice([*rule.get("resourceNames", []), *NAMES])
    return Asked(verb, resource, group, name, scope=scope_of(resource, group))
