"""Which nodes consolidation could take, as a quick estimate by cores, memory and number of pods says.

It does what a trial of Karpenter's does, the largest pod first on the first node that has room, and what is left on one
instance type that costs less; but it looks at nothing else. Only nodes that it finds are tried. What could go
beyond that, because of preferred zones or neighbours, stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eks_blueprints.capacity.time.things import Host
from eks_blueprints.provisioning.karpenter.catalogue import numbers
from eks_blueprints.provisioning.karpenter.disruption.command import cheapest
from eks_blueprints.provisioning.karpenter.packer import Ready
from eks_blueprints.scheduling.amounts import CPU, MEMORY, PODS
from eks_blueprints.scheduling.cluster import Cluster


class Bound:
    """The instance types of all pools, by price."""

    def __init__(self, ready: Ready) -> None:
        """The pools, with what can be launched now, and without what pods of every node take."""
        found: list[tuple[float, tuple[int, int]]] = []
        for template in ready.templates:
            for at in numbers(template.types):
                machine, kept = template.pool.machines[at], template.rooms.kept[at]
                price = cheapest(machine, template.requirements)
                room = [machine.allocatable.get(name, 0) - kept.get(name, 0) for name in (CPU, MEMORY)]
                found.append((price, (room[0], room[1])))
        found.sort()
        self._best: list[tuple[float, tuple[int, int]]] = []
        """Types that have more of something than all that cost less."""
        for price, has in found:
            if not any(all(one >= two for one, two in zip(other, has, strict=True)) for _, other in self._best):
                self._best.append((price, has))

    def plausible(self, hosts: Sequence[Host], cluster: Cluster) -> set[str]:
        """The names of those of some nodes that could go."""
        free = {
            name: (place.free(CPU), place.free(MEMORY), place.node.allocatable.get(PODS, 0) - len(place.pods))
            for name, place in sorted(cluster.places.items())
            if not place.node.cordoned
        }
        return {host.name for host in hosts if self._could_go(host, free)}

    def _could_go(self, host: Host, free: Mapping[str, tuple[int, int, int]]) -> bool:
        asks = [(e.pod.shape.requests.get(CPU, 0), e.pod.shape.requests.get(MEMORY, 0)) for e in host.items.values()]
        fewest, least = min(cpu for cpu, _ in asks), min(size for _, size in asks)
        room = [
            list(each)
            for name, each in free.items()
            if each[0] >= fewest and each[1] >= least and each[2] > 0 and name != host.name
        ]
        cores = memory = 0
        for cpu, size in sorted(asks, reverse=True):
            for each in room:
                if each[0] >= cpu and each[1] >= size and each[2] > 0:
                    each[0] -= cpu
                    each[1] -= size
                    each[2] -= 1
                    break
            else:
                cores += cpu
                memory += size
        if not cores and not memory:
            return True
        paid = host.price or 0.0
        return any(price < paid and has[0] >= cores and has[1] >= memory for price, has in self._best)
