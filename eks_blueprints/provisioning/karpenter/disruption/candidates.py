"""Which nodes Karpenter may take away, why it leaves the others alone, and whose turn comes first.

Nodes come in the order of their price divided by what it takes to move their pods, the greatest first; where that is
the same, Karpenter takes any, and here it is the first by name. How much of a node's life is left no longer counts.
Source: `NewCandidate`, `EvictionCost` and the `ShouldDisrupt` methods in sigs.k8s.io/karpenter, v1.14.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from eks_blueprints.karpenter.disruption import Reason
from eks_blueprints.provisioning.karpenter.disruption.budgets import room
from eks_blueprints.provisioning.karpenter.disruption.rules import DO_NOT_DISRUPT
from eks_blueprints.provisioning.karpenter.disruption.state import PLAIN, Owned, State
from eks_blueprints.provisioning.machine import Machine
from eks_blueprints.provisioning.makers import Pool
from eks_blueprints.scheduling.pod import Pod

_A_NODE = 1.0
"""What it takes to move a node, whatever runs on it."""
_LEAST, _MOST = -10.0, 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A node that may be taken away."""

    name: str
    owned: Owned
    pool: Pool
    machine: Machine | None
    """Its instance type; None where its pool no longer knows it."""
    moving: tuple[Pod, ...]
    """The pods that will come back elsewhere."""
    price: float
    """US dollars an hour, as Karpenter compares them."""
    effort: float
    """What it takes to move its pods: 1 for the node and about 1 for each pod, more for important ones."""

    @property
    def empty(self) -> bool:
        """Whether it counts as empty: no pod, or only pods so unimportant that moving them is for nothing."""
        return self.effort <= _A_NODE

    @property
    def ratio(self) -> float:
        """What it costs by what it takes to move it."""
        return self.price / self.effort


@dataclass(frozen=True, slots=True)
class Held:
    """Why a node is left alone."""

    reason: str
    until: datetime | None = None
    """When that ends by itself; None where something has to change."""
    by_budgets: bool = False
    """Whether a disruption budget of its NodePool is the reason."""


Found = Candidate | Held
Wanted = Callable[[State, Candidate], Held | None]
"""What a method says to a candidate: why it leaves it alone, or nothing."""


def eviction_cost(state: State, pod: Pod) -> float:
    """What it takes to evict a pod: 1, with its deletion cost and its priority between -10 and 10."""
    cost = 1.0 + state.traits_of(pod).deletion_cost / 2**27 + pod.shape.priority / 2**25
    return min(max(cost, _LEAST), _MOST)


def effort(state: State, pods: Iterable[Pod]) -> float:
    """What it takes to move a node with some pods."""
    return _A_NODE + sum(max(0.0, eviction_cost(state, each)) for each in pods)


def candidate(state: State, name: str, *, in_the_end: bool = False) -> Found:
    """A node as a candidate, or why it is none, whatever the reason to take it away.

    Args:
        state: The cluster.
        name: The node.
        in_the_end: Whether pods that hold the node are waited for, no longer than its grace period, as drift does.
            Default: they keep it.
    """
    owned = state.nodes[name]
    kept = not (in_the_end and owned.grace is not None)
    if (found := state.looked_at.get((name, kept))) is None:
        found = state.looked_at[name, kept] = _candidate(state, name, owned, kept=kept)
    return found


def _candidate(state: State, name: str, owned: Owned, *, kept: bool) -> Found:
    pool = state.pools_by_name.get(owned.pool)
    if (why := _node_holds(state, owned, pool)) is not None or pool is None:
        return why or Held(f"there is no NodePool {owned.pool}")
    pods = tuple(state.pods_of(name))
    if kept and (why := _pods_hold(state, pods)) is not None:
        return why
    moving = tuple(each for each in pods if state.moves(each))
    return Candidate(name, owned, pool, state.machine_of(owned), moving, state.price_of(owned), effort(state, moving))


def candidates(state: State, wanted: Wanted, *, in_the_end: bool = False) -> tuple[list[Candidate], dict[str, Held]]:
    """The nodes that a method may take away, by name, and why it leaves each of the others alone."""
    found: list[Candidate] = []
    held: dict[str, Held] = {}
    for name in sorted(state.nodes):
        each = candidate(state, name, in_the_end=in_the_end)
        why = each if isinstance(each, Held) else wanted(state, each)
        if why is not None:
            held[name] = why
        elif isinstance(each, Candidate):
            found.append(each)
    return found, held


def blocked(each: Candidate) -> Held:
    """Its NodePool's budgets let no more nodes go."""
    return Held(f"the disruption budgets of NodePool {each.pool.name} let no more nodes go now", by_budgets=True)


def within_budgets(state: State, reason: Reason, found: Iterable[Candidate], held: dict[str, Held]) -> list[Candidate]:
    """The first candidates in their order that may all go now for a reason; what blocks the others comes to `held`."""
    left, going = room(state, reason), list[Candidate]()
    for each in in_order(found):
        if left[each.pool.name]:
            left[each.pool.name] -= 1
            going.append(each)
        else:
            held[each.name] = blocked(each)
    return going


def in_order(found: Iterable[Candidate]) -> list[Candidate]:
    """Candidates of consolidation in their order."""
    return sorted(found, key=lambda each: (-each.ratio, each.name))


def consolidatable(state: State, each: Candidate) -> Held | None:
    """Why consolidation leaves a node alone by its pool's rules; None where it looks at it."""
    if each.pool.replicas is not None:
        return Held(f"NodePool {each.pool.name} keeps a number of nodes")
    after = state.rules_of(each.pool.name).consolidate_after
    if after is None:
        return Held(f"NodePool {each.pool.name} has consolidation switched off (consolidateAfter: Never)")
    since = each.owned.last_pod_event or each.owned.initialized
    if since is not None and (until := since + after) > state.now:
        return Held(f"a pod came or went at {since:%Y-%m-%d %H:%M:%S}", until)
    return None


def underutilized(state: State, each: Candidate) -> Held | None:
    """Why consolidation leaves a node with pods alone; None where it looks at it."""
    if each.machine is None:
        return Held(f"NodePool {each.pool.name} knows no instance type {each.owned.machine}, so nobody knows its price")
    if (why := consolidatable(state, each)) is not None:
        return why
    if each.empty:
        return Held("it has no pod to move, and goes as an empty node")
    if state.rules_of(each.pool.name).policy == "WhenEmpty":
        return Held(f"NodePool {each.pool.name} takes away empty nodes alone (consolidationPolicy: WhenEmpty)")
    return None


def _node_holds(state: State, owned: Owned, pool: Pool | None) -> Held | None:
    if owned.initialized is None:
        return Held("it is not ready for pods yet")
    if owned.leaving:
        return Held("it is about to go already")
    if owned.nominated_until is not None and owned.nominated_until > state.now:
        return Held("it is kept for pods that wait for it", owned.nominated_until)
    if owned.do_not_disrupt:
        return Held(f'it has the annotation {DO_NOT_DISRUPT}: "true"')
    if pool is None or not pool.machines:
        return Held(f"there is no NodePool {owned.pool} with instance types")
    return None


def _pods_hold(state: State, pods: Iterable[Pod]) -> Held | None:
    pods = tuple(pods)
    for pod in pods:
        traits = state.traits_of(pod)
        if traits is not PLAIN and traits.keeps_at(state.now):
            return Held(f"{pod.name} has the annotation {DO_NOT_DISRUPT}", traits.keeps_until)
    for pod in pods:
        if (why := state.held(pod)) is not None:
            return Held(f"{pod.name} is not evicted: {why}")
    return None
