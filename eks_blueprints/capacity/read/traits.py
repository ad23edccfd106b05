"""What of a pod keeps Karpenter from its node, and how long it takes to end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from eks_blueprints.core.go_durations import nanoseconds
from eks_blueprints.provisioning.karpenter.disruption.rules import DO_NOT_DISRUPT
from eks_blueprints.provisioning.karpenter.disruption.state import PLAIN, Traits

GRACE = "terminationGracePeriodSeconds"
_DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"


def traits_of(annotations: Any, grace: Any) -> Traits:
    """What holds a pod; what cannot be read is as if it was not there, as it is for Karpenter.

    Args:
        annotations: Those of the pod.
        grace: Its `terminationGracePeriodSeconds`.
    """
    said = annotations if isinstance(annotations, Mapping) else {}
    seconds = float(grace) if isinstance(grace, int | float) and not isinstance(grace, bool) else -1
    found = Traits(
        keeps=_keeps(said.get(DO_NOT_DISRUPT)),
        deletion_cost=_cost(said.get(_DELETION_COST)),
        grace=timedelta(seconds=seconds) if 0 <= seconds <= _LONGEST else PLAIN.grace,
    )
    return PLAIN if found == PLAIN else found


_LONGEST = 100 * 365 * 86_400


def _keeps(value: Any) -> bool | timedelta:
    if value == "true":
        return True
    try:
        length = timedelta(microseconds=nanoseconds(str(value)) // 1000)
    except ValueError:
        return False
    return length if length > timedelta(0) else False


def _cost(value: Any) -> float:
    try:
        return float(int(str(value)))
    except ValueError:
        return 0.0
