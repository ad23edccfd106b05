"""Lengths of time, and lists of names, as timelines write them."""

from __future__ import annotations

from collections.abc import Sequence

_SHOWN = 4


def took(seconds: int) -> str:
    """A length of time in two units, such as `2h 05m`."""
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    if days:
        return f"{days}d {hours:02}h"
    if hours:
        return f"{hours}h {minutes:02}m"
    return f"{minutes}m {left:02}s" if minutes else f"{left}s"


def listed(names: Sequence[str]) -> str:
    """Names, the first of them where there are many."""
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown


def count(number: int, one: str) -> str:
    """A number of things, such as `3 pods`."""
    return f"{number:,} {one}" if number == 1 else f"{number:,} {one}s"
