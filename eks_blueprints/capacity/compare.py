"""Two outcomes of the same cluster, before and after a change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from eks_blueprints.capacity.changes import Change, Moved, NodesMoved, PodsAsked, PodsWaiting, Totals
from eks_blueprints.capacity.figures import Figures
from eks_blueprints.capacity.model import Demand, Outcome, Waiting
from eks_blueprints.capacity.reasons import by_reason
from eks_blueprints.capacity.words import listed, maker, requests

Sides = Sequence[tuple[Outcome, Outcome | None]]
"""Each cluster's outcome, and the same with as many pods as there can be where that differs."""


def compare(before: Sides, after: Sides) -> tuple[Change, ...]:
    """What changes in each cluster; clusters are matched by their names, an only one with an only one."""
    old = {outcome.platform.name: (outcome, most) for outcome, most in before}
    new = {outcome.platform.name: (outcome, most) for outcome, most in after}
    if len(old) == len(new) == 1:
        old = dict(zip(new, old.values(), strict=True))
    return tuple(_change(name, old.get(name), new.get(name)) for name in dict.fromkeys([*new, *old]))


def _change(
    name: str, old: tuple[Outcome, Outcome | None] | None, new: tuple[Outcome, Outcome | None] | None
) -> Change:
    before, after = (Figures(each[0]) if each else None for each in (old, new))
    waiting = tuple(_waiting(before, after))
    most = any(each and each[1] for each in (old, new))
    most_before, most_after = (Figures(each[1] or each[0]) if each and most else None for each in (old, new))
    told = {each.name for each in waiting if each.after > each.before}
    unsure = after.unsure if after else ()
    known = frozenset(before.unsure) if before else frozenset[str]()
    return Change(
        cluster=name,
        before=Totals.of(before) if before else None,
        after=Totals.of(after) if after else None,
        most_before=Totals.of(most_before) if most_before else None,
        most_after=Totals.of(most_after) if most_after else None,
        nodes=tuple(_nodes(before, after)),
        waiting=waiting,
        waiting_at_most=tuple(each for each in _waiting(most_before, most_after) if each.name not in told),
        moved=tuple(_moved(before, after)),
        pods=tuple(_pods(before, after)),
        unsure=unsure,
        newly_unsure=tuple(each for each in unsure if each not in known),
        unpriced=tuple(_unpriced(before, after)),
    )


def _counts(figures: Figures | None) -> Mapping[tuple[str, str, str, str], int]:
    nodes = figures.outcome.nodes if figures else ()
    return Counter((each.kind, each.maker, each.machine, each.capacity_type) for each in nodes)


def _nodes(before: Figures | None, after: Figures | None) -> Iterator[NodesMoved]:
    old, new = _counts(before), _counts(after)
    for key in sorted({*old, *new}):
        was, now = old.get(key, 0), new.get(key, 0)
        if was != now:
            kind, name, machine, capacity_type = key
            yield NodesMoved(kind=kind, maker=name, machine=machine, capacity_type=capacity_type, before=was, after=now)


def _unpriced(before: Figures | None, after: Figures | None) -> Iterator[str]:
    """Types of nodes without a price of which there are more than before."""
    old, new = (
        Counter(each.machine for each in (figures.outcome.nodes if figures else ()) if each.price is None)
        for figures in (before, after)
    )
    yield from (machine for machine in new if new[machine] > old[machine])


def _waiting(before: Figures | None, after: Figures | None) -> Iterator[PodsWaiting]:
    old, new = ({each.name: each for each in (f.outcome.waiting if f else ())} for f in (before, after))
    for name in dict.fromkeys([*new, *old]):
        was, now = old.get(name), new.get(name)
        counts = (was.count if was else 0, now.count if now else 0)
        if counts[0] != counts[1]:
            yield PodsWaiting(
                name=name,
                before=counts[0],
                after=counts[1],
                reasons=tuple(_reasons(now)) if now else (),
                remedy=now.remedy if now else "",
            )


def _reasons(found: Waiting) -> Iterator[str]:
    for (predicate, reason), said in by_reason(found.refusals).items():
        yield f"{predicate}, {listed(maker(each.kind, each.where) for each in said)}: {reason}"


def _moved(before: Figures | None, after: Figures | None) -> Iterator[Moved]:
    """Workloads that are there on both sides, on other types; one that has no node on a side is told as waiting."""
    old, new = _machines(before), _machines(after)
    for name in new:
        if name in old and old[name] != new[name]:
            yield Moved(name=name, before=old[name], after=new[name])


def _machines(figures: Figures | None) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for node in figures.outcome.nodes if figures else ():
        for pod in node.pods:
            if not pod.daemon:
                found.setdefault(pod.name, set()).add(node.machine)
    return {name: tuple(sorted(machines)) for name, machines in found.items()}


def _pods(before: Figures | None, after: Figures | None) -> Iterator[PodsAsked]:
    old, new = ({each.name: each for each in (f.outcome.platform.demands if f else ())} for f in (before, after))
    for name in dict.fromkeys([*new, *old]):
        was, now = _asked(old.get(name)), _asked(new.get(name))
        if was != now:
            yield PodsAsked(name=name, before=was[0], after=now[0], requests_before=was[1], requests_after=now[1])


def _asked(demand: Demand | None) -> tuple[str, str]:
    if demand is None:
        return "", ""
    pods = str(demand.least) if demand.least == demand.most else f"{demand.least} to {demand.most}"
    return pods, requests(demand.shape.requests)
