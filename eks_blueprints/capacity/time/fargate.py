"""Pods on Fargate over time: each has a machine of its own, which comes for it and goes with it.

EKS's own scheduler places them, so neither kube-scheduler nor Karpenter nor Cluster Autoscaler sees them wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import starmap

from eks_blueprints.capacity.time.pools import tell_launched
from eks_blueprints.capacity.time.things import Host, Item, Work
from eks_blueprints.capacity.time.world import World
from eks_blueprints.provisioning.fargate import profile_of, size_of
from eks_blueprints.provisioning.fargate_limits import Limit, limits_of
from eks_blueprints.provisioning.machine import ON_DEMAND
from eks_blueprints.provisioning.makers import Profile
from eks_blueprints.scheduling.node import HOST, ZONE, Node

_ENDED = "its pod ended"


class Fargate:
    """The machines of pods that profiles select."""

    def __init__(self, world: World) -> None:
        """None yet.

        Args:
            world: The world, which tells when pods wait.
        """
        self.world = world
        self._hosts: list[Host] = []
        if world.platform.profiles:
            world.watchers.append(self._watch)

    def _watch(self) -> None:
        world = self.world
        for host in self._hosts:
            if host.ready and not host.items:
                world.end_of(host, _ENDED)
        self._hosts = [each for each in self._hosts if not each.gone]
        found = [(item, self._host(item)) for item in world.waiting.values() if item.work.size and not item.comes_to]
        made = {host: item for item, host in found if host is not None}
        for host, item in made.items():
            self._hosts.append(host)
            world.launch(host, [item])
        tell_launched(world, made)
        if made and world.at_rest:
            world.settle()

    def _host(self, item: Item) -> Host | None:
        """A machine for a pod; None while all of its zones are lost."""
        world, work = self.world, item.work
        if work.profile is None or work.size is None:
            return None
        zones = [each for each in work.profile.zones if each not in world.lost_zones]
        if not zones and work.profile.zones:
            return None
        zone = world.random.choice(zones) if zones else ""
        name, rates = world.name_for(work.profile.name), work.profile.rates
        price = None if rates is None else work.size.hourly(*rates)
        return Host(
            node=Node(name=name, labels={HOST: name, **({ZONE: zone} if zone else {})}),
            maker=work.profile.name,
            kind=work.profile.kind,
            machine=f"Fargate {work.size}".replace(",", ""),
            zone=zone,
            capacity_type=ON_DEMAND,
            born=world.now,
            touched=world.now,
            price=price,
            most=price,
        )


def assign(work: Work, profiles: Sequence[Profile]) -> str:
    """The pods of a workload run on Fargate where a profile selects them.

    Returns:
        Why Fargate runs none of them though one does; empty where it does, or none selects them.
    """
    taken = profile_of(work.shape, profiles) if profiles else None
    if taken is None:
        return ""
    work.profile = taken.profile
    limits = [*limits_of(work.shape), *starmap(Limit, work.demand.barred)]
    work.size = None if limits else size_of(work.shape.requests)
    return "; ".join(each.reason for each in limits)
