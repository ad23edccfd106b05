"""One round of Karpenter: the pods that wait, the largest first, on nodes that are about to be launched.

A pod goes to the first node that is there and takes it, else to the node about to be launched that has the fewest
pods, else to a new one of the heaviest pool that can have it. Source: `Scheduler.Solve` in sigs.k8s.io/karpenter
pkg/controllers/provisioning/scheduling, v1.14.1.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from eks_blueprints.provisioning.karpenter.asks import Ask
from eks_blueprints.provisioning.karpenter.catalogue import Types
from eks_blueprints.provisioning.karpenter.claim import Claim, Refused, Reservations, Room
from eks_blueprints.provisioning.karpenter.existing import Existing
from eks_blueprints.provisioning.karpenter.go_order import sort_like_go
from eks_blueprints.provisioning.karpenter.template import Template
from eks_blueprints.provisioning.karpenter.topology import Topology
from eks_blueprints.provisioning.karpenter.universe import Universe
from eks_blueprints.provisioning.makers import Pool, by_weight
from eks_blueprints.scheduling.amounts import CPU, MEMORY, Amounts
from eks_blueprints.scheduling.cluster import Cluster
from eks_blueprints.scheduling.pod import Pod, Shape

_NODES = "nodes"


@dataclass(slots=True)
class Packed:
    """What comes of a round."""

    claims: list[Claim] = field(default_factory=list)
    """Nodes to launch, in the order in which they were thought of."""
    placed: dict[str, str] = field(default_factory=dict)
    """Pods that found room on nodes that are there, by name: the node."""
    waiting: dict[str, dict[str, Refused]] = field(default_factory=dict)
    """Pods that found none, by name: what each pool says, by its name."""


class Ready:
    """Pools as rounds need them: what stays the same from one round to the next."""

    def __init__(
        self, pools: Iterable[Pool], daemons: Sequence[Shape] = (), reserved: Mapping[str, int] | None = None
    ) -> None:
        """Some pools.

        Args:
            pools: The pools; one that keeps a number of nodes makes none for pods.
            daemons: Pods of which each node that takes them has one.
            reserved: How many instances of each capacity reservation are taken, by its id. Default: none.
        """
        every = list(pools)
        self.pools = by_weight(each for each in every if each.replicas is None)
        self.daemons = daemons
        self.reserved = reserved or {}
        types = {id(each.machines): Types(each.machines, reserved) for each in self.pools}
        templates = [Template(pool, daemons, types[id(pool.machines)]) for pool in self.pools]
        self.templates = [each for each in templates if each.types]
        self.never = {each.pool.name: _without_types(each) for each in templates if not each.types}
        """What pools say that make no node for any pod."""
        self.never |= {each.name: _STATIC for each in every if each.replicas is not None}
        self.universe = Universe(self.pools)
        self._to_all = any(taint.effect == "PreferNoSchedule" for pool in self.pools for taint in pool.taints)
        self._asks: dict[Shape, list[Ask]] = {}

    def asks_of(self, shape: Shape) -> list[Ask]:
        """What pods of a shape ask for at first, and after each step back."""
        if (found := self._asks.get(shape)) is None:
            first = Ask(shape)
            found = self._asks[shape] = [first, *first.relaxed(to_all=self._to_all)]
        return found


class Packer:
    """A round."""

    def __init__(
        self,
        pools: Iterable[Pool],
        daemons: Sequence[Shape] = (),
        cluster: Cluster | None = None,
        used: Mapping[str, Amounts] | None = None,
        reserved: Mapping[str, int] | None = None,
        *,
        choose: Callable[[list[str]], str] = min,
        ready: Ready | None = None,
        starting: Container[str] = (),
        existing: Sequence[Existing] | None = None,
        opened: Callable[[Ask], Sequence[Existing]] | None = None,
        over: Callable[[Packed, Pod], bool] | None = None,
    ) -> None:
        """A round that has not begun.

        Args:
            pools: The pools; one that keeps a number of nodes makes none for pods.
            daemons: Pods of which each node that takes them has one.
            cluster: Nodes that are there, and the pods on them. Default: none.
            used: What the nodes of each pool have, by the pool's name, which its limits count. Default: nothing.
            reserved: How many instances of each capacity reservation are taken, by its id. Default: none.
            choose: Which of several zones, or other domains, is taken that are equally good; Karpenter takes any of
                them. Default: the first by name.
            ready: The pools, pods of every node and reservations, where they are at hand from an earlier round.
            starting: Nodes that are not ready for pods yet; they come after the others. Default: none.
            existing: The nodes of the cluster in the order in which they are tried, where they are at hand from an
                earlier round. Default: by name, with those that are starting at last.
            opened: Which of them may take pods that ask something, where that is known. Default: all.
            over: Asked after each pod whether the round ends with it, whatever pods are left. Default: it does not.
        """
        self._cluster = cluster or Cluster()
        ready = ready or Ready(pools, daemons, reserved)
        self._ready = ready
        self._templates = ready.templates
        self._left: dict[str, dict[str, int]] = {}
        for pool in ready.pools:
            taken = (used or {}).get(pool.name, {})
            self._left[pool.name] = {name: most - taken.get(name, 0) for name, most in pool.limits.items()}
        self._reservations = Reservations.of((each.catalogue for each in self._templates), ready.reserved)
        self._topology = Topology(self._cluster, ready.universe, choose)
        self._existing = existing if existing is not None else standing(self._cluster, ready.daemons, starting)
        self._opened = opened or (lambda _: self._existing)
        self._open: dict[Ask, Sequence[Existing]] = {}
        """The nodes that are there and may have room for pods which ask this."""
        self._closed: dict[Ask, set[Claim]] = {}
        """The nodes about to be launched that can take no more pods which ask this."""
        self._order: list[Claim] = []
        """Nodes about to be launched, those with the fewest pods first."""
        self._found = Packed()
        self._over = over

    def pack(self, every: Iterable[Pod]) -> Packed:
        """Where some pods go."""
        pods = [each for each in every if not self._is_ignored(each)]
        for each in pods:
            self._topology.know(self._ready.asks_of(each.shape)[0])
        queue = deque(sorted(pods, key=lambda each: _size(each.shape)))
        tried: dict[str, int] = {}
        while queue:
            pod = queue[0]
            if tried.get(pod.name) == len(queue):  # all others were tried since then, and none found room
                break
            queue.popleft()
            refused = self._try(pod)
            if refused is None:
                self._found.waiting.pop(pod.name, None)
            else:
                self._found.waiting[pod.name] = refused
                queue.append(pod)
                tried[pod.name] = len(queue)
            if self._over is not None and self._over(self._found, pod):
                break
        return self._found

    def _is_ignored(self, pod: Pod) -> bool:
        """Whether no node is thought of for a pod: none could mount its claims, or have the name that it asks for.

        Karpenter leaves out pods whose claims cannot be mounted (`ValidatePersistentVolumeClaims`) and those of
        DaemonSets, which ask for their node by its name.
        """
        shape = pod.shape
        missing = next((each.missing for each in shape.claims if each.missing), "")
        if missing:
            why = Refused("VolumeBinding", missing)
        elif shape.node or shape.named is not None:
            predicate = "NodeName" if shape.node else "NodeAffinity"
            why = Refused(predicate, "makes no node of a name that a pod asks for")
        else:
            return False
        self._found.waiting[pod.name] = {each.name: why for each in self._ready.pools}
        return True

    def _try(self, pod: Pod) -> dict[str, Refused] | None:
        """A pod is placed, all that it would rather have given up one after the other; what refuses it otherwise."""
        refused: dict[str, Refused] = {}
        asks = self._ready.asks_of(pod.shape)
        for ask in asks:
            if self._topology.hopeless(ask) and ask is not asks[-1]:  # what refuses the last is told
                continue
            found = self._add(pod, ask)
            if found is None:
                return None
            refused = found
            if any(each.waits_for_reservation for each in found.values()):
                break
        return refused

    def _add(self, pod: Pod, ask: Ask) -> dict[str, Refused] | None:
        if (node := self._on_existing(pod, ask)) is not None:
            self._found.placed[pod.name] = node.name
            return None
        sort_like_go(self._order, lambda each: len(each.pods))
        closed = self._closed.setdefault(ask, set())
        for claim in self._order:
            if claim in closed:
                continue
            found = claim.room(ask, self._topology, self._reservations)
            if isinstance(found, Room):
                claim.take(pod, ask, found, self._topology, self._reservations)
                return None
            if found.lasting:
                closed.add(claim)
        return self._launch(pod, ask)

    def _on_existing(self, pod: Pod, ask: Ask) -> Existing | None:
        """The node that is there and takes a pod, which is on it then."""
        if (nodes := self._open.get(ask)) is None:
            nodes = self._opened(ask)
        still: list[Existing] = []
        for at, node in enumerate(nodes):
            if (left := node.room(ask, self._topology)) is not None:
                node.take(pod, ask, left, self._topology)
                self._open[ask] = [*still, *nodes[at:]]
                return node
            if not node.refuses(ask):
                still.append(node)
        self._open[ask] = still
        return None

    def _launch(self, pod: Pod, ask: Ask) -> dict[str, Refused] | None:
        refused = dict(self._ready.never)
        for template in self._templates:
            name, limits = template.pool.name, self._left[template.pool.name]
            if limits.get(_NODES, 1) <= 0:
                refused[name] = Refused("limits", "has as many nodes as its limits allow")
                continue
            types = template.types & template.catalogue.within(limits)
            if not types:
                refused[name] = Refused("limits", "has no instance type within what is left of its limits")
                continue
            # No node that is there can have such a name.
            claim = Claim(f"{name}#{len(self._found.claims) + 1}", template, types)
            found = claim.room(ask, self._topology, self._reservations)
            if isinstance(found, Refused):
                refused[name] = found
                if found.waits_for_reservation:
                    break
                if types != template.types and self._without_limits(template, ask):
                    refused[name] = _LIMITED
                continue
            claim.take(pod, ask, found, self._topology, self._reservations)
            self._found.claims.append(claim)
            self._order.append(claim)
            most = template.catalogue.most(claim.types, limits)
            # No instance type has `nodes`, so that a round does not count its own: it can go beyond that limit.
            self._left[name] = {each: left - most[each] for each, left in limits.items()}
            return None
        return refused

    def _without_limits(self, template: Template, ask: Ask) -> bool:
        """Whether a pool could launch a node for a pod if its limits were higher."""
        claim = Claim(f"{template.pool.name}#{len(self._found.claims) + 1}", template, template.types)
        return isinstance(claim.room(ask, self._topology, self._reservations), Room)


_LIMITED = Refused("limits", "has no instance type for the pod within what is left of its limits")
_STATIC = Refused("replicas", "keeps its number of nodes, whatever pods there are")


def _without_types(template: Template) -> Refused:
    """Why a pool makes no nodes."""
    if not template.pool.machines:
        return Refused("offerings", "has no instance type that can be had in its zones")
    if key := template.lacking:
        return Refused("minValues", f"has fewer values of {key} than its minValues ask for")
    return Refused("offerings", "has no instance type that meets its own requirements and has room for DaemonSets")


def standing(cluster: Cluster, daemons: Sequence[Shape], starting: Container[str] = ()) -> list[Existing]:
    """The nodes of a cluster in the order in which they are tried: by name, with those that are starting at last."""
    places = sorted(cluster.places.items(), key=lambda each: (each[0] in starting, each[0]))
    return [Existing(place, cluster, daemons) for _, place in places]


def _size(shape: Shape) -> tuple[int, int]:
    return -shape.requests.get(CPU, 0), -shape.requests.get(MEMORY, 0)
