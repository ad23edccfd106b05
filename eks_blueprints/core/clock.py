"""What day it is: versions are judged by it, and the age of tables is told by it."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time

from eks_blueprints.core.errors import InputError, Problem, shown

VARIABLE = "EKS_BLUEPRINTS_TODAY"
"""Environment variable that says another day than the machine's clock, such as `2026-11-29`."""


def today() -> date:
    """Today's date, or the day that `EKS_BLUEPRINTS_TODAY` says, so that a report can be made again as it was.

    Raises:
        InputError: if the variable holds no date.
    """
    said = os.environ.get(VARIABLE)
    if not said:
        return date.today()  # noqa: DTZ011 - support, waivers and tables end on a calendar day, wherever that is
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise InputError(
            [Problem((VARIABLE,), f"is not a valid date; got {shown(said)}; write it like 2026-11-29")]
        ) from None


def now() -> datetime:
    """This moment in UTC, or midnight of the day that `EKS_BLUEPRINTS_TODAY` says.

    Raises:
        InputError: if the variable holds no date.
    """
    return datetime.combine(today(), time(), UTC) if os.environ.get(VARIABLE) else datetime.now(UTC)
