"""Where the pods of some nodes would go if these were not there: Karpenter's packer, tried on a copy of the cluster.

Source: `SimulateScheduling` in sigs.k8s.io/karpenter pkg/controllers/disruption, v1.14.1. Reserved capacity is taken as
in a round for pods that wait; Karpenter itself falls back at once here where a reservation is used up.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from eks_blueprints.provisioning.karpenter.asks import Ask
from eks_blueprints.provisioning.karpenter.catalogue import numbers
from eks_blueprints.provisioning.karpenter.disruption.command import Replacement, worst
from eks_blueprints.provisioning.karpenter.disruption.state import Owned, State
from eks_blueprints.provisioning.karpenter.existing import Existing
from eks_blueprints.provisioning.karpenter.packer import Packed, Packer, Ready
from eks_blueprints.scheduling.amounts import Amounts, added
from eks_blueprints.scheduling.cluster import Cluster, Place
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
    """Trials on one cluster, which can follow it from look to look."""

    def __init__(self, state: State) -> None:
        """A cluster as it is, which no trial changes."""
        self._ready = state.ready or Ready(state.pools, state.daemons, state.reserved)
        self._cluster = Cluster(namespaces=state.cluster.namespaces)
        self._existing: dict[str, Existing] = {}
        self.follow(state)

    def follow(self, state: State) -> None:
        """The same cluster at another moment, with the same pools: what is known of nodes that are as before is kept.

        Args:
            state: The cluster.
        """
        self._state = state
        self._starting = {name for name, each in state.nodes.items() if each.initialized is None}
        self._waiting = {each.name for each in state.waiting}
        self._leaving: list[Pod] = []
        there: dict[str, Place] = {}
        for name, place in state.cluster.places.items():
            if (owned := state.nodes.get(name)) is not None and owned.leaving:
                continue
            there[name] = place
        for name, place in list(self._cluster.places.items()):
            if name not in there or not _same(place, there[name]):
                self._cluster.close(place)
                del self._existing[name]
        for name in sorted(there, key=lambda each: (each in self._starting, each)):
            found = self._existing.pop(name, None)  # they are tried in this order
            self._existing[name] = found or self._as_existing(there[name])
        for name, owned in state.nodes.items():
            if owned.leaving and name in state.cluster.places:
                self._leaving += filter(state.moves_now, state.pods_of(name))
        self._open: dict[Ask, Sequence[Existing]] = {}
        self._used: dict[str, Amounts] = {}
        for name in there:
            if (each := state.nodes.get(name)) is not None:
                self._used[each.pool] = added(self._used.get(each.pool, {}), self._has(each, name))

    def _as_existing(self, there: Place) -> Existing:
        place = self._cluster.open(there.node)
        for pod in there.pods.values():
            self._cluster.add(pod, place)
        return Existing(place, self._cluster, self._state.daemons)

    def without(self, names: Collection[str], *, most: int | None = None) -> Trial:
        """What would become of the pods if some nodes were not there.

        Args:
            names: The nodes.
            most: How many nodes may be launched. Default: any number. As soon as one more would have to be, or a pod
                would come to a node that is not ready, the trial has failed, and ends.
        """
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
        patient = {each.name for each in self._leaving}
        waits = self._waiting | patient

        def failed(so_far: Packed, pod: Pod) -> bool:
            early = so_far.placed.get(pod.name) in self._starting and pod.name not in waits
            return early or (most is not None and len(so_far.claims) > most)

        packer = Packer(
            (),
            cluster=cluster,
            used=used,
            ready=self._ready,
            existing=existing,
            opened=lambda ask: self._opened(ask, names),
            over=failed,
        )
        found = packer.pack(queue)
        for pod in queue:
            if (node := found.placed.get(pod.name)) is not None:
                cluster.remove(pod, cluster.places[node])
                self._existing[node].begin_again()
        for place, pods in taken:
            there = cluster.open(place.node)
            for pod in pods:
                cluster.add(pod, there)
            self._existing[place.node.name].is_back(there)
        stuck = {
            name: "; ".join(f"{pool} {each.reason}" for pool, each in refused.items()) or "no NodePool takes it"
            for name, refused in found.waiting.items()
        }
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

    def _opened(self, ask: Ask, names: Collection[str]) -> list[Existing]:
        """The nodes that may take pods which ask something: those that took none in an earlier trial take none now."""
        now = self._open[ask] = [e for e in self._open.get(ask, self._existing.values()) if not e.refused(ask)]
        return [each for each in now if each.name not in names]

    def _has(self, owned: Owned, name: str) -> Amounts:
        machine = self._state.machine_of(owned)
        capacity = self._state.cluster.places[name].node.allocatable if machine is None else machine.capacity
        return {**capacity, "nodes": 1}


def _same(one: Place, other: Place) -> bool:
    """Whether a node is the same, with the same pods in the same order."""
    return one.node is other.node and list(one.pods.items()) == list(other.pods.items())


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
