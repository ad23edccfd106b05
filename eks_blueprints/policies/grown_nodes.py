"""Nodes of the kinds that a cluster has, made as they are needed, and what pods may request of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from eks_blueprints.core.facts.instance_types import InstanceType, facts_of
from eks_blueprints.karpenter import instances
from eks_blueprints.karpenter.fitting import ZONE, Needs, Nodes, fit
from eks_blueprints.karpenter.labels import AUTO_MODE, normal
from eks_blueprints.karpenter.requirements import Allowed, allowed
from eks_blueprints.provisioning.node_amounts import NodeSettings, allocatable, capacity
from eks_blueprints.scheduling.cluster import Cluster, Place
from eks_blueprints.scheduling.filters import exclusion
from eks_blueprints.scheduling.node import HOST, Node
from eks_blueprints.scheduling.pod import Pod, Shape

_ANY_ZONES = ("a zone", "another zone", "a third zone")
"""Zones of nodes of which nobody knows where they are."""
_NO_END = 2**62


class Growth:
    """The nodes of a cluster, which get more."""

    def __init__(self, kinds: Iterable[Nodes], daemons: Sequence[Shape]) -> None:
        """No nodes yet.

        Args:
            kinds: The kinds of nodes that there can be.
            daemons: The pods that run on each node which takes them.
        """
        self.cluster = Cluster()
        self._daemons = daemons
        self._zones: dict[str, Counter[str]] = {kind.name: Counter() for kind in kinds}

    def count(self, kind: Nodes) -> int:
        """How many nodes of a kind there are."""
        return self._zones[kind.name].total()

    def one_more(self, kind: Nodes) -> None:
        """A node of the smallest type of a kind."""
        self._open(kind, Shape(), Needs())

    def one_for(self, pod: Pod, needs: Needs, kinds: Iterable[Nodes]) -> bool:
        """A node for a pod, of the first of some kinds that has one which takes it; whether there is one."""
        for kind in kinds:
            if (place := self._open(kind, pod.shape, needs)) is not None:
                self.cluster.add(pod, place)
                return True
        return False

    def _open(self, kind: Nodes, shape: Shape, needs: Needs) -> Place | None:
        for node, zone in self._candidates(kind, needs):
            daemons = self._daemons_on(node)
            alone = Place(node)
            for daemon in daemons:
                alone.take(daemon)
            if exclusion(shape, alone, self.cluster) is None:
                place = self.cluster.open(node)
                for daemon in daemons:
                    self.cluster.add(daemon, place)
                self._zones[kind.name][zone] += 1
                return place
        return None

    def _daemons_on(self, node: Node) -> list[Pod]:
        """The pods that run on a node as on each; other pods have to leave them their part."""
        empty = Place(replace(node, allocatable={**dict.fromkeys(node.allocatable, _NO_END)}))
        nothing = Cluster()
        shapes = [each for each in self._daemons if exclusion(each, empty, nothing) is None]
        return [Pod(f"{node.name}#{index}", each) for index, each in enumerate(shapes)]

    def _candidates(self, kind: Nodes, needs: Needs) -> Iterator[tuple[Node, str]]:
        """Nodes of a kind that may take a pod, the smallest type first, in the zone that has the fewest so far."""
        name = f"{kind.name}-{self.count(kind) + 1}"
        for facts in sorted(facts_of(kind.types), key=lambda each: (each.vcpus, each.memory_mib, each.name)):
            of_type = replace(kind, types=frozenset({facts.name}))
            for conditions in needs.alternatives or ((),):
                if not fit(of_type, replace(needs, alternatives=(conditions,))).takes:
                    continue
                asked = allowed(conditions)
                zones = _left(kind, ZONE, asked).values or frozenset(_ANY_ZONES)
                for zone in sorted(zones, key=lambda each: (self._zones[kind.name][each], each)):
                    labels = {**_labels(kind, facts, asked), HOST: name, ZONE: zone}
                    labels |= {each.key: labels[normal(each.key)] for each in conditions if normal(each.key) in labels}
                    yield Node(name=name, labels=labels, taints=kind.taints, allocatable=_room(kind, facts)), zone


def _left(kind: Nodes, key: str, asked: Mapping[str, Allowed]) -> Allowed:
    return kind.labels.get(key, Allowed()).narrowed(asked.get(key, Allowed()))


def _labels(kind: Nodes, facts: InstanceType, asked: Mapping[str, Allowed]) -> dict[str, str]:
    """The labels of a node of a type, as a pod asks for them where there is a choice."""
    found = {}
    for key in (*kind.labels, *asked):
        have = _left(kind, key, asked)
        who = instances.carriers(kind.flavor, key)
        values: Iterable[str] = have.values or ()
        if who is not None:
            values = [value for value, types in who.by_value.items() if facts.name in types]
        if fitting := sorted(value for value in values if value in have):
            found[key] = fitting[0]
    return found


def _room(kind: Nodes, facts: InstanceType) -> dict[str, int]:
    """What pods may request of a node; where nobody knows its disk, as much of that as they like."""
    disk = kind.disk_on(facts)
    settings = NodeSettings(
        kind="auto_mode" if kind.flavor is AUTO_MODE else "karpenter", disk=_NO_END if disk is None else int(disk)
    )
    return allocatable(facts, settings, capacity(facts, settings))
