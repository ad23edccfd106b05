"""A platform as it is before the scenario begins: its nodes are there, and its pods run on them."""

from __future__ import annotations

from collections.abc import Iterable

from eks_blueprints.capacity.model import Demand
from eks_blueprints.capacity.starting import Start, start
from eks_blueprints.capacity.time.fargate import assign
from eks_blueprints.capacity.time.record import OfWorkload
from eks_blueprints.capacity.time.things import Host, Item, Work
from eks_blueprints.capacity.time.world import World
from eks_blueprints.provisioning.group_nodes import daemon_set_of
from eks_blueprints.provisioning.karpenter.disruption.state import PLAIN, Traits
from eks_blueprints.provisioning.machine import Machine
from eks_blueprints.provisioning.makers import Group, Pool
from eks_blueprints.scheduling.node import ZONE, Node
from eks_blueprints.scheduling.pod import Pod


def begin(world: World) -> None:
    """Nodes that a platform has by itself are there, with the pods that run on them."""
    begun = start(world.platform)
    for host in _hosts(begun, world):
        world.hosts[host.name] = host
        host.ready = True
        there = begun.cluster.places[host.name]
        place = world.cluster.open(host.node)
        for pod in there.pods.values():
            world.cluster.add(pod, place)
            if daemon_set_of(pod.name) not in {name for name, _ in world.daemons}:
                running = begun.running.get(host.name)
                _runs(pod, host, world, PLAIN if running is None else running.traits.get(pod.name, PLAIN))


def pods(world: World, demands: Iterable[Demand], count: dict[str, int]) -> None:
    """Workloads have their pods.

    Args:
        world: The world.
        demands: The workloads.
        count: How many pods each has, by name. Default: the fewest.
    """
    for each in demands:
        work = work_of(world, each)
        if refused := assign(work, world.platform.profiles):
            world.record.notes.append(f"Fargate runs no pod of {each.name}: {refused}")
        work.want = count.get(each.name, each.least)
        for _ in range(work.want):
            world.add(work)
        work.kept.pods = work.want


def work_of(world: World, demand: Demand) -> Work:
    """A workload without pods."""
    kept = world.record.workloads[demand.name] = OfWorkload(name=demand.name)
    work = world.works[demand.name] = Work(demand, demand.shape, kept)
    return work


def at_start(world: World) -> None:
    """The clock begins to run: what is there now was there all the time."""
    world.at_rest = False
    for work in world.works.values():
        kept = work.kept
        kept.pods = work.want
        kept.fewest, kept.wanted_then, kept.reached = work.ready, work.want, min(work.ready, work.want)
        kept.longest = kept.moved = 0
    for host in world.hosts.values():
        host.born = host.touched = 0
    world.record.disrupted.clear()
    world.record.moved.clear()


def _runs(pod: Pod, host: Host, world: World, traits: Traits) -> None:
    """A pod that runs already is of a workload: what its name begins with."""
    name = pod.name.rpartition("#")[0] or pod.name
    work = world.works.get(name)
    if work is None:
        work = work_of(world, Demand(name=name, shape=pod.shape, least=0, most=0, traits=traits))
    item = Item(pod, work, node=host, ready=True)
    work.pods[pod.name] = item
    work.want += 1
    work.ready += 1
    host.items[pod.name] = item


def _hosts(begun: Start, world: World) -> Iterable[Host]:
    platform = world.platform
    makers: dict[str, Pool | Group] = {}
    makers.update((each.name, each) for each in platform.groups)
    makers.update((each.name, each) for each in platform.pools)
    for name, running in begun.running.items():
        of = makers.get(running.maker)
        machine = next((each for each in of.machines if each.name == running.machine), None) if of else None
        kind = "running" if of is None else of.kind
        node = begun.cluster.places[name].node
        host = host_of(node, running.maker, kind, machine, running.capacity_type, running.machine)
        host.stays = running.do_not_disrupt
        if running.offerings:
            host.price = min(each.price for each in running.offerings)
            host.most = max(each.dearest for each in running.offerings)
        yield host
    for each in begun.groups:
        node = each.place.node
        yield host_of(node, each.group.name, each.group.kind, each.machine, each.group.capacity_type)
    for kept in begun.kept:
        yield host_of(kept.place.node, kept.pool.name, kept.pool.kind, kept.launch.machine, kept.launch.capacity_type)


def host_of(  # noqa: PLR0917 - what a node is
    node: Node, maker: str, kind: str, machine: Machine | None, capacity_type: str, name: str = "", *, now: int = 0
) -> Host:
    """A node, with the price of its type in its zone."""
    zone = node.labels.get(ZONE, "")
    offers = [e for e in (machine.offerings if machine else ()) if e.capacity_type == capacity_type and e.priced]
    offers = [each for each in offers if each.zone == zone] or offers
    return Host(
        node=node,
        maker=maker,
        kind=kind,
        machine=machine.name if machine else name or "unknown",
        zone=zone,
        capacity_type=capacity_type or "on-demand",
        born=now,
        touched=now,
        price=min((each.price for each in offers), default=None),
        most=max((each.dearest for each in offers), default=None),
        of=machine,
    )
