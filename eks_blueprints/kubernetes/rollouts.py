"""How many pods a rollout has at once. Source: DeploymentStrategy and DaemonSetUpdateStrategy of apps/v1."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

QUARTER = "25%"
"""maxSurge and maxUnavailable of a Deployment where nothing is said."""


def share(value: Any, count: int, *, up: bool) -> int:
    """A number of pods, or a percentage of some, as Kubernetes rounds it: up for a surge, down for what is missing."""
    text = str(value)
    if not text.endswith("%"):
        return int(text) if text.isdigit() else 0
    part = Fraction(int(text[:-1]) * count, 100) if text[:-1].isdigit() else Fraction(0)
    return math.ceil(part) if up else math.floor(part)


def surge(kind: str, spec: Mapping[str, Any], count: int) -> int:
    """How many pods a workload may have besides its own while it is updated.

    Args:
        kind: Deployment, DaemonSet or another: only these two start pods before others end.
        spec: The spec of the workload.
        count: How many pods it has.
    """
    said = spec.get({"Deployment": "strategy", "DaemonSet": "updateStrategy"}.get(kind, ""))
    strategy: Mapping[str, Any] = said if isinstance(said, Mapping) else {}
    if kind not in ("Deployment", "DaemonSet") or strategy.get("type", "RollingUpdate") != "RollingUpdate":
        return 0
    most = (strategy.get("rollingUpdate") or {}).get("maxSurge")
    usual = QUARTER if kind == "Deployment" else 0
    return share(usual if most is None else most, count, up=True)
