"""When something happens, and for how long, as scenarios write it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from eks_blueprints.core.errors import shown
from eks_blueprints.core.form import Form
from eks_blueprints.scheduling.amounts import CPU, amount

_LENGTH = Form(r"(?=[0-9])(?:([0-9]{1,4})d)?(?:([0-9]{1,5})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,8})s)?")
_PATTERN = r"^(?=[0-9])([0-9]{1,4}d)?([0-9]{1,5}h)?([0-9]{1,6}m)?([0-9]{1,8}s)?$"
_LAST_YEAR = 2999
_UNITS = (86_400, 3600, 60, 1)
_PERCENT = Form(r"[0-9]{1,5}%")
_AMOUNT = Form(r"[0-9]{1,7}|[0-9]{1,3}%")


def length(text: str) -> int:
    """The seconds of a length such as `1h30m`.

    Raises:
        ValueError: if it is none.
    """
    found = _LENGTH.fullmatch(text)
    if found is None:
        negative = text.startswith("-") and _LENGTH.fullmatch(text[1:]) is not None
        do = "write a length from 0s on" if negative else "write days, hours, minutes, seconds, such as 1h30m or 7d"
        raise ValueError(f"{'is negative' if negative else 'is not a length of time'}; got {shown(text)}; {do}")
    return sum(int(number or 0) * unit for number, unit in zip(found.groups(), _UNITS, strict=True))


def instant(text: str) -> datetime:
    """An instant with its offset from UTC, such as `2026-03-02T09:00:00+01:00`.

    Raises:
        ValueError: if it is none, or says no offset.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        do = "write it like 2026-03-02T09:00:00Z"
        raise ValueError(f"is not an instant; got {shown(text)}; {do}") from None
    if not 1970 <= found.year <= _LAST_YEAR:
        raise ValueError(f"is too far away; got {shown(text)}; write a year from 1970 to {_LAST_YEAR}")
    if found.tzinfo is None:
        # Budgets of pools open and close by the clock of UTC.
        raise ValueError(f"needs an offset from UTC; got {shown(text)}; write {text}Z for UTC, or an offset as +01:00")
    return found.astimezone(UTC)


def local(text: str) -> datetime:
    """An instant by the clock that it is written in, by which the reader of its scenario goes."""
    return datetime.fromisoformat(text)


def _length(text: str) -> str:
    length(text)
    return text


def _some_length(text: str) -> str:
    if length(text) == 0:
        raise ValueError(f"must be longer than nothing; got {shown(text)}; write a length such as 30m")
    return text


def _instant(text: str) -> str:
    instant(text)
    return text


def moment(text: str) -> str:
    """A length, or an instant.

    Raises:
        ValueError: if it is neither.
    """
    if re.match(r"[0-9]{4}-", text):
        return _instant(text)
    try:
        length(text)
    except ValueError as error:
        raise ValueError(f"{error}, or an instant such as 2026-03-02T09:00:00Z") from None
    return text


def _percent(text: str) -> str:
    if not _PERCENT.fullmatch(text):
        raise ValueError(f"is not a percentage; got {shown(text)}; write it like 150%")
    return text


def _share(text: str) -> str:
    if not _PERCENT.fullmatch(text) or int(text[:-1]) > 100:
        raise ValueError(f"is not a share; got {shown(text)}; write one from 0% to 100%")
    return text


def _amount(text: str) -> str:
    if not _AMOUNT.fullmatch(text) or (text.endswith("%") and int(text[:-1]) > 100):
        raise ValueError(f'is not a number of them; got {shown(text)}; write one such as "2", or a share such as 25%')
    return text


def _cores(text: str) -> str:
    try:
        found = amount(CPU, text)
    except ValueError:
        found = -1
    if found < 0:
        raise ValueError(f"is not a number of cores; got {shown(text)}; write it like 1.5 or 500m")
    return text


def _written(value: Any) -> Any:
    """A number as it is written: it may have no quotes, or lack its unit, which is told better than that it is none."""
    return str(value) if type(value) in (int, float) else value


def percent(text: str) -> int:
    """The number before the sign."""
    return int(text[:-1])


def part(text: str, whole: int, *, up: bool) -> int:
    """How many of a whole an amount says: a share is rounded up or down."""
    if not text.endswith("%"):
        return int(text)
    return -(-percent(text) * whole // 100) if up else percent(text) * whole // 100


_AS_NUMBER = WithJsonSchema({"type": ["string", "number"]})
_AS_LENGTH = WithJsonSchema({"type": "string", "pattern": _PATTERN})

Length = Annotated[str, BeforeValidator(_written), AfterValidator(_length), _AS_LENGTH]
"""Days, hours, minutes and seconds, such as `1h30m`."""
SomeLength = Annotated[str, BeforeValidator(_written), AfterValidator(_some_length), _AS_LENGTH]
Instant = Annotated[str, AfterValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
Moment = Annotated[str, BeforeValidator(_written), AfterValidator(moment)]
"""A length counted from the start, or an instant."""
Percent = Annotated[str, AfterValidator(_percent)]
Share = Annotated[str, AfterValidator(_share)]
Amount = Annotated[str, BeforeValidator(_written), AfterValidator(_amount), _AS_NUMBER]
"""A number, or a share such as `25%`."""
Cores = Annotated[str, BeforeValidator(_written), AfterValidator(_cores), _AS_NUMBER]
"""Cores, such as `1.5` or `500m`."""
