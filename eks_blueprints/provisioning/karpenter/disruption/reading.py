"""What a NodePool object says of the disruption of its nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

from eks_blueprints.core.go_durations import nanoseconds
from eks_blueprints.karpenter.disruption import DEFAULT_BUDGETS, Budget
from eks_blueprints.karpenter.durations import NEVER
from eks_blueprints.provisioning.karpenter.disruption.state import AUTO_MODE, DO_NOT_DISRUPT, Policy, Rules

_BLOCKED = (Budget(nodes="0"),)
"""What Karpenter makes of budgets of which it cannot read one: no node may go."""
_POLICIES = ("WhenEmpty", "WhenEmptyOrUnderutilized", "Balanced")


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
