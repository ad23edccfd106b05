"""The cluster as it will be, on which something is tried and taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from eks_blueprints.capacity.time.things import Item
from eks_blueprints.capacity.time.tracked import Tracked
from eks_blueprints.capacity.time.world import World
from eks_blueprints.provisioning.group_nodes import daemon_pods


@contextmanager
def foreseen(world: World, *, tried: Iterable[Item] = (), planned: bool = True) -> Iterator[Tracked]:
    """The cluster as it will be: nodes that come are there with the pods that wait for them.

    Args:
        world: The world, which is as it was afterwards.
        tried: Pods that are put on nodes meanwhile; they are taken off again.
        planned: Whether pods are on the nodes that come for them. Default: yes.
    """
    cluster = world.cluster
    opened = []
    for host in world.hosts.values():
        if not (host.ready or host.leaving or host.alone):
            place = cluster.open(host.node)
            opened.append(place)
            pods = [each.pod for each in host.planned.values()] if planned else []
            for pod in (*daemon_pods(host.node, world.daemons), *pods):
                cluster.add(pod, place)
    items = list(tried)
    try:
        yield cluster
    finally:
        for item in items:
            if (there := cluster.where.get(item.name)) is not None:
                cluster.remove(item.pod, there)
        for place in opened:
            cluster.close(place)
