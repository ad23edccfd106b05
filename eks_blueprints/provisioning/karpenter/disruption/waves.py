"""In how many waves nodes that have drifted make way for others, and how long that takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from eks_blueprints.karpenter.disruption import Budget, Reason
from eks_blueprints.provisioning.karpenter.disruption.budgets import limit, next_change
from eks_blueprints.provisioning.karpenter.disruption.state import State
from eks_blueprints.provisioning.karpenter.template import POOL
from eks_blueprints.provisioning.karpenter.values import clash, of_labels
from eks_blueprints.provisioning.makers import Pool

_LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Wave:
    """Nodes that make way at the same time."""

    begins: datetime
    nodes: int


@dataclass(frozen=True, slots=True)
class Waves:
    """How the nodes of a pool make way."""

    waves: tuple[Wave, ...]
    lasting: timedelta
    """How long a wave takes."""
    left: int = 0
    """Nodes that do not make way within a year, because the budgets let none go."""

    @property
    def ends(self) -> datetime | None:
        """When the last one is done; None where some never make way, or there is none."""
        return None if self.left or not self.waves else self.waves[-1].begins + self.lasting


def waves(
    nodes: int,
    going: int,
    budgets: Sequence[Budget],
    start: datetime,
    *,
    lasting: timedelta,
    reason: Reason = "Drifted",
) -> Waves:
    """In which waves nodes make way: as many as the budgets allow, and the next when these are done.

    Args:
        nodes: How many nodes the pool has; that stays so, as new ones come before old ones go.
        going: How many of them make way.
        budgets: The pool's budgets.
        start: From when on, with a time zone.
        lasting: How long one node takes: until another one is ready for pods, and the old one's are off it.
        reason: Why they make way.
    """
    found: list[Wave] = []
    at: datetime | None = start
    while going and at is not None and at - start <= _LONGEST:
        count = min(going, limit(budgets, nodes, reason, at))
        if not count:
            at = next_change(budgets, at)
            continue
        found.append(Wave(at, count))
        going -= count
        at += lasting
    return Waves(tuple(found), lasting, going)


def drifting(state: State, pool: Pool, *, template: bool = False) -> dict[str, str]:
    """The nodes that a change of their pool makes drift, and why.

    Source: pkg/controllers/nodeclaim/disruption/drift.go in sigs.k8s.io/karpenter, v1.14.1.

    Args:
        state: The cluster before the change.
        pool: The pool after the change.
        template: Whether anything of its template but its requirements changes, which drifts every node: labels,
            annotations, taints, `expireAfter`, `terminationGracePeriod`, or the class.
    """
    known = {each.name for each in pool.machines}
    found: dict[str, str] = {}
    for name, owned in state.nodes.items():
        if owned.pool != pool.name:
            continue
        labels = {**state.cluster.places[name].node.labels, POOL: pool.name}
        if template:
            found[name] = "the template of its pool changed"
        elif (key := clash(of_labels(labels), pool.requirements)) is not None:
            found[name] = f"its label {key} is {labels.get(key, 'missing')}, which its pool no longer asks for"
        elif owned.machine not in known:
            found[name] = f"its pool knows no instance type {owned.machine}"
    return found
