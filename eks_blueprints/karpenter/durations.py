"""Durations as Go writes them, in the forms that Karpenter's fields take."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator

from eks_blueprints.core.errors import shown
from eks_blueprints.core.form import Form

NEVER = "Never"
"""What switches off expiry and consolidation."""

_NANOSECONDS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_LONGEST = 2**63 - 1  # Go counts nanoseconds in 64 bits; the controller cannot read an object with a longer duration.
_TERM = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")
_WHOLE = Form(r"(?:[0-9]+[smh])+")
_WINDOW = Form(r"(?:[0-9]+[hm]|[0-9]+h[0-9]+m)(?:0s)?")
_LONG_UNITS = {"d": 24, "w": 24 * 7}


def nanoseconds(text: str) -> int:
    """The length of a duration by Go's `time.ParseDuration`.

    Raises:
        ValueError: if the text is none.
    """
    body = text[1:] if text[:1] in ("+", "-") else text
    terms = _TERM.findall(body)
    if body != "0" and (not terms or "".join(number + unit for number, unit in terms) != body):
        raise ValueError(f"is no duration; got {shown(text)}; write it like 30s, 90m or 1h30m")
    length = sum(int(Decimal(number) * _NANOSECONDS[unit]) for number, unit in terms)
    if length > _LONGEST:
        raise ValueError(f"is too long; got {shown(text)}; use at most 2562047h")
    return -length if text.startswith("-") else length


def go_duration(text: str) -> str:
    """A duration in any form that Go reads.

    Raises:
        ValueError: if it is none.
    """
    nanoseconds(text)
    return text


def seconds(text: str) -> int:
    """The length of a duration that was validated as `Duration` or `Window`."""
    return nanoseconds(text) // 10**9


def duration(text: str) -> str:
    """A length in whole hours, minutes and seconds.

    Raises:
        ValueError: if it is none, offering the hours where days or weeks were written.
    """
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"is no duration; got {shown(text)}; {_instead(text)}")
    nanoseconds(text)
    return text


def duration_or_never(text: str) -> str:
    """A length in whole hours, minutes and seconds, or `Never`.

    Raises:
        ValueError: if it is neither.
    """
    if text == NEVER:
        return text
    if text.lower() == "never":
        raise ValueError(f"is no duration; got {shown(text)}; write {NEVER}")
    return duration(text)


def window(text: str) -> str:
    """A length in whole hours and minutes, hours first, that is not zero.

    Raises:
        ValueError: if it is none.
    """
    if not _WINDOW.fullmatch(text):
        do = _instead(text, "write hours and minutes, such as 8h, 90m or 1h30m")
        raise ValueError(f"is no length of a window; got {shown(text)}; {do}")
    if nanoseconds(text) == 0:
        raise ValueError(f"is a window that is never open; got {shown(text)}; write hours and minutes, such as 8h")
    return text


def _instead(text: str, otherwise: str = "write hours, minutes and seconds, such as 720h, 90m or 1h30m") -> str:
    if match := re.fullmatch(r"([0-9]{1,6})([dw])", text):
        return f"write {int(match[1]) * _LONG_UNITS[match[2]]}h"
    if re.fullmatch(r"[0-9]{1,9}", text):
        return f"{otherwise}; a bare number has no unit"
    return otherwise


Duration = Annotated[str, AfterValidator(duration)]
DurationOrNever = Annotated[str, AfterValidator(duration_or_never)]
Window = Annotated[str, AfterValidator(window)]
