"""Kubernetes quantities (`500m`, `2Gi`) and durations (`720h`) as numbers, as rules compare them."""

from __future__ import annotations

from typing import Any

from eks_blueprints.core.go_durations import nanoseconds
from eks_blueprints.karpenter.quantities import exact


def quantity(value: Any) -> float | None:
    """A quantity as a number of its base unit; None if it is none."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value)
    try:
        return float(exact(str(value).strip()))
    except ValueError:
        return None


def seconds(value: Any) -> float | None:
    """A duration such as `1h30m` in seconds; None if it is none, such as `Never`."""
    try:
        return nanoseconds(value) / 10**9 if isinstance(value, str) else None
    except ValueError:
        return None
