"""Cron as EventBridge reads it: six fields, one of the two days is `?`, and Sunday is 1."""

from __future__ import annotations

from collections.abc import Iterable

from eks_blueprints.karpenter import cron

_EVERY = {"minutes": range(60), "hours": range(24), "months": range(1, 13)}


def expressions(text: str) -> list[str]:
    """What stands in `cron(…)` of the rules that together come when five fields of cron say.

    Where both days are named cron takes either of them, which EventBridge says in two rules. Source: Amazon EventBridge
    User Guide, "Cron expressions reference", read 2026-11-30.
    """
    when = cron.parse(text)
    minutes = _field(when.minutes, _EVERY["minutes"])
    hours = _field(when.hours, _EVERY["hours"])
    months = _field(when.months, _EVERY["months"])
    any_day = when.days == frozenset(range(1, 32))
    any_weekday = when.weekdays == frozenset(range(7))
    day = ",".join(map(str, sorted(when.days)))
    weekday = ",".join(str(each + 1) for each in sorted(when.weekdays))
    if any_day and any_weekday:
        days = [("*", "?")]
    elif any_weekday:
        days = [(day, "?")]
    elif any_day:
        days = [("?", weekday)]
    else:
        days = [(day, "?"), ("?", weekday)]
    return [f"{minutes} {hours} {on} {months} {of} *" for on, of in days]


def _field(found: frozenset[int], every: Iterable[int]) -> str:
    return "*" if found == frozenset(every) else ",".join(map(str, sorted(found)))
