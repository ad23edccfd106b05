"""What EC2 launches for a node that Karpenter asks for.

Karpenter gives EC2 up to 60 instance types, the cheapest ones. Of on-demand capacity EC2 takes the cheapest; of spot
capacity one of which much is free and which costs little: which one, nobody can tell before. Source: `launchInstance`
and the filters in aws/karpenter-provider-aws pkg/providers/instance, 2026-08.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from eks_blueprints.karpenter.labels import CAPACITY_TYPE, ZONE, ZONE_ID, with_old_names
from eks_blueprints.provisioning.karpenter.catalogue import numbers
from eks_blueprints.provisioning.karpenter.template import Template
from eks_blueprints.provisioning.karpenter.values import ANY, Requirements
from eks_blueprints.provisioning.machine import ON_DEMAND, RESERVED, SPOT, Machine, Offering
from eks_blueprints.provisioning.makers import Pool
from eks_blueprints.scheduling.node import HOST, Node

MOST_TYPES = 60
"""Instance types that EC2 is asked for at most."""
_EXOTIC = (*("aws.amazon.com/neuron", "aws.amazon.com/neuroncore", "amd.com/gpu", "nvidia.com/gpu", "habana.ai/gaudi"),)
_IN_ORDER = (RESERVED, SPOT, ON_DEMAND)
"""Capacity types in the order in which they are tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """A node that is launched."""

    machine: Machine
    """Its instance type: the cheapest of those that it can be."""
    capacity_type: str
    zones: tuple[str, ...]
    """The zones in which that costs the same."""
    price: float
    """US dollars an hour at least."""
    most: float
    """US dollars an hour at most, of that instance type."""
    reservation: str = ""
    """The capacity reservation that it is taken from; empty where it is from none."""
    alternatives: tuple[str, ...] = ()
    """The instance types that EC2 is asked for, the cheapest first."""


def launch(template: Template, types: int, requirements: Requirements, reserved: Iterable[Offering] = ()) -> Launch:
    """What is launched of a pool.

    Args:
        template: The pool.
        types: The instance types that the node can be, one at least.
        requirements: What is left of its labels.
        reserved: Offerings of capacity reservations that are held for it.
    """
    held = {id(each) for each in reserved}
    zones, ids, kinds = (requirements.get(key, ANY) for key in (ZONE, ZONE_ID, CAPACITY_TYPE))

    def offerings(machine: Machine) -> list[Offering]:
        found = [e for e in machine.offerings if e.zone in zones and e.capacity_type in kinds]
        found = [e for e in found if not e.zone_id or e.zone_id in ids]
        return [e for e in found if id(e) in held] if held else [e for e in found if e.capacity_type != RESERVED]

    every = [(machine, offers) for at in numbers(types) if (offers := offerings(machine := template.pool.machines[at]))]
    if not template.pool.min_values:
        every = list(_cheap_spot(_plain(every)))
    every.sort(key=lambda each: (min(offer.price for offer in each[1]), each[0].name))
    asked = every[:MOST_TYPES]
    kind = next(kind for kind in _IN_ORDER if any(offer.capacity_type == kind for _, o in asked for offer in o))
    of_kind = [(m, found) for m, o in asked if (found := [offer for offer in o if offer.capacity_type == kind])]
    machine, offers = min(of_kind, key=lambda each: (min(offer.price for offer in each[1]), each[0].name))
    price = min(offer.price for offer in offers)
    cheapest = [offer for offer in offers if offer.price == price]
    return Launch(
        machine=machine,
        capacity_type=kind,
        zones=tuple(sorted({offer.zone for offer in cheapest})),
        price=price,
        most=max(offer.dearest for offer in cheapest),
        reservation=max(cheapest, key=lambda each: each.left).reservation,
        alternatives=tuple(each.name for each, _ in of_kind),
    )


def node_of(pool: Pool, launched: Launch, requirements: Requirements, name: str, zone: str) -> Node:
    """The node that a launch becomes.

    Args:
        pool: Its pool.
        launched: What is launched.
        requirements: What is left of its labels; it has those with one value.
        name: Its name.
        zone: One of the zones of the launch.
    """
    machine = launched.machine
    decided = {
        key: next(iter(each.values)) for key, each in requirements.items() if each.values and len(each.values) == 1
    }
    chosen = {CAPACITY_TYPE: launched.capacity_type} if CAPACITY_TYPE in machine.labels else {}
    return Node(
        name=name,
        labels=with_old_names({**machine.labels_in(zone), **decided, **pool.labels, **chosen, HOST: name}),
        taints=pool.taints,
        allocatable=machine.allocatable,
        volumes=machine.volumes,
    )


_Offered = list[tuple[Machine, list[Offering]]]


def _plain(every: _Offered) -> _Offered:
    """Types without accelerators that are no metal; all of them where there are only such."""
    plain = [each for each in every if not _is_exotic(each[0])]
    return plain or every


def _is_exotic(machine: Machine) -> bool:
    return "metal" in machine.name or any(machine.capacity.get(name) for name in _EXOTIC)


def _cheap_spot(every: _Offered) -> Iterator[tuple[Machine, list[Offering]]]:
    """Where a node may be of both kinds, types whose spot capacity costs less than on-demand capacity that will do."""
    prices = [offer.price for _, offers in every for offer in offers if offer.capacity_type == ON_DEMAND]
    for machine, offers in every:
        spot = [offer.price for offer in offers if offer.capacity_type == SPOT]
        if not spot or not prices or min(spot) <= min(prices):
            yield machine, offers
