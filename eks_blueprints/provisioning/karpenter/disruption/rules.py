"""The rules of a NodePool for the disruption of its nodes, and how they are read from its object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, cast

from eks_blueprints.core.go_durations import nanoseconds
from eks_blueprints.karpenter.disruption import DEFAULT_BUDGETS, Budget
from eks_blueprints.karpenter.durations import NEVER

Policy = Literal["WhenEmpty", "WhenEmptyOrUnderutilized", "Balanced"]

DO_NOT_DISRUPT = "karpenter.sh/do-not-disrupt"
"""Annotation of nodes and pods that keeps nodes; `"true"`, and of pods also a time from their start such as `"1h"`."""

_BLOCKED = (Budget(nodes="0"),)
"""What Karpenter makes of budgets of which it cannot read one: no node may go."""
_POLICIES = ("WhenEmpty", "WhenEmptyOrUnderutilized", "Balanced")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The block `disruption` of a NodePool, and how long its nodes live; the defaults are Karpenter's."""

    policy: Policy = "WhenEmptyOrUnderutilized"
    consolidate_after: timedelta | None = timedelta(0)
    """How long no pod came to a node or went before it is looked at; None for `Never`."""
    budgets: Sequence[Budget] = DEFAULT_BUDGETS
    expire_after: timedelta | None = timedelta(hours=720)
    """The age at which new nodes will be replaced; None for `Never`."""
    grace: timedelta | None = None
    """How long new nodes will wait for their pods as they go (`terminationGracePeriod`); None for ever."""
    do_not_disrupt: bool = False
    """Whether new nodes will have the annotation `karpenter.sh/do-not-disrupt: "true"`."""


AUTO_MODE = Rules(expire_after=timedelta(hours=336), grace=timedelta(hours=24))
"""What holds in EKS Auto Mode where a pool says nothing else."""


def rules_of(spec: Mapping[str, Any], *, auto_mode: bool = False) -> Rules:
    """The rules that the spec of a NodePool says; what it leaves out has Karpenter's defaults, or Auto Mode's.

    Raises:
        ValueError: if a duration or the policy cannot be read.
    """
    usual = AUTO_MODE if auto_mode else Rules()
    disruption = spec.get("disruption") or {}
    whole = spec.get("template") or {}
    template = whole.get("spec") or {}
    annotations = (whole.get("metadata") or {}).get("annotations") or {}
    policy = disruption.get("consolidationPolicy") or usual.policy
    if policy not in _POLICIES:
        raise ValueError(f"has no consolidationPolicy {policy!r}; write one of {', '.join(_POLICIES)}")
    budgets = disruption.get("budgets")
    return Rules(
        policy=cast("Policy", policy),
        consolidate_after=_length(disruption, "consolidateAfter", usual.consolidate_after),
        budgets=DEFAULT_BUDGETS if budgets is None else _budgets(budgets),
        expire_after=_length(template, "expireAfter", usual.expire_after),
        grace=_length(template, "terminationGracePeriod", usual.grace),
        do_not_disrupt=annotations.get(DO_NOT_DISRUPT) == "true",
    )


def _length(given: Mapping[str, Any], key: str, default: timedelta | None) -> timedelta | None:
    value = given.get(key)
    if value is None:
        return default
    return None if value == NEVER else timedelta(microseconds=nanoseconds(str(value)) // 1000)


def _budgets(given: Sequence[Mapping[str, Any]]) -> tuple[Budget, ...]:
    try:
        return tuple(Budget(**each) for each in given)
    except ValueError:
        return _BLOCKED
