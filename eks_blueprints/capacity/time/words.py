"""Lengths of time, as timelines write them."""

from __future__ import annotations


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
