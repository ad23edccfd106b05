"""Durations as Go writes them, in the forms that Karpenter's fields take."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from eks_blueprints.core.errors import shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.go_durations import nanoseconds

NEVER = "Never"
"""What switches off expiry and consolidation."""

_WHOLE = Form(r"(?:[0-9]+[smh])+")
_WINDOW = Form(r"(?:[0-9]+[hm]|[0-9]+h[0-9]+m)(?:0s)?")
_LONG_UNITS = {"d": 24, "w": 24 * 7}


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
        raise ValueError(f"is not a valid duration; got {shown(text)}; {_instead(text)}")
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
        raise ValueError(f"is not a valid duration; got {shown(text)}; write {NEVER}")
    return duration(text)


def window(text: str) -> str:
    """A length in whole hours and minutes, hours first, that is not zero.

    Raises:
        ValueError: if it is none.
    """
    if not _WINDOW.fullmatch(text):
        do = _instead(text, "write hours and minutes, such as 8h, 90m or 1h30m")
        raise ValueError(f"is not a length of a window; got {shown(text)}; {do}")
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
