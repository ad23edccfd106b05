"""Kubernetes quantities (`500m`, `2Gi`) and durations (`720h`) as numbers."""

from __future__ import annotations

import re
from typing import Any

_UNITS = {"": 1, "m": 1e-3, "u": 1e-6, "n": 1e-9, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}
_UNITS |= {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60}
_QUANTITY = re.compile(r"([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([a-zA-Z]*)")
_SECONDS = {"s": 1, "m": 60, "h": 3600}


def quantity(value: Any) -> float | None:
    """A quantity as a number of its base unit; None if it is none."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value)
    match = _QUANTITY.fullmatch(str(value).strip())
    if match is None or match[2] not in _UNITS:
        return None
    try:
        return float(match[1]) * _UNITS[match[2]]
    except ValueError:
        return None


def seconds(value: Any) -> float | None:
    """A duration such as `1h30m` in seconds; None if it is none, such as `Never`."""
    if not isinstance(value, str) or not re.fullmatch(r"([0-9]+[smh])+", value):
        return None
    return sum(int(number) * _SECONDS[unit] for number, unit in re.findall(r"([0-9]+)([smh])", value))
