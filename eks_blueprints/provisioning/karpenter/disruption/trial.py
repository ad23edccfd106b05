"""Where the pods of some nodes would go if these were not there: Karpenter's packer, tried on a copy of the cluster.

Source: `SimulateScheduling` in sigs.k8s.io/karpenter pkg/controllers/disruption, v1.14.1. Reserved capacity is taken as
in a round for pods that wait; Karpenter itself falls back at once here where a reservation is used up.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from eks_blueprints.provisioning.karpenter.catalogue import numbers
from eks_blueprints.provisioning.karpenter.disruption.command import Replacement, worst
from eks_blueprints.provisioning.karpenter.disruption.state import Owned, State
from eks_blueprints.provisioning.karpenter.existing import Existing
from eks_blueprints.provisioning.karpenter.packer import Packer, Ready, standing
from eks_blueprints.scheduling.amounts import Amounts, added
from eks_blueprints.scheduling.pod import Pod

MOST_TYPES = 600
"""Instance types that Karpenter considers for a node at most, the cheapest ones."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a trial."""

    replacements: tuple[Replacement, ...]
    """Nodes that would have to be launched."""
    moves: Mapping[str, str]
    """Pods that find room on nodes that are there: the node."""
    stuck: Mapping[str, str]
    """Pods that had a node and would find none, and why."""


class Trials:
    """Trials on one cluster."""

    def __init__(self, state: State) -> None:
        """A cluster as it is, which no trial changes."""
        self._state = state
        self._cluster = state.cluster.copy()
        self._ready = state.ready or Ready(state.pools, state.daemons, state.reserved)
        self._starting = {name for name, each in state.nodes.items() if each.initialized is None}
        self._waiting = {each.name for each in state.waiting}
        self._leaving: list[Pod] = []
        for name, owned in state.nodes.items():
            if owned.leaving and (place := self._cluster.places.get(name)) is not None:
                self._leaving += filter(state.moves_now, place.pods.values())
                self._cluster.close(place)
        self._existing = {each.name: each for each in standing(self._cluster, state.daemons, self._starting)}
        self._used: dict[str, Amounts] = {}
        for name in self._cluster.places:
            if (each := state.nodes.get(name)) is not None:
                self._used[each.pool] = added(self._used.get(each.pool, {}), self._has(each, name))

    def without(self, names: Collection[str]) -> Trial:
        """What would become of the pods if some nodes were not there."""
        cluster, moving = self._cluster, list[Pod]()
        taken = [(place := cluster.places[name], tuple(place.pods.values())) for name in names]
        used = dict(self._used)
        for place, pods in taken:
            moving += filter(self._state.moves_now, pods)
            cluster.close(place)
            owned = self._state.nodes[place.node.name]
            used[owned.pool] = _less(used[owned.pool], self._has(owned, place.node.name))
        queue = sorted([*self._state.waiting, *moving, *self._leaving], key=lambda each: each.since)
        existing = [each for name, each in self._existing.items() if name not in names]
        packer = Packer((), cluster=cluster, used=used, ready=self._ready, existing=existing)
        found = packer.pack(queue)
        for pod in queue:
            if (node := found.placed.get(pod.name)) is not None:
                cluster.remove(pod, cluster.places[node])
                self._existing[node].begin_again()
        for place, pods in taken:
            there = cluster.open(place.node)
            for pod in pods:
                cluster.add(pod, there)
            self._existing[place.node.name] = Existing(there, cluster, self._state.daemons)
        stuck = {
            name: "; ".join(f"{pool} {each.reason}" for pool, each in refused.items()) or "no NodePool takes it"
            for name, refused in found.waiting.items()
        }
        patient = {each.name for each in self._leaving}
        for name, node in found.placed.items():
            if node in self._starting and name not in patient:
                stuck[name] = f"it would go to {node}, which is not ready for pods yet"
        launched: list[Replacement] = []
        for claim in found.claims:
            each = _at_most(Replacement.of(claim))
            if each is None:
                stuck |= {pod.name: "too few instance types are left for minValues" for pod in claim.pods}
            else:
                launched.append(each)
        stuck = {name: why for name, why in stuck.items() if name not in self._waiting}
        return Trial(tuple(launched), found.placed, stuck)

    def _has(self, owned: Owned, name: str) -> Amounts:
        machine = self._state.machine_of(owned)
        capacity = self._state.cluster.places[name].node.allocatable if machine is None else machine.capacity
        return {**capacity, "nodes": 1}


def _less(used: Amounts, gone: Amounts) -> Amounts:
    return {name: count - gone.get(name, 0) for name, count in used.items()}


def _at_most(each: Replacement) -> Replacement | None:
    """The cheapest of its instance types, where there are very many; None where they are too alike for `minValues`."""
    if each.types.bit_count() <= MOST_TYPES:
        return each
    kept = replace(each, types=bits(each.by_price()[:MOST_TYPES]))
    return None if kept.template.short_of(kept.types) else kept


def bits(places: Sequence[int]) -> int:
    """Instance types as bits."""
    return sum(1 << at for at in places)


def cheaper(each: Replacement, most: float) -> Replacement:
    """A node with the instance types alone that cost less than something, however it is launched."""
    every = each.template.pool.machines
    return replace(each, types=bits([at for at in numbers(each.types) if worst(every[at], each.requirements) < most]))
