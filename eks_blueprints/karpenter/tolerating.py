"""Taints of nodes and what pods tolerate. Source: Kubernetes, "Taints and Tolerations"."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from eks_blueprints.core.naming import TAINT_EFFECTS


class Toleration(NamedTuple):
    """A toleration of a pod."""

    key: str = ""
    operator: str = "Equal"
    value: str = ""
    effect: str = ""

    def of(self, taint: Taint) -> bool:
        """Whether it is one of a taint."""
        if self.effect not in ("", taint.effect):
            return False
        if self.operator == "Exists":
            return self.key in ("", taint.key)
        return self.key == taint.key and self.value == taint.value


class Taint(NamedTuple):
    """A taint of nodes."""

    key: str
    value: str
    effect: str
    """NoSchedule, NoExecute or PreferNoSchedule."""


def keeping_off(taints: Iterable[Taint], tolerations: Collection[Toleration]) -> Taint | None:
    """The first taint that keeps pods with some tolerations off; None if none does."""
    hard = (each for each in taints if each.effect in ("NoSchedule", "NoExecute"))
    return next((each for each in hard if not any(toleration.of(each) for toleration in tolerations)), None)


def toleration_of(given: Mapping[str, Any]) -> Toleration:
    """A toleration as an object has it."""
    found = {key: str(given.get(key) or "") for key in ("key", "operator", "value", "effect")}
    return Toleration(**{**found, "operator": found["operator"] or "Equal"})


def taint_of(key: str, value: str | None, effect: str) -> Taint:
    """A taint, its effect in Kubernetes' spelling or in that of EKS."""
    return Taint(key, value or "", TAINT_EFFECTS.get(effect, effect))
