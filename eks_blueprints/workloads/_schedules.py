"""When a CronJob runs."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator

from eks_blueprints.core.errors import nearest, shown
from eks_blueprints.core.form import Form
from eks_blueprints.karpenter import cron

_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)
"""Five years from then hold every day that exists."""
_ZONE = Form(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*")


def schedule(text: str) -> str:
    """A schedule as a CronJob has it: five fields of cron, or a macro such as `@daily`.

    Raises:
        ValueError: if it is none.
    """
    if "TZ=" in text:
        raise ValueError(f"has a time zone; got {shown(text)}; write it as time_zone, beside schedule")
    cron.parse(text)
    return text


def never_comes(text: str) -> bool:
    """Whether there is no time at which a schedule starts anything, such as on 31 February."""
    return cron.parse(text).next(_ANY_TIME) is None


def time_zone(text: str) -> str:
    """The name of a time zone in the IANA database.

    Raises:
        ValueError: if there is none by that name. Where no database is at hand, only its form is looked at.
    """
    known = _zones()
    if text == "Local" or not _ZONE.fullmatch(text) or (known and text not in known):
        near = nearest(text, sorted(known))
        do = f"did you mean {near}?" if near else "write one such as Europe/Berlin or Etc/UTC"
        raise ValueError(f"is no time zone; got {shown(text)}; {do}")
    return text


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


Schedule = Annotated[str, AfterValidator(schedule)]
TimeZone = Annotated[str, AfterValidator(time_zone)]
