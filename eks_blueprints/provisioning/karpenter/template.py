"""A pool as Karpenter makes nodes of it: its conditions, its instance types, and what every node of it keeps.

Source: `NodeClaimTemplate`, `buildDaemonOverheadGroups` in sigs.k8s.io/karpenter, v1.14.1.
"""

from __future__ import annotations

from collections.abc import Sequence

from eks_blueprints.karpenter.labels import (
    ARCHITECTURE,
    CAPACITY_TYPE,
    INSTANCE_TYPE,
    OPERATING_SYSTEM,
    POOL,
    REGION,
    WINDOWS_BUILD,
    ZONE,
)
from eks_blueprints.provisioning.karpenter.asks import Ask, bearing_all
from eks_blueprints.provisioning.karpenter.catalogue import Rooms, Types, numbers
from eks_blueprints.provisioning.karpenter.values import Requirements, both, clash, of_labels, only
from eks_blueprints.provisioning.makers import Pool
from eks_blueprints.scheduling.pod import Shape

_THERE_AT_LAST = {"karpenter.sh/registered": only("true"), "karpenter.sh/initialized": only("true")}
_ALWAYS_KNOWN = frozenset(
    {POOL, ZONE, REGION, INSTANCE_TYPE, ARCHITECTURE, OPERATING_SYSTEM, CAPACITY_TYPE, WINDOWS_BUILD}
)


class Template:
    """A pool, ready for pods."""

    def __init__(self, pool: Pool, daemons: Sequence[Shape], types: Types | None = None) -> None:
        """A pool.

        Args:
            pool: The pool.
            daemons: Pods of which each node that takes them has one.
            types: Its instance types, where they are at hand.
        """
        self.pool = pool
        self.catalogue = types or Types(pool.machines)
        self.known = _ALWAYS_KNOWN | {key for machine in pool.machines for key in machine.labels}
        """Labels that its nodes may get though the pool says nothing of them."""
        labels = {**pool.labels, POOL: pool.name}
        self.requirements: Requirements = {**both(pool.requirements, of_labels(labels)), **_THERE_AT_LAST}
        self.rooms = self._rooms(daemons)
        meeting = self.catalogue.meeting(self.requirements)
        self.types = self.rooms.any & meeting & self.catalogue.offered(self.requirements)
        self.lacking = self.short_of(self.types)
        """The first label of which its instance types have too few values for `minValues`; empty where none is."""
        if self.lacking:
            self.types = 0

    def _rooms(self, daemons: Sequence[Shape]) -> Rooms:
        """What pods of every node leave of each type: those that tolerate the taints and can have a node of it."""
        borne = (each for each in daemons if Ask(bearing_all(each)).keeping_off(self.pool.taints) is None)
        return self.catalogue.beside([(each, self._on(each)) for each in borne])

    def _on(self, daemon: Shape) -> int:
        """The types whose nodes have a pod that runs on every node, by any of the terms of its node affinity."""
        first = Ask(daemon)
        terms = (first, *(each for each in first.relaxed(to_all=False)))
        found = 0
        for each in terms:
            if clash(self.requirements, each.strict, self.known) is None:
                found |= self.catalogue.meeting(each.strict)
        return found

    def short_of(self, types: int) -> str:
        """The first label of which some types have too few values among them for `minValues`; empty where none is."""
        for key, least in self.pool.min_values.items():
            if self.catalogue.values(types, key) < least:
                return key
        return ""

    def names(self, types: int) -> list[str]:
        """The names of some types."""
        return [self.catalogue.machines[at].name for at in numbers(types)]
