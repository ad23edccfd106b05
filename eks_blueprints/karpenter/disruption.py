"""When and how many nodes of a pool Karpenter may take away on its own account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import Field, field_validator, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.karpenter import cron
from eks_blueprints.karpenter.cron import Cron
from eks_blueprints.karpenter.durations import DurationOrNever, Window, seconds
from eks_blueprints.karpenter.forms import Some

Reason = Literal["Underutilized", "Empty", "Drifted", "Unhealthy"]

_NODES = Form(r"((?:100|[0-9]{1,2})%|[0-9]+)")
_MOST_NODES = 2**31 - 1  # Karpenter counts them in 32 bits.


class Budget(Spec):
    """How many nodes can be disrupted at once, always or in a recurring window.

    Budgets hold back consolidation and drift. They never hold back expiry (`expire_after`), interruptions or
    `kubectl delete`.
    """

    nodes: str = "10%"
    """Most nodes at once: a number such as "5", or a share such as "10%", rounded up. "0" forbids disruption."""
    schedule: Cron | None = None
    """When the window opens: minute, hour, day of the month, month, day of the week in UTC, such as
    `0 9 * * mon-fri`, or a macro such as `@daily`. Needs `duration`. Default: always."""
    duration: Window | None = None
    """How long the window stays open, in hours and minutes such as `8h` or `1h30m`. Needs `schedule`."""
    reasons: Some[Reason] | None = None
    """What it holds back: Underutilized, Empty, Drifted, or Unhealthy, which node repair acts upon. Default: all."""

    @field_validator("nodes")
    @classmethod
    def _nodes_have_the_form(cls, nodes: str) -> str:
        if not _NODES.fullmatch(nodes):
            raise ValueError(f'is not a number of nodes; got {shown(nodes)}; write "5" or a whole share up to "100%"')
        if not nodes.endswith("%") and int(nodes[:20]) > _MOST_NODES:
            raise ValueError(f'is too large; got {shown(nodes)}; write "100%" for all')
        return nodes

    @field_validator("reasons")
    @classmethod
    def _reasons_are_a_set(cls, reasons: tuple[Reason, ...] | None) -> tuple[Reason, ...] | None:
        if reasons is not None and len(set(reasons)) < len(reasons):
            raise ValueError(f"names a reason twice; got {shown(reasons)}; remove one")
        return reasons

    @model_validator(mode="after")
    def _window_is_whole(self) -> Budget:
        faults = Faults()
        if self.schedule is not None and self.duration is None:
            faults.add("duration", "is required with schedule; got nothing; write how long it lasts, such as 8h")
        if self.duration is not None and self.schedule is None:
            faults.add("schedule", "is required with duration; got nothing; write when it starts, such as @daily")
        faults.raise_if_any()
        return self

    def active_at(self, at: datetime) -> bool:
        """Whether it holds at a moment.

        Raises:
            ValueError: if the moment has no time zone.
        """
        if self.schedule is None or self.duration is None:
            return True
        opened = cron.parse(self.schedule).next(at - timedelta(seconds=seconds(self.duration)))
        return opened is None or opened <= at.astimezone(UTC)

    def concerns(self, reason: Reason) -> bool:
        """Whether it holds back disruption for a reason."""
        return self.reasons is None or reason in self.reasons

    def most(self, nodes: int) -> int:
        """How many of so many nodes it lets go at once; a share is rounded up, as Karpenter does."""
        if self.nodes.endswith("%"):
            return -(-int(self.nodes[:-1]) * nodes // 100)
        return int(self.nodes)


DEFAULT_BUDGETS = (Budget(),)
"""What holds where no budgets are given."""


class Disruption(Spec):
    """Which nodes are taken away or replaced, how soon, and how many at once."""

    consolidation_policy: Literal["WhenEmpty", "WhenEmptyOrUnderutilized", "Balanced"] | None = None
    """Which nodes consolidation may take: those without pods, also those whose pods fit elsewhere or on something
    cheaper, or of those only where the saving outweighs the moves. Default: WhenEmptyOrUnderutilized."""
    consolidate_after: DurationOrNever = "0s"
    """How long a node must have been without a pod added or removed first, such as `30s` or `1h`; `Never` switches
    consolidation off."""
    budgets: Many[Budget] | None = Field(default=None, max_length=50)
    """How many nodes at once; where several hold, the strictest counts. Default: one of 10%. []: no limit."""

    @property
    def budgets_in_force(self) -> Sequence[Budget]:
        """The budgets, Karpenter's own where none are given."""
        return DEFAULT_BUDGETS if self.budgets is None else self.budgets


def allowed_disruptions(budgets: Sequence[Budget], nodes: int, reason: Reason, at: datetime) -> int:
    """How many of a pool's nodes may be on their way out at a moment for a reason; the strictest budget counts.

    Raises:
        ValueError: if the moment has no time zone.
    """
    limits = [b.most(nodes) for b in budgets if b.concerns(reason) and b.active_at(at)]
    return min([nodes, *limits])
