"""How long a node can live, whatever budgets say, and which jobs outlast their node.

Karpenter deletes an expired node at once, and launches for its pods as they leave; no budget of its pool counts, and
`karpenter.sh/do-not-disrupt` on the node neither. As it goes it waits for its pods, no longer than its grace period.
Source: pkg/controllers/nodeclaim/expiration in sigs.k8s.io/karpenter, v1.14.1; Auto Mode: EKS user guide.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from eks_blueprints.karpenter.pool_rules import AUTO_MODE_LIFETIME_HOURS
from eks_blueprints.provisioning.karpenter.disruption.rules import Rules

AUTO_MODE_LONGEST = timedelta(hours=AUTO_MODE_LIFETIME_HOURS)
"""How long a node of EKS Auto Mode lives at most: 21 days."""


def longest_life(rules: Rules, *, auto_mode: bool = False) -> timedelta | None:
    """How old a node of a pool can get; None where pods can keep it for ever.

    Args:
        rules: The pool's rules.
        auto_mode: Whether EKS Auto Mode runs it, which ends each node after 21 days.
    """
    ends = None if rules.expire_after is None or rules.grace is None else rules.expire_after + rules.grace
    if not auto_mode:
        return ends
    return AUTO_MODE_LONGEST if ends is None else min(ends, AUTO_MODE_LONGEST)


def reaches_its_end(
    rules: Rules, lasts: timedelta, *, auto_mode: bool = False
) -> Literal["always", "perhaps", "never"]:
    """Whether a job that keeps its node (`karpenter.sh/do-not-disrupt`) gets to its end before its node must go.

    Args:
        rules: The rules of its pool.
        lasts: How long the job runs.
        auto_mode: Whether EKS Auto Mode runs the pool.

    Returns:
        `perhaps` where it does on a young node, and not on one that expires soon after the job began.
    """
    life = longest_life(rules, auto_mode=auto_mode)
    if life is None:
        return "always"
    # A node is forced to go at the end of its life; what begins on it just before it expires has the rest.
    rest = timedelta(0) if rules.expire_after is None else max(timedelta(0), life - rules.expire_after)
    return "always" if lasts <= rest else "perhaps" if lasts <= life else "never"
