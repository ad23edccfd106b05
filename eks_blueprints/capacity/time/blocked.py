"""What no scenario changes: budgets that never let anything go, and Jobs that outlast their nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from eks_blueprints.capacity.model import Demand, Platform
from eks_blueprints.capacity.time.words import took
from eks_blueprints.karpenter.disruption import Reason
from eks_blueprints.provisioning.karpenter.disruption.budgets import holds_forever
from eks_blueprints.provisioning.karpenter.disruption.expiry import longest_life, reaches_its_end
from eks_blueprints.provisioning.karpenter.disruption.pod_budgets import blocks_forever
from eks_blueprints.provisioning.karpenter.disruption.rules import Rules
from eks_blueprints.provisioning.makers import Pool
from eks_blueprints.scheduling.pod import Pod

_REASONS: tuple[Reason, ...] = ("Drifted", "Underutilized", "Empty")
_MANY = 100
"""Nodes of a pool, of which a share is at least one."""


def blocked(platform: Platform, begins: datetime) -> Iterator[str]:
    """Sentences about budgets of pools that hold a reason for a year, budgets of pods that keep all of them, and Jobs
    that keep their node (`karpenter.sh/do-not-disrupt`) and may run for longer than nodes of a pool live.

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
        yield from _outlasting(platform.demands, pool)
    for budget in platform.pod_budgets:
        pods = sum(each.least for each in platform.demands if budget.of(Pod("", each.shape)))
        said = blocks_forever(pods, min_available=budget.min_available, max_unavailable=budget.max_unavailable)
        if said is not None:
            yield f"the PodDisruptionBudget {budget.namespace}/{budget.name} holds every drain: {said}"


def _outlasting(demands: Iterable[Demand], pool: Pool) -> Iterator[str]:
    rules = pool.rules or Rules()
    for each in demands:
        if each.lasts is None or each.traits.keeps is not True:
            continue
        ends, life = (
            reaches_its_end(rules, each.lasts, auto_mode=pool.auto_mode),
            longest_life(rules, auto_mode=pool.auto_mode),
        )
        if ends != "always" and life is not None:
            runs = f"{each.name} may run for {took(int(each.lasts.total_seconds()))}"
            lives = f"nodes of {pool.name} live for {took(int(life.total_seconds()))} at most"
            yield f"{runs}, and {lives}: {'it is' if ends == 'never' else 'on an older node it is'} cut short"
