"""Nodes without pods to move go together, as many as the budgets for `Empty` allow.

Source: `Emptiness` in sigs.k8s.io/karpenter pkg/controllers/disruption, v1.14.1. Buffers of capacity are
not known here.
"""

from __future__ import annotations

from eks_blueprints.provisioning.karpenter.disruption.candidates import (
    Candidate,
    Held,
    candidates,
    consolidatable,
    within_budgets,
)
from eks_blueprints.provisioning.karpenter.disruption.command import Command
from eks_blueprints.provisioning.karpenter.disruption.state import State


def emptied(state: State) -> tuple[tuple[Command, ...], dict[str, Held]]:
    """What emptiness does now, and why it leaves each of the other nodes alone."""
    found, held = candidates(state, _wanted)
    going = within_budgets(state, "Empty", found, held)
    if not going:
        return (), held
    names = tuple(each.name for each in going)
    saved = sum(each.price for each in going)
    return (Command(method="emptiness", reason="Empty", nodes=names, saved=saved),), held


def _wanted(state: State, each: Candidate) -> Held | None:
    return consolidatable(state, each) or (None if each.empty else Held("it has pods"))
