"""The nodes that are there before any is added for pods: those that run, those of groups, those that pools keep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from eks_blueprints.capacity.model import Platform, Running
from eks_blueprints.provisioning.group_nodes import Daemons, GroupNode, daemon_pods
from eks_blueprints.provisioning.group_nodes import launch as launch_group
from eks_blueprints.provisioning.karpenter.launch import Launch, launch, node_of
from eks_blueprints.provisioning.karpenter.template import Template
from eks_blueprints.provisioning.makers import Pool
from eks_blueprints.scheduling.amounts import Amounts, added
from eks_blueprints.scheduling.cluster import Cluster, Place
from eks_blueprints.scheduling.filters import exclusion, no_room
from eks_blueprints.scheduling.pod import Pod


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kept:
    """A node that a pool keeps, whatever pods there are."""

    pool: Pool
    launch: Launch
    place: Place


@dataclass(slots=True)
class Start:
    """The cluster, and what its nodes are of."""

    cluster: Cluster
    running: dict[str, Running] = field(default_factory=dict)
    groups: list[GroupNode] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)

    @property
    def sizes(self) -> Mapping[str, int]:
        """How many nodes each group has."""
        found: dict[str, int] = {}
        for each in self.running.values():
            found[each.maker] = found.get(each.maker, 0) + 1
        for node in self.groups:
            found[node.group.name] = found.get(node.group.name, 0) + 1
        return found


def start(platform: Platform) -> Start:
    """The nodes that a platform has by itself, and the pods of DaemonSets on them."""
    found = Start(Cluster(namespaces=platform.namespaces))
    daemons = [(each.name, each.shape) for each in platform.daemons]
    for each in platform.running:
        place = found.cluster.open(each.node)
        planned = {pod.name for pod in daemon_pods(each.node, daemons)}
        found.running[each.node.name] = each
        for name, shape in each.pods:
            # A DaemonSet that is new makes a pod for each node, whether there is room or not.
            if name not in planned or not no_room(shape, place, found.cluster):
                found.cluster.add(Pod(name, shape), place)
    for group in platform.groups:
        there = sum(each.maker == group.name for each in platform.running)
        if group.machines and group.start > there:
            found.groups += launch_group(group, there, group.start - there, found.cluster, daemons)
    for pool in platform.pools:
        there = sum(each.maker == pool.name for each in platform.running)
        found.kept += _kept(pool, there, found.cluster, daemons)
    return found


def used(platform: Platform) -> dict[str, Amounts]:
    """What the nodes of each pool have that are there, which the pool's limits count."""
    found: dict[str, Amounts] = {}
    sizes = {(pool.name, each.name): each.capacity for pool in platform.pools for each in pool.machines}
    for each in platform.running:
        capacity = sizes.get((each.maker, each.machine), each.node.allocatable)
        found[each.maker] = added(found.get(each.maker, {}), {**capacity, "nodes": 1})
    return found


def _kept(pool: Pool, there: int, cluster: Cluster, daemons: Daemons) -> Iterable[Kept]:
    if pool.replicas is None or pool.replicas <= there:
        return
    template = Template(pool, [shape for _, shape in daemons])
    if not template.types:
        return
    launched = launch(template, template.types, template.requirements)
    # The only limit that such a pool can have is one of nodes, and it holds for what it keeps.
    for number in range(there, min(pool.replicas, pool.limits.get("nodes", pool.replicas))):
        zone = launched.zones[number % len(launched.zones)]
        node = node_of(pool, launched, template.requirements, f"{pool.name}-{number}", zone)
        place = cluster.open(node)
        for pod in daemon_pods(node, daemons):
            if exclusion(pod.shape, place, cluster) is None:
                cluster.add(pod, place)
        yield Kept(pool=pool, launch=launched, place=place)
