"""Answers about rights as text of a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from eks_blueprints.core.columns import bullets, table, wrapped
from eks_blueprints.core.errors import InputError
from eks_blueprints.core.printed import one_line
from eks_blueprints.policies.stack import Stack
from eks_blueprints.rights.aws import AwsRole, aws_roles
from eks_blueprints.rights.cluster import Rights, rights
from eks_blueprints.rights.people import is_of_kubernetes, meant
from eks_blueprints.rights.powers import Power
from eks_blueprints.rights.resources import Asked, asked
from eks_blueprints.rights.summary import Summary, summary
from eks_blueprints.rights.who_can import Answer, who_can

_NODES = "Kubernetes' node authorizer also lets it read what its own pods use, such as their Secrets"


@dataclass(frozen=True, slots=True, eq=False)
class Questions:
    """Who can do one thing, on each cluster of a stack."""

    asked_for: Asked
    namespace: str | None
    every: bool
    answers: Sequence[tuple[Rights, Sequence[Answer]]]

    @classmethod
    def asked(
        cls, stack: Stack, verb: str, resource: str, *, namespace: str | None, subresource: str, every: bool
    ) -> Questions:
        """The answers for a stack.

        Raises:
            InputError: if there is no such resource.
        """
        what = asked(verb, resource, subresource)
        return cls(what, namespace, every, [(each, who_can(each, what, namespace)) for each in rights(stack)])

    def lines(self, width: int) -> Iterator[str]:
        """It as text."""
        where = f" in namespace {self.namespace}" if self.namespace else ""
        for number, (found, answers) in enumerate(self.answers):
            if number:
                yield ""
            on = f" on {found.cluster}" if found.cluster else ""
            yield f"{one_line(str(self.asked_for))}{where}{on}"
            shown = [each for each in answers if self.every or not each.by_kubernetes]
            hidden = {each.who for each in answers} - {each.who for each in shown}
            yield ""
            rows = [(str(each.who), _where(each), _by(each)) for each in shown]
            yield from table(("who", "where", "by"), rows, width) if rows else ("  nobody",)
            if hidden:
                yield f"  and {len(hidden)} of Kubernetes itself (--all lists them)"
            if self.namespace and self.asked_for.scope == "cluster" and not self.asked_for.url:
                yield from wrapped("note", f"{self.asked_for.resource} are not in namespaces", width)
            if self.asked_for.scope == "unknown" and self.asked_for.resource[:1] != "*":
                yield from wrapped("note", f"no table knows {self.asked_for.resource}.{self.asked_for.group}", width)
            yield from bullets("not known:", found.unknown, width)

    def to_data(self) -> dict[str, Any]:
        """It as JSON."""
        return {
            "verb": self.asked_for.verb,
            "resource": self.asked_for.resource,
            "group": self.asked_for.group,
            "name": self.asked_for.name,
            "url": self.asked_for.url,
            "namespace": self.namespace,
            "clusters": [
                {
                    "cluster": found.cluster,
                    "whoCan": [each.to_data() | {"kubernetes": each.by_kubernetes} for each in answers],
                    "unknown": list(found.unknown),
                }
                for found, answers in self.answers
            ],
        }


@dataclass(frozen=True, slots=True, eq=False)
class Principals:
    """What some subjects may do, on each cluster of a stack."""

    found: Sequence[tuple[Rights, Sequence[tuple[Summary, Sequence[AwsRole]]]]]

    @classmethod
    def asked(cls, stack: Stack, who: str, *, every: bool) -> Principals:
        """What those may do that a text means.

        Raises:
            InputError: if it means nobody.
        """
        found, wrong = [], []
        for each in rights(stack):
            try:
                subjects = meant(who, each)
            except InputError as error:
                wrong.append(error)
                continue
            if not every and "*" in who:
                subjects = [one for one in subjects if not is_of_kubernetes(one, each)] or subjects
            told = [(summary(one, each), list(aws_roles(one, stack))) for one in subjects]
            found.append((each, told))
        if not found:
            raise wrong[0]
        return cls(found)

    def lines(self, width: int) -> Iterator[str]:
        """It as text."""
        for number, (of, told) in enumerate(self.found):
            if number:
                yield ""
            for one, roles in told:
                yield from _about(one, roles, of, width)
                yield ""
            yield from bullets("not known:", of.unknown, width, first=False)

    def to_data(self) -> dict[str, Any]:
        """It as JSON."""
        return {
            "clusters": [
                {
                    "cluster": of.cluster,
                    "subjects": [_data(one, roles) for one, roles in told],
                    "unknown": list(of.unknown),
                }
                for of, told in self.found
            ]
        }


def _about(one: Summary, roles: Sequence[AwsRole], of: Rights, width: int) -> Iterator[str]:
    on = f" on {of.cluster}" if of.cluster else ""
    name = one.subject.name if one.subject.kind == "principal" else str(one.subject)
    yield f"{one_line(name)}{on}"
    for word, text in (*_identity(one, of), *_bindings(one)):
        yield from wrapped(word, text, width)
    if one.powers:
        yield from wrapped("may", _together(one.powers), width)
    yield ""
    if one.rights:
        yield from table(("where", "verbs", "resources"), [(r.where, r.verbs, r.resources) for r in one.rights], width)
    else:
        yield "  no rights in Kubernetes but those of everybody"
    for role in roles:
        yield ""
        yield from _in_aws(role, width)
    for text in one.unknown:
        yield from wrapped("not known", text, width)


def _identity(one: Summary, of: Rights) -> Iterator[tuple[str, str]]:
    """Who it is: its access entries, or the members of a group."""
    for entry in one.entries:
        if entry.name:
            yield "access entry", f"{entry.name} ({entry.type}), {entry.position}".rstrip(", ")
            yield "user", entry.user
        if entry.groups:
            yield "groups", ", ".join(entry.groups)
        for policy, namespaces in entry.policies:
            yield "policy", f"{policy} ({'whole cluster' if namespaces is None else ', '.join(namespaces)})"
        if "system:nodes" in entry.groups:
            yield "note", _NODES
    inside = [str(each.principal) for each in of.entries if one.subject.name in each.groups]
    if one.subject.kind == "group" and inside:
        yield "members", ", ".join(inside)


def _bindings(one: Summary) -> Iterator[tuple[str, str]]:
    for grant in one.grants:
        if grant.via.startswith(("RoleBinding", "ClusterRoleBinding")):
            origin = f" ({grant.origin})" if grant.origin else ""
            yield "binding", f"{grant.via}: {grant.role}{origin}"


def _together(found: Sequence[Power]) -> str:
    """Powers in words, those in the same place together."""
    places: dict[str, list[str]] = {}
    for each in found:
        places.setdefault(each.where, []).append(each.what)
    everywhere = "every namespace"
    return "; ".join(
        f"{', '.join(what)} in {everywhere if where == 'whole cluster' else where}" for where, what in places.items()
    )


def _in_aws(role: AwsRole, width: int) -> Iterator[str]:
    yield from wrapped("AWS role", f"{role.role}, by {role.by}", width)
    if role.target:
        yield from wrapped("assumes", role.target, width)
    for text in (*role.statements, *(f"what {each} allows" for each in role.policies)):
        yield from wrapped("may", text, width)
    if role.unknown:
        yield from wrapped("not known", role.unknown, width)


def _data(one: Summary, roles: Sequence[AwsRole]) -> dict[str, Any]:
    return {
        "kind": one.subject.kind,
        "name": one.subject.name,
        "namespace": one.subject.namespace,
        "accessEntries": [
            {
                "name": each.name,
                "type": each.type,
                "userName": each.user,
                "groups": list(each.groups),
                "policies": [
                    {"policy": policy, "namespaces": None if where is None else list(where)}
                    for policy, where in each.policies
                ],
                "position": each.position,
            }
            for each in one.entries
        ],
        "grants": [
            {
                "subject": str(each.subject),
                "role": each.role,
                "via": each.via,
                "namespaces": None if each.namespaces is None else list(each.namespaces),
                "origin": each.origin or "stack",
                "unknown": each.unknown,
            }
            for each in one.grants
        ],
        "powers": [{"what": each.what, "where": each.where, "level": each.level} for each in one.powers],
        "rights": [each.to_data() for each in one.rights],
        "aws": [each.to_data() for each in roles],
        "unknown": list(one.unknown),
    }


def _where(answer: Answer) -> str:
    names = f" ({', '.join(answer.names)})" if answer.names else ""
    return f"{answer.where}{names}"


def _by(answer: Answer) -> str:
    origin = f" of {answer.grant.origin}" if answer.grant.origin else ""
    via = answer.grant.via
    through = "" if answer.grant.subject == answer.who else f", {answer.grant.subject}"
    unsure = f"; perhaps: {answer.unknown}" if answer.unknown else ""
    return f"{answer.grant.role}{origin} ({via}{through}){unsure}" if via else f"{answer.grant.role}{unsure}"
