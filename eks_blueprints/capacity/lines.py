"""What a change does to nodes and pods, in lines that the terminal, Markdown and HTML share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from eks_blueprints.capacity.changes import Change, NodesMoved, PodsAsked, PodsWaiting, Totals
from eks_blueprints.capacity.words import by_zone, count, listed, maker
from eks_blueprints.review.cost.estimate import money

Tone = Literal["head", "bad", "good", "plain", "unsure"]

TONES: Mapping[Tone, Mapping[str, Any]] = {
    "head": {},
    "bad": {"fg": "red"},
    "good": {"fg": "green"},
    "plain": {"dim": True},
    "unsure": {"fg": "yellow"},
}
"""How a terminal styles each tone."""

_MOST_WORKLOADS = 8
_NOTHING = Totals()


@dataclass(frozen=True, slots=True)
class Line:
    """One line; those of a greater depth belong to the one above."""

    tone: Tone
    text: str
    depth: int = 0


def lines(change: Change, *, named: bool = False) -> Iterator[Line]:
    """All that changes in a cluster, in the order in which a reviewer asks.

    Args:
        change: What changes.
        named: Whether the cluster's name is told, because there are several.
    """
    head = f"{change.cluster}: " if named else ""
    yield Line("head", f"{head}{summary(change)}")
    for (kind, name), found in groupby(change.nodes, lambda each: (each.kind, each.maker)):
        yield Line("plain", f"{maker(kind, name)}: {'; '.join(map(_nodes, found))}")
    yield from _waiting(change.waiting, "")
    yield from _waiting(change.waiting_at_most, "at most, ")
    yield from _few([_pods(each) for each in change.pods], "other workloads")
    yield from _few(
        [f"{each.name} moves from {listed(each.before)} to {listed(each.after)}" for each in change.moved],
        "workloads that move",
    )
    yield from (Line("plain", each) for each in _shares(change))
    if change.most_after is not None and change.most_before != change.most_after:
        yield Line("plain", f"at most: {_sides(change.most_before, change.most_after)}")
    yield from (Line("unsure", f"no price: {each}") for each in change.unpriced)
    new = frozenset(change.newly_unsure)
    yield from (Line("unsure", f"{'newly ' if each in new else ''}not known: {each}") for each in change.unsure)


def summary(change: Change) -> str:
    """The line that a busy reader reads: nodes, pods that wait, cost."""
    if change.after is None:
        return "the cluster goes, with its nodes and pods"
    if not change.changed:
        return f"no change; {_side(change.after)}"
    if change.before is None:
        return f"new: {_side(change.after)}"
    return _sides(change.before, change.after)


def _side(found: Totals) -> str:
    waits = f"; {count(found.waiting, 'pod')} {'waits' if found.waiting == 1 else 'wait'}" if found.waiting else ""
    return f"{count(found.nodes, 'node')} for {count(found.pods, 'pod')}, {money(found.low, found.high)} a month{waits}"


def _sides(before: Totals | None, after: Totals) -> str:
    old = before or _NOTHING
    nodes = _moved("node", old.nodes, after.nodes)
    pods = _moved("pod", old.pods, after.pods)
    waits = "" if old.waiting == after.waiting == 0 else f"; waiting pods {_arrow(old.waiting, after.waiting)}"
    return f"{nodes} for {pods}, {cost(old, after)}{waits}"


def cost(before: Totals, after: Totals) -> str:
    """`+$133 a month (33% more), $533 in all`."""
    low, high = after.low - before.low, after.high - before.high
    if abs(low) < 0.005 and abs(high) < 0.005:
        return f"{money(after.low, after.high)} a month as before"
    shares = [(new - old) / old for old, new in ((before.low, after.low), (before.high, after.high)) if old > 0]
    share = max(shares, key=abs, default=None)
    said = "" if share is None else f" ({abs(share):.0%} {'more' if share > 0 else 'less'})"
    return f"{money(low, high, signed=True)} a month{said}, {money(after.low, after.high)} in all"


def _moved(noun: str, before: int, after: int) -> str:
    return count(after, noun) if before == after else f"{noun}s {_arrow(before, after)}"


def _arrow(before: int, after: int) -> str:
    return f"{before:,}" if before == after else f"{before:,} → {after:,}"


def _nodes(each: NodesMoved) -> str:
    kind = "" if each.capacity_type in ("", "on-demand") else f" {each.capacity_type}"
    return f"{each.machine}{kind} {_arrow(each.before, each.after)}"


def _waiting(found: tuple[PodsWaiting, ...], head: str) -> Iterator[Line]:
    for each in found:
        more = each.after - each.before
        if more < 0:
            rest = f", {count(each.after, 'pod')} still {'waits' if each.after == 1 else 'wait'}" if each.after else ""
            yield Line(
                "good",
                f"{head}{count(-more, 'pod')} of {each.name} no longer {'waits' if more == -1 else 'wait'}{rest}",
            )
            continue
        before = f" besides {each.before} before" if each.before else ""
        yield Line("bad", f"{head}{count(more, 'pod')} of {each.name} newly {'waits' if more == 1 else 'wait'}{before}")
        yield from (Line("plain", reason, 1) for reason in each.reasons)
        if each.remedy:
            yield Line("plain", f"→ {each.remedy}", 1)


def _pods(each: PodsAsked) -> str:
    if not each.before:
        return f"{each.name} is new: {_of_them(each.after)} of {each.requests_after}"
    if not each.after:
        return f"{each.name} goes: {_of_them(each.before)} of {each.requests_before}"
    pods = _of_them(each.after) if each.before == each.after else f"pods {each.before} → {each.after}"
    same = each.requests_before == each.requests_after
    asked = each.requests_after if same else f"{each.requests_before} → {each.requests_after}"
    return f"{each.name}: {pods} of {asked}"


def _of_them(number: str) -> str:
    return "1 pod" if number == "1" else f"{number} pods"


def _few(found: list[str], rest: str) -> Iterator[Line]:
    yield from (Line("plain", each) for each in found[:_MOST_WORKLOADS])
    if len(found) > _MOST_WORKLOADS:
        yield Line("plain", f"and {len(found) - _MOST_WORKLOADS} {rest}")


def _shares(change: Change) -> Iterator[str]:
    """What changes about spot and zones."""
    before, after = change.before, change.after
    if before is None or after is None:
        return
    if before.spot != after.spot or round(before.spot_share, 2) != round(after.spot_share, 2):
        shares = (f"{each.spot_share:.0%}" for each in (before, after))
        yield f"spot: nodes {_arrow(before.spot, after.spot)}, share of cores {' → '.join(dict.fromkeys(shares))}"
    if before.zones != after.zones:
        yield f"nodes by zone: {_zones(before.zones)} → {_zones(after.zones)}"
    for name in after.free:
        was = before.free.get(name)
        if was is not None and abs(after.free[name] - was) >= 0.1:
            yield f"free {name}: {was:.0%} → {after.free[name]:.0%}"


def _zones(found: Mapping[str, int]) -> str:
    return by_zone(found, "") or "none"
