"""Who may do more than before, or less, and which workloads can be reached that could not, or no longer.

Rights that a chart brings for itself are told with what changes inside the chart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from eks_blueprints.policies.stack import Stack
from eks_blueprints.reach.network import Network, networks
from eks_blueprints.reach.outside import Door
from eks_blueprints.reach.pods import Pod
from eks_blueprints.review.effects import Level
from eks_blueprints.review.report.model import Security
from eks_blueprints.rights.cluster import Rights, rights
from eks_blueprints.rights.model import Grant
from eks_blueprints.rights.powers import EVERYTHING, WHOLE, Power, powers

T = TypeVar("T")

_MOST = 150
"""More workloads than these are not compared one by one: each could reach each."""
_FEW = 3
"""As many workloads are named of those that reach one."""
_MALFORMED = (TypeError, AttributeError, ValueError, LookupError)
"""What is raised where a plan holds something else than a resource of its type does."""


def gained(sides: tuple[Stack | None, Stack]) -> Iterator[Security]:
    """What of both comes and goes between two sides, the worst first; nothing where the stack itself is new."""
    before, after = sides
    if before is not None:
        order: dict[Level, int] = {"danger": 0, "warning": 1, "note": 2}
        yield from sorted(_gained(before, after), key=lambda each: (order[each.level], not each.added))


def _gained(before: Stack, after: Stack) -> Iterator[Security]:
    for area, compare in (("access", _rights), ("network", _reach)):
        try:
            yield from compare(before, after)
        except _MALFORMED as error:
            what = "who can do what" if area == "access" else "who can reach what"
            text = f"is not compared, since an input has a form that cannot be read: {error}"
            yield Security("access" if area == "access" else "network", True, what, text)


def _rights(before: Stack, after: Stack) -> Iterator[Security]:
    for old, new in _pairs(rights(before), rights(after)):
        (had, all_had), (has, all_has) = _grants(old), _grants(new)
        for who in sorted({*had, *has}):
            one, other = had.get(who, []), has.get(who, [])
            if _said(one) == _said(other):  # as of nearly everybody, and finding powers takes long
                continue
            yield from _told(who, "may now", _beyond(powers(other), powers(all_had.get(who, []))), added=True)
            yield from _told(who, "may no longer", _beyond(powers(one), powers(all_has.get(who, []))), added=False)


def _pairs(old: Sequence[T], new: Sequence[T]) -> Iterator[tuple[T, T]]:
    """Clusters of both sides, in their order; their names may be others."""
    return zip(old, new, strict=False)


Granted = Mapping[str, list[Grant]]


def _said(grants: Iterable[Grant]) -> list[str]:
    """What grants give, to see whether it is the same."""
    return sorted(repr((each.namespaces, [rule.value for rule in each.rules])) for each in grants)


def _grants(of: Rights) -> tuple[Granted, Granted]:
    """What everybody is granted by what the stack itself writes down.

    A group is told by the principals in it; on its own, as in the second of these, it counts where it has none.
    """
    told: dict[str, list[Grant]] = {}
    every: dict[str, list[Grant]] = {}
    for each in of.grants:
        if not each.origin:
            holders = {str(who) for who in of.holders(each)}
            for who in holders:
                told.setdefault(who, []).append(each)
            for who in {*holders, str(each.subject)}:
                every.setdefault(who, []).append(each)
    return told, every


def _beyond(found: Iterable[Power], known: Sequence[Power]) -> list[Power]:
    """What goes beyond what somebody may do on the other side."""
    there = {(each.what, each.where) for each in known}

    def is_known(power: Power) -> bool:
        ways = ((what, where) for what in (power.what, EVERYTHING) for where in (power.where, WHOLE))
        return any(way in there for way in ways)

    return [each for each in found if not is_known(each)]


def _told(who: str, verb: str, found: Sequence[Power], *, added: bool) -> Iterator[Security]:
    """One line for each place."""
    places: dict[str, list[Power]] = {}
    for each in found:
        places.setdefault(each.where, []).append(each)
    for where, here in places.items():
        what = ", ".join(each.what for each in here)
        place = "every namespace" if where == WHOLE else f"namespace {where}"
        worst: Level = "danger" if where == WHOLE and any(each.level == "danger" for each in here) else "warning"
        yield Security("access", added, who, f"{verb} {what} in {place}", worst if added else "note")


Reached = Mapping[str, Mapping[str, tuple[str, Level]]]
"""Who reaches a workload, by both their names: on which ports, and how bad it is that they do."""


def _reach(before: Stack, after: Stack) -> Iterator[Security]:
    for old, new in _pairs(networks(before), networks(after)):
        if old.same_as(new):
            continue
        if max(len(old.pods), len(new.pods)) > _MOST:
            text = f"is not compared for more than {_MOST} workloads; ask eks-blueprints network --who-can-reach"
            yield Security("network", True, "who can reach what", text)
            continue
        both = {_name(each) for each in old.pods} & {_name(each) for each in new.pods}
        was, now = _reached(old, both), _reached(new, both)
        for target in sorted(both):
            yield from _changed(target, now[target], was[target], "can now be reached from", added=True)
            yield from _changed(target, was[target], now[target], "can no longer be reached from", added=False)


def _name(pod: Pod) -> str:
    return f"{pod.namespace}/{pod.name}"


def _reached(of: Network, both: set[str]) -> Reached:
    """Of workloads that both sides have; others that reach them are those of both sides, and whoever is outside."""
    found: dict[str, dict[str, tuple[str, Level]]] = {}
    for target in of.pods:
        if _name(target) not in both:
            continue
        here = found.setdefault(_name(target), {})
        for each in of.reached(target):
            if not each.ports or each.source is target:
                continue
            if isinstance(each.source, Door):
                level: Level = "danger" if each.source.public else "warning"
                here[f"{each.source.who} by {each.source.via}"] = (str(each.ports), level)
            elif _name(each.source) in both:
                here[_name(each.source)] = (str(each.ports), "warning")
    return found


def _changed(
    target: str,
    found: Mapping[str, tuple[str, Level]],
    known: Mapping[str, tuple[str, Level]],
    verb: str,
    *,
    added: bool,
) -> Iterator[Security]:
    """One line for all who reach it on the same ports."""
    alike: dict[tuple[str, Level], list[str]] = {}
    for who, (ports, level) in found.items():
        if who not in known:
            alike.setdefault((ports, level), []).append(who)
    for (ports, level), names in alike.items():
        more = f" and {len(names) - _FEW} others" if len(names) > _FEW else ""
        text = f"{verb} {', '.join(sorted(names)[:_FEW])}{more} on {ports}"
        yield Security("network", added, target, text, level if added else "note")
