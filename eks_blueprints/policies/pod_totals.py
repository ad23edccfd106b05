"""What a pod of a workload asks for in all, and how many pods a rollout has at once."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from eks_blueprints.karpenter.quantities import exact
from eks_blueprints.kubernetes.rollouts import QUARTER, share
from eks_blueprints.policies.objects import DEPLOYMENT, pod_of
from eks_blueprints.policies.pod_needs import requests_of, running
from eks_blueprints.policies.props import Props, Undetermined
from eks_blueprints.policies.quantities import quantity
from eks_blueprints.policies.rules.availability import lowest
from eks_blueprints.policies.stack import Resource, Stack

_MEASURED = ("cpu", "memory")


@dataclass(frozen=True, slots=True)
class Totals:
    """What is added up; empty where it is not known."""

    requests: dict[str, str] = field(default_factory=dict)
    """What a pod requests of cpu and memory, all containers together, such as `1000m` and `1200Mi`."""
    limits: dict[str, str] = field(default_factory=dict)
    """What it may use at most; without a resource that one of the containers has no limit of."""
    rollout: tuple[int, int] | None = None
    """The fewest pods that are ready, and the most that there are, while a Deployment rolls out."""


def totals(workload: Resource, stack: Stack) -> Totals:
    """What the pods of a workload come to."""
    try:
        pod = pod_of(workload)
        requested = {key: value for key, value in requests_of(pod).items() if key in _MEASURED}
        return Totals(
            {key: written(key, requested[key]) for key in _MEASURED if key in requested},
            {key: written(key, most) for key in _MEASURED if (most := _limit(pod, key)) is not None},
            _rollout(workload, stack) if workload.type == DEPLOYMENT else None,
        )
    except Undetermined:
        return Totals()


def _limit(pod: Props, resource: str) -> float | None:
    found = [quantity(each.get("resources", "limits", resource)) for each in running(pod)]
    known = [each for each in found if each is not None]
    return math.fsum(known) if known and len(known) == len(found) else None


def _rollout(workload: Resource, stack: Stack) -> tuple[int, int] | None:
    count = lowest(workload, stack)
    strategy = workload.props.at("spec", "strategy")
    if strategy.get("type") == "Recreate":
        return (0, count)
    surge, gone = (
        share(QUARTER if (said := strategy.get("rollingUpdate", key)) is None else said, count, up=up)
        for key, up in (("maxSurge", True), ("maxUnavailable", False))
    )
    if surge == gone == 0:
        gone = 1  # as Kubernetes has it where both round to nothing
    return (max(count - gone, 0), count + surge)


def written(resource: str, amount: float) -> str:
    """An amount in one unit, so that sums can be compared: thousandths of cores, or Mi."""
    if resource == "cpu":
        return f"{math.ceil(exact(format(amount, '.6f')) * 1000)}m"
    return f"{round(amount / 2**20, 3):.15g}Mi"
