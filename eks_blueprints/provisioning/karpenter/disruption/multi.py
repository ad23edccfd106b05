"""Several nodes go together, or make way for one that costs less: as many of the first ones as can, by halving.

Source: `MultiNodeConsolidation` in sigs.k8s.io/karpenter pkg/controllers/disruption, v1.14.1. Its limit of a minute is
not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from eks_blueprints.provisioning.karpenter.disruption.balanced import Balance
from eks_blueprints.provisioning.karpenter.disruption.candidates import (
    Candidate,
    Held,
    candidates,
    underutilized,
    within_budgets,
)
from eks_blueprints.provisioning.karpenter.disruption.command import Command, saving
from eks_blueprints.provisioning.karpenter.disruption.consolidation import consolidated
from eks_blueprints.provisioning.karpenter.disruption.state import State
from eks_blueprints.provisioning.karpenter.disruption.trial import Trials, cheaper

_MOST = 100


def several(state: State, trials: Trials, balance: Balance) -> tuple[tuple[Command, ...], dict[str, Held]]:
    """Nodes that go together now, and why others were not looked at."""
    found, held = candidates(state, underutilized)
    nodes = within_budgets(state, "Underutilized", found, held)
    best: Command | None = None
    fewest, most = 1, min(len(nodes) - 1, _MOST)
    while fewest <= most:
        middle = (fewest + most) // 2
        now = _together(state, trials, balance, nodes[: middle + 1])
        if now is None:
            most = middle - 1
        else:
            best, fewest = now, middle + 1
    return ((best,) if best else ()), held


def _together(state: State, trials: Trials, balance: Balance, nodes: Sequence[Candidate]) -> Command | None:
    said = consolidated(trials, nodes, "multi_node", spot_to_spot=state.spot_to_spot)
    found = None if isinstance(said, str) else _another_type(said, nodes)
    return None if found is None or balance.worth(nodes, found.saved) else found


def _another_type(command: Command, nodes: Sequence[Candidate]) -> Command | None:
    """The same with a new node that costs less than each of the nodes whose type it could have.

    Else the one node would better be kept and the others deleted: fewer pods move.
    """
    if not command.replacements:
        return command
    (new,) = command.replacements
    prices: dict[str, float] = {}
    for each in sorted(nodes, key=lambda node: node.price):
        # What is not offered any more has no price, and nothing costs less than that.
        prices[each.owned.machine] = prices.get(each.owned.machine) or each.price
    same = [prices[machine.name] for machine in new.machines if machine.name in prices]
    new = cheaper(new, min(same, default=float("inf")))
    if not new.types or new.template.short_of(new.types):
        return None
    return replace(command, replacements=(new,), saved=saving(sum(each.price for each in nodes), (new,)))
