"""Where the pods of a platform go: on Fargate, on nodes that are there, and on those that are added for them.

First come pods that a Fargate profile selects. kube-scheduler places the others on the nodes that are there. What finds
no room waits, and brings nodes: of Karpenter's pools or of EKS Auto Mode, then of groups that Cluster Autoscaler makes
larger. Pods are placed on these nodes as the provisioner reckoned, which is where kube-scheduler will have room for
them; it can spread them otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Literal

from eks_blueprints.capacity.fargate import on_fargate
from eks_blueprints.capacity.limits import raised
from eks_blueprints.capacity.model import Demand, Outcome, Placed, PlannedNode, Platform, Refusal, Waiting
from eks_blueprints.capacity.placing import Placing, maker
from eks_blueprints.capacity.starting import Start, start, used
from eks_blueprints.provisioning.autoscaler.growing import Growth, scale_up
from eks_blueprints.provisioning.group_nodes import GroupNode, daemon_pods
from eks_blueprints.provisioning.karpenter.claim import Claim, Refused
from eks_blueprints.provisioning.karpenter.launch import Launch, launch
from eks_blueprints.provisioning.karpenter.packer import Packed, Packer
from eks_blueprints.provisioning.machine import SPOT, Offering
from eks_blueprints.provisioning.makers import Pool
from eks_blueprints.scheduling.amounts import Amounts, added
from eks_blueprints.scheduling.cluster import Place
from eks_blueprints.scheduling.node import HOST, ZONE, Node
from eks_blueprints.scheduling.pod import Pod, Shape

At = Literal["least", "most"]


def outcome(platform: Platform, *, at: At = "least") -> Outcome:
    """Where the pods of a platform go.

    Args:
        platform: The platform.
        at: How many pods there are of what is scaled: as few, or as many, as its scaler allows; with `most` what is
            sized (VerticalPodAutoscaler) is as large as it may become. Default: `least`.
    """
    fargate = on_fargate(platform, [(each, *_pods_of(each, at)) for each in platform.demands])
    begun = start(platform)
    placing = Placing(begun.cluster)
    waiting = placing.place(fargate.others)
    world = _World(platform, begun)
    waiting = world.with_pools(waiting, placing)
    waiting = world.with_groups(waiting)
    nodes = [*world.nodes(), *fargate.nodes]
    still = [*fargate.refused, *world.waiting(waiting, placing)]
    evicted = tuple((gone, came, count) for (gone, came), count in sorted(placing.evicted.items()))
    notes = (*_notes(platform, nodes), *fargate.notes)
    return Outcome(platform=platform, nodes=tuple(nodes), waiting=tuple(still), evicted=evicted, notes=notes)


def _pods_of(demand: Demand, at: At) -> tuple[Shape, int]:
    """The shape of a demand's pods, and how many there are."""
    if at == "least":
        return demand.shape, demand.least
    return demand.largest or demand.shape, demand.most


@dataclass(slots=True)
class _Launched:
    """A node that Karpenter adds."""

    pool: Pool
    launch: Launch
    place: Place


