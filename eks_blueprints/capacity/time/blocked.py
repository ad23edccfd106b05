"""Budgets that never let anything go, whatever time passes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from eks_blueprints.capacity.model import Platform
from eks_blueprints.karpenter.disruption import Reason
from eks_blueprints.provisioning.karpenter.disruption.budgets import holds_forever
from eks_blueprints.provisioning.karpenter.disruption.pod_budgets import blocks_forever
from eks_blueprints.scheduling.pod import Pod

_REASONS: tuple[Reason, ...] = ("Drifted", "Underutilized", "Empty")
_MANY = 100
"""Nodes of a pool, of which a share is at least one."""


def blocked(platform: Platform, begins: datetime) -> Iterator[str]:
    """Sentences about budgets of pools that hold a reason for a year, and budgets of pods that keep all of them.

    Args:
        platform: The platform, with as few pods as it has.
        begins: When the year begins.
    """
    for pool in platform.pools:
        held = [
            reason
            for reason in _REASONS
            if pool.rules is not None and holds_forever(pool.rules.budgets, _MANY, reason, begins)
        ]
        if held:
            yield f"the budgets of {pool.name} never let a node go for {', '.join(held)}"
    for budget in platform.pod_budgets:
        pods = sum(each.least for each in platform.demands if budget.of(Pod("", each.shape)))
        said = blocks_forever(pods, min_available=budget.min_available, max_unavailable=budget.max_unavailable)
        if said is not None:
            yield f"the PodDisruptionBudget {budget.namespace}/{budget.name} holds every drain: {said}"
