"""The instance types of a pool as bits of whole numbers, so that a thousand of them are narrowed in a few steps.

Bit n stands for the nth type. What a condition or an amount leaves is looked up, and put together by `&`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_

from eks_blueprints.karpenter.labels import CAPACITY_TYPE, ZONE, ZONE_ID
from eks_blueprints.karpenter.requirements import Allowed
from eks_blueprints.provisioning.karpenter.values import ANY, Requirements, asks
from eks_blueprints.provisioning.machine import RESERVED, Machine, Offering
from eks_blueprints.scheduling.amounts import PODS, Amounts, added
from eks_blueprints.scheduling.pod import HostPort, Shape


class Types:
    """Instance types, whatever runs on them."""

    def __init__(self, machines: Sequence[Machine], taken: Mapping[str, int] | None = None) -> None:
        """Some instance types.

        Args:
            machines: The types.
            taken: How many instances of capacity reservations are taken, by id. Default: none.
        """
        self.machines = machines
        self.all = (1 << len(machines)) - 1
        self._capacities = _Amounts([each.capacity for each in machines])
        self._labels: dict[str, _Values] = {}
        self._left: dict[tuple[str, Allowed], int] = {}
        self._offered: dict[tuple[Allowed, ...], int] = {}
        self._offers: dict[tuple[str, str, str], int] = {}
        self._rooms: dict[tuple[tuple[Shape, int], ...], Rooms] = {}
        self.reserved: list[tuple[int, Offering]] = []
        """Offerings of capacity reservations, with the bits of their types."""
        for at, machine in enumerate(machines):
            for each in machine.offerings:
                if each.capacity_type == RESERVED and each.left <= (taken or {}).get(each.reservation, 0):
                    continue
                offer = (each.zone, each.zone_id, each.capacity_type)
                self._offers[offer] = self._offers.get(offer, 0) | 1 << at
                if each.capacity_type == RESERVED:
                    self.reserved.append((1 << at, each))

    def beside(self, daemons: Sequence[tuple[Shape, int]]) -> Rooms:
        """What the types have left for pods beside those that run on every node of some of them."""
        if (found := self._rooms.get(key := tuple(daemons))) is None:
            found = self._rooms[key] = rooms_beside(self.machines, daemons)
        return found

    def labelled(self, key: str, values: Allowed) -> int:
        """The types whose nodes can have one of some values of a label."""
        if (found := self._left.get((key, values))) is None:
            if key not in self._labels:
                self._labels[key] = _Values(self.machines, key)
            found = self._left[key, values] = self._labels[key].left(values)
        return found

    def meeting(self, requirements: Requirements) -> int:
        """The types that meet conditions on labels."""
        found = self.all
        for key, values in requirements.items():
            found &= self.labelled(key, values)
        return found

    def within(self, limits: Amounts) -> int:
        """The types that have no more of anything than is left of a pool's limits."""
        found = self.all
        for name, amount in limits.items():
            steps = self._capacities.of(name)
            if steps is not None:
                found &= steps.at_most(amount)
            elif amount < 0:
                return 0
        return found

    def offered(self, requirements: Requirements) -> int:
        """The types of which capacity is offered under conditions on zone, its id, and capacity type."""
        zones, ids, kinds = asked = tuple(requirements.get(key, ANY) for key in (ZONE, ZONE_ID, CAPACITY_TYPE))
        if (found := self._offered.get(asked)) is None:
            each = (
                bits
                for (zone, known, kind), bits in self._offers.items()
                if zone in zones and kind in kinds and (not known or known in ids)
            )
            found = self._offered[asked] = reduce(or_, each, 0)
        return found

    def values(self, types: int, key: str) -> int:
        """How many values of a label some types have among them."""
        if key not in self._labels:
            self._labels[key] = _Values(self.machines, key)
        return sum(1 for bits in self._labels[key].by_value.values() if bits & types)

    def most(self, types: int, names: Sequence[str] | Mapping[str, int]) -> dict[str, int]:
        """The largest capacity of each of some resources among some types."""
        among = [self.machines[at].capacity for at in numbers(types)]
        return {name: max((each.get(name, 0) for each in among), default=0) for name in names}


