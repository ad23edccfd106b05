"""The nodes that come for pods that wait: of pools, round after round, then of groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count

from eks_blueprints.capacity.model import Platform
from eks_blueprints.capacity.starting import Start, used
from eks_blueprints.provisioning.autoscaler.growing import Growth, scale_up
from eks_blueprints.provisioning.group_nodes import daemon_pods
from eks_blueprints.provisioning.karpenter.claim import Claim
from eks_blueprints.provisioning.karpenter.launch import Launch, launch, node_of
from eks_blueprints.provisioning.karpenter.packer import Packed, Packer
from eks_blueprints.provisioning.makers import Pool
from eks_blueprints.scheduling.amounts import Amounts, added
from eks_blueprints.scheduling.cluster import Place
from eks_blueprints.scheduling.filters import exclusion
from eks_blueprints.scheduling.pod import Pod, Shape


@dataclass(slots=True)
class Launched:
    """A node that Karpenter adds."""

    pool: Pool
    launch: Launch
    place: Place


@dataclass(slots=True)
class World:
    """The nodes of a platform, and those that are added."""

    platform: Platform
    start: Start
    launched: list[Launched] = field(default_factory=list)
    packed: Packed = field(default_factory=Packed)
    growth: Growth | None = None

    @property
    def daemons(self) -> list[tuple[str, Shape]]:
        """DaemonSets by name."""
        return [(each.name, each.shape) for each in self.platform.daemons]

    def with_pools(self, waiting: Sequence[Pod]) -> list[Pod]:
        """Nodes of pools come for pods that wait, round after round; those that wait still.

        Karpenter counts the largest type that a node can be until it is launched, and holds every reservation
        that it can be of. Pods that a round left for that reason find room in the next one. Pods that kube-scheduler
        does not place as Karpenter planned are tried once more.
        """
        left, vain, cluster = list(waiting), self._in_vain(waiting), self.start.cluster
        refused: set[str] = set()
        while left and self.platform.pools:
            pods = {each.name: each for each in left}
            shapes = [shape for _, shape in self.daemons]
            packer = Packer(self.platform.pools, shapes, cluster, self.used(), self._reserved())
            self.packed = packer.pack(left)
            planned = [(pods[name], cluster.places[node]) for name, node in self.packed.placed.items()]
            for pod, place in planned:
                cluster.remove(pod, place)
            opened = [(claim, *self._open(claim)) for claim in self.packed.claims]
            planned += ((pod, place) for claim, _, place in opened for pod in claim.pods)
            unbound = self._bind(each for each in planned if each[0].name not in vain)
            for claim, found, place in opened:
                if unbound.issuperset(pod.name for pod in claim.pods):
                    cluster.close(place)
                else:
                    self.launched.append(Launched(claim.template.pool, found, place))
            again = unbound - refused
            refused |= unbound
            left = [each for each in left if each.name in self.packed.waiting or each.name in again]
            if not self.packed.claims and not again:
                break
        still = {each.name for each in left} | vain
        if refused:
            still |= refused - {name for place in cluster.places.values() for name in place.pods}
        return [each for each in waiting if each.name in still]

    def _in_vain(self, waiting: Sequence[Pod]) -> set[str]:
        """Pods for which Karpenter brings nodes, and which kube-scheduler puts on none: their claim is for one pod."""
        taken = set(self.start.cluster.claims)
        found = set()
        for pod in waiting:
            mine = {each.name for each in pod.shape.claims if each.one_pod and not each.own}
            if mine & taken:
                found.add(pod.name)
            taken |= mine
        return found

    def _bind(self, planned: Iterable[tuple[Pod, Place]]) -> set[str]:
        """Pods go where Karpenter planned, as far as kube-scheduler lets them; the names of the others.

        They differ about pods with a constraint of spread: Karpenter counts those of a round anew where one has given
        up the first of several terms of node affinity, or now tolerates taints with the effect `PreferNoSchedule`.
        Other pods are not checked again, which would take time.
        """
        prefers = any(taint.effect == "PreferNoSchedule" for pool in self.platform.pools for taint in pool.taints)
        rest = []
        for pod, place in planned:
            gives_up = prefers or len(pod.shape.terms or ()) > 1
            if gives_up and any(each.hard for each in pod.shape.spread):
                rest.append((pod, place))
            else:
                self.start.cluster.add(pod, place)
        rest.sort(key=lambda each: -each[0].shape.priority)
        while rest:
            again = []
            for pod, place in rest:
                if exclusion(pod.shape, place, self.start.cluster) is None:
                    self.start.cluster.add(pod, place)
                else:
                    again.append((pod, place))
            if len(again) == len(rest):
                break
            rest = again
        return {pod.name for pod, _ in rest}

    def used(self) -> dict[str, Amounts]:
        """What the nodes of each pool have, which its limits count."""
        found = used(self.platform)
        for pool, each in self._of_pools_made():
            found[pool.name] = added(found.get(pool.name, {}), {**each.machine.capacity, "nodes": 1})
        return found

    def _reserved(self) -> Counter[str]:
        """How many instances of each capacity reservation are taken."""
        return Counter(each.reservation for _, each in self._of_pools_made() if each.reservation)

    def _of_pools_made(self) -> Iterable[tuple[Pool, Launch]]:
        yield from ((each.pool, each.launch) for each in self.start.kept)
        yield from ((each.pool, each.launch) for each in self.launched)

    def _open(self, claim: Claim) -> tuple[Launch, Place]:
        """A node that Karpenter adds is there, with the pods of DaemonSets."""
        found = launch(claim.template, claim.types, claim.requirements, claim.reserved)
        pool = claim.template.pool
        node = node_of(pool, found, claim.requirements, self._name(pool), found.zones[0])
        place = self.start.cluster.open(node)
        for pod in daemon_pods(node, self.daemons):
            self.start.cluster.add(pod, place)
        return found, place

    def _name(self, pool: Pool) -> str:
        """A name for a node of a pool that no node has."""
        numbers = count(1)
        return next(name for n in numbers if (name := f"{pool.name}-{n}") not in self.start.cluster.places)

    def with_groups(self, waiting: Sequence[Pod]) -> list[Pod]:
        """Groups grow for pods that wait; those that wait still."""
        if not waiting or not self.platform.groups:
            return list(waiting)
        groups, sizes = self.platform.groups, self.start.sizes
        expansion = self.platform.autoscaler
        self.growth = scale_up(self.start.cluster, waiting, groups, sizes, self.daemons, expansion=expansion)
        return [each.pod for each in self.growth.left]
