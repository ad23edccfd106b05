"""How many nodes of a pool Karpenter may take away at a moment, and when that changes.

The strictest budget that speaks of the reason counts, by the nodes that are ready for pods; what leaves already, or is
not ready, is taken off. Source: `BuildDisruptionBudgetMapping` and `GetAllowedDisruptionsByReason` in
sigs.k8s.io/karpenter, v1.14.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from eks_blueprints.karpenter import cron
from eks_blueprints.karpenter.cron import Schedule
from eks_blueprints.karpenter.disruption import Budget, Reason
from eks_blueprints.karpenter.durations import seconds
from eks_blueprints.provisioning.karpenter.disruption.state import State

NO_LIMIT = 2**31 - 1
_YEARS = 5


def limit(budgets: Sequence[Budget], nodes: int, reason: Reason, at: datetime) -> int:
    """How many of a pool's nodes may be on their way out at a moment; a share is rounded up.

    Args:
        budgets: The pool's budgets.
        nodes: How many nodes it has that are ready for pods.
        reason: Why they would go.
        at: The moment, with a time zone.

    Returns:
        The number that the strictest budget says; `NO_LIMIT` where none speaks.
    """
    return min(
        (each.most(nodes) for each in budgets if each.concerns(reason) and each.active_at(at)),
        default=NO_LIMIT,
    )


def room(state: State, reason: Reason) -> dict[str, int]:
    """How many more nodes of each pool may be taken away now for a reason."""
    nodes: dict[str, int] = {each.name: 0 for each in state.pools}
    away = dict(nodes)
    for each in state.nodes.values():
        if each.initialized is None or each.pool not in nodes:
            continue
        nodes[each.pool] += 1
        away[each.pool] += each.leaving or not each.ready
    return {
        name: max(0, limit(state.rules_of(name).budgets, count, reason, state.now) - away[name])
        for name, count in nodes.items()
    }


def next_change(budgets: Sequence[Budget], after: datetime) -> datetime | None:
    """When a budget next begins to hold or ends; None where all stays as it is for five years.

    Args:
        budgets: The pool's budgets.
        after: The moment, with a time zone.
    """
    found = (_changes(each, after.astimezone(UTC)) for each in budgets)
    return min((each for each in found if each is not None), default=None)


def calendar(
    budgets: Sequence[Budget], nodes: int, reason: Reason, start: datetime, end: datetime
) -> Iterator[tuple[datetime, int]]:
    """From when on how many nodes may go at once: one entry at the start, and one wherever the number changes."""
    at: datetime | None = start
    last = None
    while at is not None and at < end:
        if (now := limit(budgets, nodes, reason, at)) != last:
            yield at, now
            last = now
        at = next_change(budgets, at)


def holds_forever(budgets: Sequence[Budget], nodes: int, reason: Reason, after: datetime) -> bool:
    """Whether no node of a pool may go for a reason, now and in the year after."""
    end = after + timedelta(days=366)
    return all(count == 0 for _, count in calendar(budgets, nodes, reason, after, end))


def _changes(budget: Budget, after: datetime) -> datetime | None:
    if budget.schedule is None or budget.duration is None:
        return None
    schedule, length = cron.parse(budget.schedule), timedelta(seconds=seconds(budget.duration))
    if not budget.active_at(after):
        return schedule.next(after)
    begun = schedule.next(after - length)
    return None if begun is None else _end(schedule, length, begun)


def _end(schedule: Schedule, length: timedelta, begun: datetime) -> datetime | None:
    """When a window ends that has begun, with those that begin in it or at its end."""
    times = [
        timedelta(hours=hour, minutes=minute) for hour in sorted(schedule.hours) for minute in sorted(schedule.minutes)
    ]
    unbroken = all(later - earlier <= length for earlier, later in pairwise(times))
    end, day = begun + length, begun.replace(hour=0, minute=0, second=0)
    last = begun.year + _YEARS
    while end.year <= last:
        if schedule.falls_on(day.date()):
            for each in times:
                if day + each > end:
                    return end
                # Of a day without a gap, what lies between its first and its last opening need not be looked at.
                end = max(end, day + (times[-1] if unbroken else each) + length)
                if unbroken:
                    break
        if (day := day + timedelta(days=1)) > end:
            return end
    return None