@dataclass(slots=True)
class _World:
    """The nodes of a platform, and those that are added."""

    platform: Platform
    start: Start
    launched: list[_Launched] = field(default_factory=list)
    packed: Packed = field(default_factory=Packed)
    growth: Growth | None = None

    @property
    def _daemons(self) -> list[tuple[str, Shape]]:
        return [(each.name, each.shape) for each in self.platform.daemons]

    def with_pools(self, waiting: Sequence[Pod], placing: Placing) -> list[Pod]:
        """Nodes of pools come for pods that wait, round after round; those that wait still.

        Karpenter reckons with the largest type that a node can be until it is launched, and holds every reservation
        that it can be of. What a round left for that finds room in the next one.
        """
        left = list(waiting)
        while left and self.platform.pools:
            shapes = [shape for _, shape in self._daemons]
            packer = Packer(self.platform.pools, shapes, self.start.cluster, self._used(), self._reserved())
            self.packed = packer.pack(left)
            for claim in self.packed.claims:
                self._open(claim)
            left = [pod for pod in left if pod.name in self.packed.waiting]
            if not self.packed.claims:
                break
        return left

    def _used(self) -> dict[str, Amounts]:
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

    def _open(self, claim: Claim) -> None:
        """A node that Karpenter adds is there, with its pods."""
        found = launch(claim.template, claim.types, claim.requirements, claim.reserved)
        pool = claim.template.pool
        decided = {
            key: next(iter(v.values)) for key, v in claim.requirements.items() if v.values and len(v.values) == 1
        }
        labels = {key: next(iter(v)) for key, v in found.machine.labels.items() if len(v) == 1}
        name = self._name(pool)
        node = Node(
            name=name,
            labels={**labels, **decided, **pool.labels, HOST: name, ZONE: found.zones[0]},
            taints=pool.taints,
            allocatable=found.machine.allocatable,
            volumes=found.machine.volumes,
        )
        place = self.start.cluster.open(node)
        for pod in (*claim.pods, *daemon_pods(node, self._daemons)):
            self.start.cluster.add(pod, place)
        self.launched.append(_Launched(pool, found, place))

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
        self.growth = scale_up(self.start.cluster, waiting, groups, sizes, self._daemons, expansion=expansion)
        return [each.pod for each in self.growth.left]

    def nodes(self) -> Iterable[PlannedNode]:
        """Every node with its pods."""
        for name, running in self.start.running.items():
            yield self._node(
                self.start.cluster.places[name],
                maker=running.maker,
                kind="running",
                machine=running.machine,
                capacity_type=running.capacity_type,
                offerings=running.offerings,
                new=False,
            )
        for each in self.start.groups:
            yield self._of_group(each, new=False)
        for kept in self.start.kept:
            zones = (kept.place.node.labels[ZONE],)
            yield self._of_pool(kept.pool, kept.launch, kept.place, zones, new=False)
        for found in self.launched:
            yield self._of_pool(found.pool, found.launch, found.place, found.launch.zones, new=True)
        for each in self.growth.nodes if self.growth else ():
            yield self._of_group(each, new=True)

    def _of_group(self, node: GroupNode, *, new: bool) -> PlannedNode:
        group = node.group
        # Of spot capacity a group takes any of its instance types.
        machines = group.machines if group.capacity_type == SPOT else (node.machine,)
        every = chain.from_iterable(each.offerings for each in machines)
        offered = [each for each in every if each.capacity_type == group.capacity_type]
        here = [each for each in offered if each.zone == node.zone] or offered
        return self._node(
            node.place,
            maker=group.name,
            kind=group.kind,
            machine=node.machine.name,
            capacity_type=group.capacity_type,
            offerings=here,
            alternatives=tuple(each.name for each in group.machines),
            new=new,
        )

    def _of_pool(self, pool: Pool, launched: Launch, place: Place, zones: tuple[str, ...], *, new: bool) -> PlannedNode:
        return self._node(
            place,
            maker=pool.name,
            kind="auto_mode" if pool.auto_mode else "karpenter",
            machine=launched.machine.name,
            capacity_type=launched.capacity_type,
            offerings=[Offering(zone="", price=launched.price, most=launched.most)],
            alternatives=launched.alternatives,
            zones=zones,
            new=new,
        )

    def _node(
        self,
        place: Place,
        *,
        maker: str,
        kind: str,
        machine: str,
        capacity_type: str,
        offerings: Sequence[Offering],
        alternatives: tuple[str, ...] = (),
        zones: tuple[str, ...] = (),
        new: bool,
    ) -> PlannedNode:
        zone = place.node.labels.get(ZONE, "") if len(zones) < 2 else ""
        priced = [each for each in offerings if each.priced]
        return PlannedNode(
            name=place.node.name,
            maker=maker,
            kind=kind,
            machine=machine,
            zone=zone,
            capacity_type=capacity_type,
            allocatable=place.node.allocatable,
            pods=tuple(_placed(place, {each.name for each in self.platform.daemons})),
            alternatives=alternatives,
            zones=zones or ((zone,) if zone else ()),
            price=min((each.price for each in priced), default=None),
            most=max((each.dearest for each in priced), default=None),
            new=new,
        )

    def waiting(self, waiting: Sequence[Pod], placing: Placing) -> Iterable[Waiting]:
        """Pods that nothing takes, by their demand, and why."""
        by_demand: dict[str, list[Pod]] = {}
        for pod in waiting:
            by_demand.setdefault(maker(pod), []).append(pod)
        left = {each.pod.name: each for each in self.growth.left} if self.growth else {}
        raises = self._raises(waiting)
        for name, pods in by_demand.items():
            last = pods[-1]
            refusals = [*_of_nodes(placing, last), *self._of_pools(self.packed.waiting.get(last.name, {}))]
            remedies = []
            if (of_groups := left.get(last.name)) is not None:
                kinds = {each.name: each.kind for each in self.platform.groups}
                refusals += [
                    Refusal(where=e.group, kind=kinds[e.group], predicate=e.predicate, reason=e.reason)
                    for e in of_groups.refused
                ]
                remedies.append(of_groups.remedy)
            remedies += [raises.get(each.name, "") for each in pods]
            remedy = next((each for each in remedies if each), "")
            yield Waiting(name=name, count=len(pods), refusals=tuple(refusals), remedy=remedy)

    def _raises(self, waiting: Sequence[Pod]) -> Mapping[str, str]:
        """How far limits would have to be raised for pods that wait because of them, by the pod's name."""
        refused = self.packed.waiting
        limited = {name for pod in waiting for name, e in refused.get(pod.name, {}).items() if e.predicate == "limits"}
        if not limited:
            return {}
        stopped = [pod for pod in waiting if any(name in limited for name in refused.get(pod.name, {}))]
        shapes = [shape for _, shape in self._daemons]
        return raised(self.platform.pools, limited, stopped, self.start.cluster, daemons=shapes, used=self._used())

    def _of_pools(self, refused: Mapping[str, Refused]) -> Iterable[Refusal]:
        for pool in self.platform.pools:
            kind = "auto_mode" if pool.auto_mode else "karpenter"
            if (found := refused.get(pool.name)) is not None:
                yield Refusal(where=pool.name, kind=kind, predicate=found.predicate, reason=found.reason)


