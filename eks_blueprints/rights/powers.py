"""Rights that lead to much, by what they let somebody do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from eks_blueprints.policies import rbac
from eks_blueprints.policies.props import Props, Undetermined
from eks_blueprints.rights.model import Grant

Level = Literal["danger", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Power:
    """Something that gives much, and where."""

    rank: int
    """Its place among the others; what is worst is first."""
    what: str
    """In words: `read Secrets`."""
    where: str
    """`whole cluster`, or a namespace."""
    level: Level

    def __str__(self) -> str:
        return f"{self.what} in {'every namespace' if self.where == WHOLE else self.where}"


_WRITE = ("create", "update", "patch", "delete")
_CHANGE = ("update", "patch")
_POWERS: tuple[tuple[str, Level, tuple[rbac.Right, ...]], ...] = (
    ("give itself more rights", "danger", rbac.ESCALATION[:2]),
    ("act as others", "danger", rbac.ESCALATION[2:]),
    ("read Secrets", "danger", (("secrets", rbac.READ, rbac.CORE),)),
    ("open shells in pods", "danger", rbac.INSIDE),
    ("make tokens of service accounts", "danger", (("serviceaccounts/token", ("create",), rbac.CORE),)),
    ("control admission and certificates", "danger", rbac.TAKEOVER),
    ("use kubelets", "danger", (("nodes/proxy", (*rbac.READ, *rbac.WRITE), rbac.CORE),)),
    ("change Secrets", "warning", (("secrets", _WRITE, rbac.CORE),)),
    (
        "change roles and bindings",
        "warning",
        tuple((each, _WRITE, rbac.RBAC) for each in ("roles", "rolebindings", "clusterroles", "clusterrolebindings")),
    ),
    (
        "change what pods run",
        "warning",
        (*rbac.PODS, *((each, _CHANGE, group) for each, _, group in rbac.PODS if each != "pods")),
    ),
    ("change network policies", "warning", (("networkpolicies", _WRITE, "networking.k8s.io"),)),
)
EVERYTHING = "do everything"
WHOLE = "whole cluster"


def powers(grants: Iterable[Grant]) -> list[Power]:
    """What grants give that leads to much; those that everything includes are left out."""
    found = sorted({power for grant in grants for rule in grant.rules for power in _of(rule, grant)})
    whole = {each.where for each in found if each.what == EVERYTHING}
    return [each for each in found if each.what == EVERYTHING or not ({WHOLE, each.where} & whole)]


def _of(rule: Props, grant: Grant) -> Iterator[Power]:
    if rule.has("nonResourceURLs"):
        return
    places = (WHOLE,) if grant.namespaces is None else grant.namespaces
    for rank, what, level in _given(rule):
        yield from (Power(rank, what, where, level) for where in places)


def _given(rule: Props) -> Iterator[tuple[int, str, Level]]:
    try:
        names = rbac.named(rule)
        if rbac.everything(rule) and rbac.wild(rule, "apiGroups"):
            yield 0, EVERYTHING, "danger"
            return
    except Undetermined:
        return
    only = f" named {', '.join(names)}" if names else ""
    for rank, (what, level, rights) in enumerate(_POWERS, 1):
        try:
            if rbac.given(rule, rights):
                yield rank, f"{what}{only}", "warning" if names else level
        except Undetermined:
            continue
