"""What is not known of the instance types of pools, told once for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from eks_blueprints.capacity.model import Doubt
from eks_blueprints.karpenter import instances
from eks_blueprints.karpenter.requirements import Allowed
from eks_blueprints.provisioning.machine import Machine
from eks_blueprints.provisioning.offers import Way, doubts, machines, unpriced

_SHOWN = 5


class Machines:
    """Instance types as nodes of pools, and what is not known of them."""

    def __init__(self) -> None:
        self._lost: dict[str, None] = {}
        self._unsure: dict[str, None] = {}
        self._asked: set[tuple[tuple[str, ...], Way]] = set()

    def left(self, asked: Mapping[str, Allowed], way: Way) -> tuple[Machine, ...]:
        """The instance types that requirements of a pool leave, as its nodes.

        Raises:
            ValueError: if a reservation or a threshold of kubelet's is no quantity.
        """
        return self.of(types_left(asked, way), way)

    def of(self, names: Iterable[str], way: Way) -> tuple[Machine, ...]:
        """Instance types as nodes that are run in one way, without those that cannot be had that way.

        Raises:
            ValueError: if a reservation or a threshold of kubelet's is no quantity.
        """
        asked = tuple(names)
        if (asked, way) not in self._asked:
            self._asked.add((asked, way))
            self._lost |= dict.fromkeys(unpriced(asked, way))
            if doubts(asked, way):
                self._unsure.setdefault(way.region)
        return machines(asked, way)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What is not known, in sentences without a full stop."""
        said = "which of its zones {} offers some instance types in is not known"
        found = [Doubt(said.format(region)) for region in self._unsure]
        if self._lost:
            names = sorted(self._lost)
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            said = f"pools never take instance types without a price in the table: {', '.join(names[:_SHOWN])}{more}"
            found.append(Doubt(said))
        return tuple(found)


def types_left(asked: Mapping[str, Allowed], way: Way) -> list[str]:
    """The instance types that requirements of a pool leave, as far as anything is known of them."""
    return sorted(instances.with_facts(instances.left(way.flavor, asked)))