class Rooms:
    """What instance types have left for pods beside those that run on every node."""

    def __init__(
        self, machines: Sequence[Machine], kept: Sequence[Amounts], ports: Sequence[tuple[HostPort, ...]] = ()
    ) -> None:
        """The room on some instance types.

        Args:
            machines: The types.
            kept: What pods that run on every node request of each, in the same order.
            ports: The ports of a node that such pods take, in the same order. Default: none.
        """
        self.kept = kept
        self._ports: dict[tuple[HostPort, ...], int] = {}
        for at, taken in enumerate(ports):
            self._ports[taken] = self._ports.get(taken, 0) | 1 << at
        rooms = [_left(each.allocatable, less) for each, less in zip(machines, kept, strict=True)]
        self.any = sum(1 << at for at, room in enumerate(rooms) if min(room.values(), default=0) >= 0)
        """The types that have room for anything at all."""
        self._rooms = _Amounts(rooms)

    def of(self, resource: str, amount: int) -> int:
        """The types that have so much room for pods."""
        if not amount:
            return self.any
        steps = self._rooms.of(resource)
        return steps.at_least(amount) if steps else 0

    def with_ports(self, ports: Sequence[HostPort]) -> int:
        """The types on which ports are free of those that pods of every node take."""
        found = self.any
        for taken, bits in self._ports.items():
            if any(mine.clashes(each) for mine in ports for each in taken):
                found &= ~bits
        return found


def rooms_beside(machines: Sequence[Machine], daemons: Iterable[tuple[Shape, int]]) -> Rooms:
    """What instance types have left for pods beside those that run on every node of some of them.

    Args:
        machines: The types.
        daemons: Pods, each with the types whose nodes have one.
    """
    sums: dict[tuple[Shape, ...], tuple[Amounts, tuple[HostPort, ...]]] = {}
    found = []
    for at in range(len(machines)):
        here = tuple(shape for shape, bits in daemons if bits >> at & 1)
        if here not in sums:
            sums[here] = _together(here)
        found.append(sums[here])
    ports = [each for _, each in found]
    return Rooms(machines, [each for each, _ in found], ports if any(ports) else ())


def _together(shapes: Iterable[Shape]) -> tuple[Amounts, tuple[HostPort, ...]]:
    total: dict[str, int] = {}
    ports: list[HostPort] = []
    for shape in shapes:
        total = added(total, {**shape.requests, PODS: 1})
        ports += shape.ports
    return total, tuple(ports)


def _left(allocatable: Amounts, less: Amounts) -> Amounts:
    return {name: count - less.get(name, 0) for name, count in {**dict.fromkeys(less, 0), **allocatable}.items()}


class _Amounts:
    """Types by what they have of each resource, put in order when it is first asked for."""

    def __init__(self, amounts: Sequence[Amounts]) -> None:
        self._amounts = amounts
        self._resources = {name for each in amounts for name in each}
        self._steps: dict[str, _Steps] = {}

    def of(self, resource: str) -> _Steps | None:
        """The types in the order of what they have of a resource; None where no type has it."""
        if resource not in self._resources:
            return None
        if (found := self._steps.get(resource)) is None:
            found = self._steps[resource] = _Steps([each.get(resource, 0) for each in self._amounts])
        return found


class _Steps:
    """Types in the order of an amount."""

    def __init__(self, amounts: Sequence[int]) -> None:
        order = sorted(range(len(amounts)), key=lambda at: amounts[at])
        self._amounts = [amounts[at] for at in order]
        self._below = [0]
        for at in order:
            self._below.append(self._below[-1] | 1 << at)
        self._all = self._below[-1]

    def at_least(self, amount: int) -> int:
        return self._all ^ self._below[bisect_left(self._amounts, amount)]

    def at_most(self, amount: int) -> int:
        return self._below[bisect_right(self._amounts, amount)]


class _Values:
    """Types by the values of one label."""

    def __init__(self, machines: Sequence[Machine], key: str) -> None:
        self.by_value: dict[str, int] = {}
        self._unsaid = self._without = 0
        for at, machine in enumerate(machines):
            values = machine.labels.get(key)
            if values is None:
                self._unsaid |= 1 << at
            elif not values:
                self._without |= 1 << at
            for value in values or ():
                self.by_value[value] = self.by_value.get(value, 0) | 1 << at

    def left(self, values: Allowed) -> int:
        """A type that says nothing of the label can have any value; one without it none."""
        found = self._unsaid if asks(values) else self._unsaid | self._without
        for value, bits in self.by_value.items():
            if value in values:
                found |= bits
        return found


def numbers(bits: int) -> Iterator[int]:
    """The numbers of the bits that are set."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
