"""Nodes with their pods, as they are told: what makes them, what they cost, where they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from eks_blueprints.capacity.model import Placed, PlannedNode
from eks_blueprints.capacity.placing import maker
from eks_blueprints.capacity.world import World
from eks_blueprints.provisioning.group_nodes import GroupNode, daemon_set_of
from eks_blueprints.provisioning.karpenter.launch import Launch
from eks_blueprints.provisioning.machine import SPOT, Offering
from eks_blueprints.provisioning.makers import Pool
from eks_blueprints.scheduling.cluster import Place
from eks_blueprints.scheduling.node import ZONE


def nodes_of(world: World) -> Iterable[PlannedNode]:
    """Every node with its pods."""
    telling = _Telling({each.name for each in world.platform.daemons})
    for name, running in world.start.running.items():
        yield telling.node(
            world.start.cluster.places[name],
            maker=running.maker,
            kind="running",
            machine=running.machine,
            capacity_type=running.capacity_type,
            offerings=running.offerings,
            new=False,
        )
    for each in world.start.groups:
        yield telling.of_group(each, new=False)
    for kept in world.start.kept:
        zones = (kept.place.node.labels[ZONE],)
        yield telling.of_pool(kept.pool, kept.launch, kept.place, zones, new=False)
    for found in world.launched:
        yield telling.of_pool(found.pool, found.launch, found.place, found.launch.zones, new=True)
    for each in world.growth.nodes if world.growth else ():
        yield telling.of_group(each, new=True)


@dataclass(frozen=True, slots=True)
class _Telling:
    daemons: set[str]
    """The names of DaemonSets."""

    def of_group(self, node: GroupNode, *, new: bool) -> PlannedNode:
        group = node.group
        # Of spot capacity a group takes any of its instance types.
        machines = group.machines if group.capacity_type == SPOT else (node.machine,)
        every = chain.from_iterable(each.offerings for each in machines)
        offered = [each for each in every if each.capacity_type == group.capacity_type]
        here = [each for each in offered if each.zone == node.zone] or offered
        return self.node(
            node.place,
            maker=group.name,
            kind=group.kind,
            machine=node.machine.name,
            capacity_type=group.capacity_type,
            offerings=here,
            alternatives=tuple(each.name for each in group.machines),
            new=new,
        )

    def of_pool(self, pool: Pool, launched: Launch, place: Place, zones: tuple[str, ...], *, new: bool) -> PlannedNode:
        return self.node(
            place,
            maker=pool.name,
            kind=pool.kind,
            machine=launched.machine.name,
            capacity_type=launched.capacity_type,
            offerings=[Offering(zone="", price=launched.price, most=launched.most)],
            alternatives=launched.alternatives,
            zones=zones,
            new=new,
        )

    def node(
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
            pods=tuple(_placed(place, self.daemons)),
            alternatives=alternatives,
            zones=zones or ((zone,) if zone else ()),
            price=min((each.price for each in priced), default=None),
            most=max((each.dearest for each in priced), default=None),
            new=new,
        )


def _placed(place: Place, daemons: set[str]) -> Iterable[Placed]:
    for pod in place.pods.values():
        of_node = daemon_set_of(pod.name)
        if of_node in daemons:
            yield Placed(name=of_node, number=0, requests=pod.shape.requests, daemon=True)
        else:
            number = pod.name.rpartition("#")[2]
            yield Placed(name=maker(pod), number=int(number) if number.isdigit() else 0, requests=pod.shape.requests)
