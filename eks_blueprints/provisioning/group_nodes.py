"""Nodes of managed groups and of Auto Scaling groups: what they are, and in which zones they come.

An Auto Scaling group launches where it has the fewest instances, and in the order of its zones where these are as many.
Source: "Auto Scaling benefits for application architecture", section on distributing instances, of the Amazon EC2 Auto
Scaling user guide. That there is always capacity in a zone is taken for granted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count as count_from

from eks_blueprints.karpenter.labels import with_old_names
from eks_blueprints.provisioning.machine import Machine
from eks_blueprints.provisioning.makers import Group
from eks_blueprints.scheduling.cluster import Cluster, Place
from eks_blueprints.scheduling.filters import allowed_by_itself, exclusion
from eks_blueprints.scheduling.node import HOST, Node
from eks_blueprints.scheduling.pod import Pod, Shape

Daemons = Sequence[tuple[str, Shape]]
"""DaemonSets by name, of each of which every node that takes it has a pod."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupNode:
    """A node that a group launched, with what runs on it."""

    group: Group
    machine: Machine
    zone: str
    """Its zone; empty where neither the group nor its instance types say one."""
    place: Place
    """Where it is in its cluster."""
    daemons: frozenset[str] = frozenset()
    """The names of its pods that are of DaemonSets."""

    @property
    def name(self) -> str:
        """Its name."""
        return self.place.node.name

    @property
    def pods(self) -> tuple[Pod, ...]:
        """The pods on it that are of no DaemonSet, in the order in which they came."""
        return tuple(each for each in self.place.pods.values() if each.name not in self.daemons)


def node_of(group: Group, machine: Machine, zone: str, name: str) -> Node:
    """A node of a group, on one of its instance types.

    Of the labels that an instance type may have, it has those with one value.
    """
    return Node(
        name=name,
        labels=with_old_names({**machine.labels_in(zone), **group.labels, HOST: name}),
        taints=group.taints,
        allocatable=machine.allocatable,
        volumes=machine.volumes,
    )


def zones_of(group: Group) -> tuple[str, ...]:
    """The zones in which a group launches, in its order: its own, or all that its instance types are offered in."""
    if group.zones:
        return group.zones
    return tuple(sorted({each.zone for machine in group.machines for each in machine.offerings})) or ("",)


def launch(group: Group, there: int, more: int, cluster: Cluster, daemons: Daemons = ()) -> list[GroupNode]:
    """Nodes that a group launches: they are opened in the cluster, and the pods of DaemonSets come first.

    Args:
        group: The group, which has an instance type at least; it launches the first.
        there: How many nodes it has already, spread over its zones.
        more: How many it launches.
        cluster: The cluster, to which they are added.
        daemons: What runs on each node that takes it; what finds no room there is left out.
    """
    zones, machine = zones_of(group), group.machines[0]
    names = (f"{group.name}-{number}" for number in count_from(there))
    free = (name for name in names if name not in cluster.places)
    found = []
    for number in range(there, there + more):
        zone = zones[number % len(zones)]
        place = cluster.open(node_of(group, machine, zone, next(free)))
        pods = [each for each in daemon_pods(place.node, daemons) if _joins(each, place, cluster)]
        names_of_daemons = frozenset(each.name for each in pods)
        found.append(GroupNode(group=group, machine=machine, zone=zone, place=place, daemons=names_of_daemons))
    return found


def daemon_pods(node: Node, daemons: Daemons) -> Iterable[Pod]:
    """The pods that DaemonSets make for a node: of those that its labels and taints do not keep off."""
    for name, shape in daemons:
        if allowed_by_itself(shape, node) is None:
            yield Pod(name_on(name, node.name), shape)


def name_on(daemon_set: str, node: str) -> str:
    """The name of a DaemonSet's pod on a node, by the names of both."""
    return f"{daemon_set}@{node}"


def daemon_set_of(pod: str) -> str:
    """The DaemonSet of a pod, by the pod's name; empty for other pods."""
    return pod.rpartition("@")[0]


def _joins(pod: Pod, place: Place, cluster: Cluster) -> bool:
    if exclusion(pod.shape, place, cluster) is not None:
        return False
    cluster.add(pod, place)
    return True