def _of_nodes(placing: Placing, pod: Pod) -> Iterable[Refusal]:
    """Why the nodes that are there do not take a pod: nodes of the same reason together."""
    found: dict[tuple[str, str], int] = {}
    for each in placing.excluded(pod.shape).values():
        found[each.predicate, each.reason] = found.get((each.predicate, each.reason), 0) + 1
    for (predicate, reason), number in sorted(found.items(), key=lambda each: -each[1]):
        where = "1 node" if number == 1 else f"{number} nodes"
        yield Refusal(where=where, kind="node", predicate=predicate, reason=reason)


def _placed(place: Place, daemons: set[str]) -> Iterable[Placed]:
    for pod in place.pods.values():
        of_node = pod.name.rpartition("@")[0]
        if of_node in daemons:
            yield Placed(name=of_node, number=0, requests=pod.shape.requests, daemon=True)
        else:
            number = pod.name.rpartition("#")[2]
            yield Placed(name=maker(pod), number=int(number) if number.isdigit() else 0, requests=pod.shape.requests)


def _notes(platform: Platform, nodes: Sequence[PlannedNode]) -> Iterable[str]:
    if any(each.capacity_type == "spot" and each.kind in ("karpenter", "auto_mode") for each in nodes):
        yield "of spot capacity EC2 takes what is most free at a low price; the cheapest instance type is shown"
    if platform.autoscaler is not None and platform.pools:
        yield "Karpenter and Cluster Autoscaler both add nodes for the same pods; here Karpenter comes first"
    if any(len(each.zones) > 1 for each in nodes):
        yield "where a node may be in several zones, EC2 takes any of them"
