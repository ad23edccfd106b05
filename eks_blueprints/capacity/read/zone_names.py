"""Zones that are asked for by their names, where subnets tell theirs by their ids: the names differ by account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from eks_blueprints.capacity.model import Demand
from eks_blueprints.capacity.read.profiles import ids_among
from eks_blueprints.provisioning.makers import Group, Pool
from eks_blueprints.scheduling.node import ZONE


def asked_by_name(demands: Iterable[Demand], pools: Sequence[Pool], groups: Iterable[Group]) -> Iterator[str]:
    """A sentence where pods or pools ask for zones by names that nodes are not known to have."""
    there = {zone for each in groups for zone in each.zones}
    there |= {offer.zone for pool in pools for machine in pool.machines for offer in machine.offerings}
    ids = ids_among(there)
    if not ids:
        return
    asked = {value for each in demands for value in _of_pods(each)}
    for pool in pools:
        asked |= pool.requirements[ZONE].values or frozenset() if ZONE in pool.requirements else frozenset()
    if names := sorted(asked - there):
        told = f"subnets tell theirs by their ids ({', '.join(sorted(ids))}), so that what asks for a name finds none"
        yield f"which zones {', '.join(names)} are is not known: {told}"


def _of_pods(demand: Demand) -> Iterator[str]:
    terms = demand.shape.terms or ()
    for each in (*demand.shape.selects, *(condition for term in terms for condition in term.labels)):
        if each.key == ZONE and each.operator == "In":
            yield from each.values
