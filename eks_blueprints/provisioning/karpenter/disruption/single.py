"""One node goes, or makes way for one that costs less: the first that can, pools by turns.

Source: `SingleNodeConsolidation` in sigs.k8s.io/karpenter pkg/controllers/disruption, v1.14.1. Karpenter begins with
any pool, here with the first by name; its limit of three minutes is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, zip_longest

from eks_blueprints.provisioning.karpenter.disruption.balanced import Balance
from eks_blueprints.provisioning.karpenter.disruption.budgets import room
from eks_blueprints.provisioning.karpenter.disruption.candidates import (
    Candidate,
    Held,
    blocked,
    candidates,
    in_order,
    underutilized,
)
from eks_blueprints.provisioning.karpenter.disruption.command import Command
from eks_blueprints.provisioning.karpenter.disruption.consolidation import consolidated
from eks_blueprints.provisioning.karpenter.disruption.state import State
from eks_blueprints.provisioning.karpenter.disruption.trial import Trials


def one(state: State, trials: Trials, balance: Balance) -> tuple[tuple[Command, ...], dict[str, Held]]:
    """The node that goes next, and why the others that were looked at stay."""
    found, held = candidates(state, underutilized)
    left = room(state, "Underutilized")
    for each in _by_turns(in_order(found)):
        if not left[each.pool.name]:
            held[each.name] = blocked(each)
            continue
        if why := balance.worth([each], each.price):  # no move saves more than the whole node
            held[each.name] = Held(why)
            continue
        command = consolidated(trials, [each], "single_node", spot_to_spot=state.spot_to_spot)
        if isinstance(command, str):
            held[each.name] = Held(command)
        elif why := balance.worth([each], command.saved):
            held[each.name] = Held(why)
        else:
            return (command,), held
    return (), held


def _by_turns(found: Iterable[Candidate]) -> list[Candidate]:
    """The first of each pool, then the second of each, and so on."""
    pools: dict[str, list[Candidate]] = {}
    for each in found:
        pools.setdefault(each.pool.name, []).append(each)
    turns = zip_longest(*(pools[name] for name in sorted(pools)))
    return [each for each in chain.from_iterable(turns) if each is not None]
