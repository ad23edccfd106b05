"""Whether some nodes can go, or make way for one that costs less: what consolidation of one and of several share.

Source: `computeConsolidation` and `computeSpotToSpotConsolidation` in sigs.k8s.io/karpenter, v1.14.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from eks_blueprints.karpenter.labels import CAPACITY_TYPE
from eks_blueprints.provisioning.karpenter.disruption.candidates import Candidate
from eks_blueprints.provisioning.karpenter.disruption.command import Command, Method, Replacement, saving
from eks_blueprints.provisioning.karpenter.disruption.trial import Trials, bits, cheaper
from eks_blueprints.provisioning.karpenter.values import ANY, both, only
from eks_blueprints.provisioning.machine import ON_DEMAND, SPOT

SPOT_CHOICE = 15
"""How many cheaper instance types there must be for a spot node to make way for another one."""

_NO_CHEAPER = "nothing that costs less takes its pods"
_NO_SPOT = "its pool allows spot capacity, of which there is none that takes its pods"


def consolidated(trials: Trials, nodes: Sequence[Candidate], method: Method, *, spot_to_spot: bool) -> Command | str:
    """What becomes of some nodes, or why they stay.

    Args:
        trials: Trials on the cluster.
        nodes: The nodes, which go together.
        method: Who asks.
        spot_to_spot: Whether a spot node may make way for another one (SpotToSpotConsolidation).
    """
    trial = trials.without([each.name for each in nodes], most=1)
    if trial.stuck:
        name, why = next(iter(trial.stuck.items()))
        return f"{name} would find no place: {why}"
    paid = sum(each.price for each in nodes)
    names = tuple(each.name for each in nodes)
    if not trial.replacements:
        return Command(method=method, reason="Underutilized", nodes=names, moves=trial.moves, saved=paid)
    if len(trial.replacements) > 1:
        return "its pods would need more than one new node"
    found = _cheaper_one(trial.replacements[0], nodes, paid, spot_to_spot=spot_to_spot)
    if isinstance(found, str):
        return found
    return Command(
        method=method,
        reason="Underutilized",
        nodes=names,
        replacements=(found,),
        moves=trial.moves,
        saved=saving(paid, (found,)),
    )


def _cheaper_one(
    each: Replacement, nodes: Sequence[Candidate], paid: float, *, spot_to_spot: bool
) -> Replacement | str:
    """What a new node may be to cost less than what is paid, or why it cannot be."""
    kinds = each.requirements.get(CAPACITY_TYPE, ANY)
    all_spot = all(node.owned.capacity_type == SPOT for node in nodes)
    as_spot = both(each.requirements, {CAPACITY_TYPE: only(SPOT)})
    if all_spot and SPOT in kinds:
        if not spot_to_spot:
            return "only a spot node could take its place, and SpotToSpotConsolidation is switched off"
        each = replace(each, requirements=as_spot)
        each = replace(each, types=each.types & each.template.catalogue.offered(as_spot))
    each = cheaper(each, paid)
    if not each.types:
        return _NO_CHEAPER
    if key := each.template.short_of(each.types):
        return f"what costs less has fewer values of {key} than minValues asks for"
    if all_spot and SPOT in kinds:
        return _of_many(each) if len(nodes) == 1 else each
    if SPOT not in kinds or ON_DEMAND not in kinds:
        return each
    # It is cheaper at spot prices alone: without spot capacity it must not become an on-demand node that costs more.
    there = each.types & each.template.catalogue.offered(as_spot)
    return replace(each, requirements=as_spot) if there else _NO_SPOT


def _of_many(each: Replacement) -> Replacement | str:
    """One of the 15 cheapest types: what is launched then is none that another round would replace again."""
    if (count := each.types.bit_count()) < SPOT_CHOICE:
        return f"a spot node makes way only where {SPOT_CHOICE} instance types cost less; {count} do"
    by_price = each.by_price()
    needed = SPOT_CHOICE
    while each.template.short_of(bits(by_price[:needed])):
        needed += 1
    return replace(each, types=bits(by_price[:needed]))
