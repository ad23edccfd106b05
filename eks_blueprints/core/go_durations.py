"""Durations as Go writes them: `1h30m`, `500ms`."""

from __future__ import annotations

import re
from decimal import Decimal

from eks_blueprints.core.errors import shown

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
_LONGEST = 2**63 - 1  # Go counts nanoseconds in 64 bits; nothing written in it reads a longer one.
_TERM = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")


def nanoseconds(text: str) -> int:
    """The length of a duration by Go's `time.ParseDuration`.

    Raises:
        ValueError: if the text is none.
    """
    body = text[1:] if text[:1] in ("+", "-") else text
    terms = _TERM.findall(body)
    if body != "0" and (not terms or "".join(number + unit for number, unit in terms) != body):
        raise ValueError(f"is not a valid duration; got {shown(text)}; write it like 30s, 90m or 1h30m")
    length = sum(int(Decimal(number) * _NANOSECONDS[unit]) for number, unit in terms)
    if length > _LONGEST:
        raise ValueError(f"is too long; got {shown(text)}; use at most 2562047h")
    return -length if text.startswith("-") else length
