"""Schedules as Karpenter reads them: five cron fields or a macro, in UTC.

Karpenter parses with robfig/cron's `ParseStandard`; this follows its version 3.0.1, quirks included: Sunday is 0 and
not 7, a restricted day of the month and a restricted day of the week are alternatives unless one of them is `*`, and a
step wider than 1 makes `*` a restriction.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import AfterValidator

from eks_blueprints.core.errors import nearest, shown
from eks_blueprints.core.form import Form

MACROS: Mapping[str, str] = {
    "@annually": "0 0 1 1 *",
    "@yearly": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_MONTHS = {
    "jan": 1,
    "feb": 2,
    "mar": 3,
    "apr": 4,
    "may": 5,
    "jun": 6,
    "jul": 7,
    "aug": 8,
    "sep": 9,
    "oct": 10,
    "nov": 11,
    "dec": 12,
}
_WEEKDAYS = {"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}
_YEARS = 5  # How far robfig/cron looks ahead.
_OVERLAP = timedelta(hours=3)  # No clock is set back by more.
_NUMBER = Form(r"\+?[0-9]{1,18}")


class _Field(NamedTuple):
    name: str
    least: int
    most: int
    names: Mapping[str, int] = {}


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of the week", 0, 6, _WEEKDAYS),
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Moments that recur, in UTC."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day: bool
    """Whether the days of the month or of the week are unrestricted, so that both must hold and not just one."""

    def next(self, after: datetime) -> datetime | None:
        """The first moment later than another; None if there is none within five years.

        Raises:
            ValueError: if the time has no time zone.
        """
        if after.tzinfo is None:
            raise ValueError(f"needs a time zone; got {after.isoformat()}; add tzinfo=UTC")
        start = after.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
        times = [time(hour, minute, tzinfo=UTC) for hour in sorted(self.hours) for minute in sorted(self.minutes)]
        day, end = start.date(), date(start.year + _YEARS, 12, 31)
        while times and day <= end:
            if day.month not in self.months:
                day = _next_month(day)
                continue
            if self.falls_on(day):
                for moment in times:
                    if (found := datetime.combine(day, moment)) >= start:
                        return found
            day += timedelta(days=1)
        return None

    def runs(self, after: datetime, zone: ZoneInfo, count: int) -> tuple[datetime, ...]:
        """The next moments later than another, as the clocks of a time zone show them; fewer if there are not so many.

        A time that clocks skip in spring never comes, and one that they show twice in autumn comes twice, as
        robfig/cron counts and so the CronJob controller.
        """
        clock = after.astimezone(zone).replace(tzinfo=UTC) - _OVERLAP
        found: list[datetime] = []
        while (later := self.next(clock)) is not None:
            clock = later
            for fold in (0, 1):
                moment = clock.replace(tzinfo=zone, fold=fold).astimezone(UTC)
                is_shown = moment.astimezone(zone).replace(tzinfo=UTC) == clock
                if is_shown and moment > after and moment not in found:
                    found.append(moment)
            # A time that comes a second time can be later than one that the clocks show after it.
            if len(found) > count and max(found) - sorted(found)[count - 1] > _OVERLAP:
                break
        return tuple(moment.astimezone(zone) for moment in sorted(found)[:count])

    def falls_on(self, day: date) -> bool:
        """Whether it comes on a day."""
        by_day, by_weekday = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return by_day and by_weekday if self.any_day else by_day or by_weekday


def parse(text: str) -> Schedule:
    """The schedule that a text says.

    Raises:
        ValueError: if Karpenter's parser refuses it, or it never comes.
    """
    body = text.strip(" \t")
    if not re.fullmatch(r"[\x20-\x7e\t]+", text) or not body:
        raise ValueError(f"is not a valid schedule; got {shown(text)}; write five cron fields, such as 0 9 * * mon-fri")
    if "TZ=" in body:
        raise ValueError(f"has a time zone; got {shown(text)}; leave it out and count in UTC")
    if body.startswith("@"):
        if body not in MACROS:
            near = nearest(body, MACROS) or "@daily"
            raise ValueError(f"is not a macro; got {shown(text)}; did you mean {near}? known are {', '.join(MACROS)}")
        body = MACROS[body]
    parts = body.split()
    if len(parts) != len(_FIELDS):
        do = "write minute, hour, day of the month, month, day of the week"
        raise ValueError(f"needs five fields; got {len(parts)} in {shown(text)}; {do}")
    found = [_read(part, field) for part, field in zip(parts, _FIELDS, strict=True)]
    minutes, hours, days, months, weekdays = (values for values, _ in found)
    return Schedule(minutes, hours, days, months, weekdays, any_day=found[2][1] or found[4][1])


def schedule(text: str) -> str:
    """A schedule that Karpenter can read and that comes at some time.

    Raises:
        ValueError: if it is none.
    """
    if parse(text).next(datetime(2026, 1, 1, tzinfo=UTC)) is None:
        # robfig/cron answers with the year 1, which Karpenter takes for a window that is open now and always.
        raise ValueError(
            f"never occurs, so Karpenter treats it as always active; got {shown(text)}; use a day that exists"
        )
    return text


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _read(text: str, field: _Field) -> tuple[frozenset[int], bool]:
    values: set[int] = set()
    star = False
    for part in filter(None, text.split(",")):
        found, is_star = _range(part, field)
        values |= set(found)
        star |= is_star
    if not values:
        raise ValueError(f"has no {field.name}; got {shown(text)}; write a number from {field.least} or *")
    return frozenset(values), star


def _range(text: str, field: _Field) -> tuple[range, bool]:
    bounds, *steps = text.split("/")
    ends = bounds.split("-")
    star = ends[0] in ("*", "?")
    if len(steps) > 1 or (len(ends) > 2 and not star):
        raise ValueError(
            f"is not a valid {field.name}; got {shown(text)}; write one range such as 1-5 and one step such as /2"
        )
    step = _number(steps[0], field, text) if steps else 1
    if star:
        first, last = field.least, field.most
    else:
        first, last = _value(ends[0], field, text), _value(ends[-1], field, text)
        last = field.most if steps and len(ends) == 1 else last
    if first < field.least or last > field.most or first > last or step == 0:
        sunday = "; Sunday is 0 or sun" if field.names is _WEEKDAYS else ""
        do = f"use {field.least} to {field.most}, the smaller first, and steps from 1{sunday}"
        raise ValueError(f"is not a valid {field.name}; got {shown(text)}; {do}")
    return range(first, last + 1, step), star and step == 1


def _value(text: str, field: _Field, whole: str) -> int:
    named = field.names.get(text.lower())
    return _number(text, field, whole) if named is None else named


def _number(text: str, field: _Field, whole: str) -> int:
    if not _NUMBER.fullmatch(text):
        names = f", or {', '.join(field.names)}" if field.names else ""
        raise ValueError(f"is not a valid {field.name}; got {shown(whole)}; write {field.least} to {field.most}{names}")
    return int(text)


Cron = Annotated[str, AfterValidator(schedule)]
