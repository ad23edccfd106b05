"""Where the pods of a platform go: on Fargate, on nodes that are there, and on those that are added for them.

First come pods that a Fargate profile selects. kube-scheduler places the others on the nodes that are there. What finds
no room waits, and brings nodes: of Karpenter's pools or of EKS Auto Mode, then of groups that Cluster Autoscaler makes
larger. Pods are placed on these nodes as the provisioner planned, which is where kube-scheduler will have room for
them; it can spread them otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eks_blueprints.capacity.daemons import without_room
from eks_blueprints.capacity.fargate import on_fargate
from eks_blueprints.capacity.model import At, Demand, Outcome, PlannedNode, Platform
from eks_blueprints.capacity.placing import Placing
from eks_blueprints.capacity.planned import nodes_of
from eks_blueprints.capacity.refused import waiting_of
from eks_blueprints.capacity.starting import start
from eks_blueprints.capacity.world import World
from eks_blueprints.karpenter.labels import OPERATING_SYSTEM
from eks_blueprints.scheduling.cluster import Cluster
from eks_blueprints.scheduling.pod import Shape


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
    world = World(platform, begun)
    waiting = world.with_pools(waiting)
    waiting = world.with_groups(waiting)
    nodes = [*nodes_of(world), *fargate.nodes]
    still = [*fargate.refused, *waiting_of(world, waiting, placing), *without_room(platform, begun.cluster)]
    evicted = tuple((gone, came, count) for (gone, came), count in sorted(placing.evicted.items()))
    notes = (*_notes(platform, nodes), *_on_windows(platform, begun.cluster), *fargate.notes)
    return Outcome(platform=platform, nodes=tuple(nodes), waiting=tuple(still), evicted=evicted, notes=notes)


def _pods_of(demand: Demand, at: At) -> tuple[Shape, int]:
    """The shape of a demand's pods, and how many there are."""
    if at == "least":
        return demand.shape, demand.least
    return demand.largest or demand.shape, demand.most


def _on_windows(platform: Platform, cluster: Cluster) -> Iterable[str]:
    """Pods on Windows nodes that may be on Linux nodes as well: kube-scheduler knows nothing of images."""
    known = {each.name for each in platform.demands}
    found: dict[str, None] = {}
    for place in cluster.places.values():
        labels = place.node.labels
        if labels.get(OPERATING_SYSTEM) == "windows":
            for pod in place.pods.values():
                name = pod.name.rpartition("#")[0]
                if name in known and pod.shape.may_be_on(place.node.name, {**labels, OPERATING_SYSTEM: "linux"}):
                    found[name] = None
    if found:
        names = ", ".join(found)
        yield f"on Windows nodes, and without a selector for {OPERATING_SYSTEM}: {names}; Linux images fail there"


def _notes(platform: Platform, nodes: Sequence[PlannedNode]) -> Iterable[str]:
    if any(each.capacity_type == "spot" and each.kind in ("karpenter", "auto_mode") for each in nodes):
        yield "of spot capacity EC2 takes what is most free at a low price; the cheapest instance type is shown"
    if platform.autoscaler is not None and platform.pools:
        yield "Karpenter and Cluster Autoscaler both add nodes for the same pods; here Karpenter comes first"
    for pool in platform.pools:
        most, there = pool.limits.get("nodes"), sum(each.maker == pool.name for each in nodes)
        if most is not None and there > most:
            yield (
                f"pool {pool.name} gets {there} nodes, and its limit is {most}: "
                "Karpenter counts those that it launches for one batch of pods afterwards"
            )
    if any(len(each.zones) > 1 for each in nodes):
        yield "where a node may be in several zones, EC2 takes any of them"
