"""What comes before what: folders wait for each other as the objects in them do, which is read from the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from eks_blueprints.gitops.model import Item
from eks_blueprints.recording.plan import PlannedResource

_STEP = 10
"""Waves of one folder, and so the most that its objects can come after one another."""
_CRD = "CustomResourceDefinition"


class Order:
    """The order of the objects of a stack."""

    def __init__(self, items: Sequence[Item], resources: Iterable[PlannedResource]) -> None:
        self._resources = {each.urn: each for each in resources}
        self._components = {item.urn: item.component for item in items}
        self._found: dict[str, frozenset[str]] = {}
        self._before = {urn: self._reached(urn) for urn in self._components}
        edges: dict[str, set[str]] = {each: set() for each in self._components.values()}
        for urn, others in self._before.items():
            edges[self._components[urn]] |= {self._components[other] for other in others}
        self._group = _grouped(edges)
        self.after: Mapping[str, tuple[str, ...]] = {
            name: tuple(sorted(other for other in others if self._group[other] != self._group[name]))
            for name, others in edges.items()
        }
        """For each folder those that it waits for."""
        self._levels: dict[str, int] = {}
        self._depths: dict[str, int] = {}

    def direct(self, component: str) -> tuple[str, ...]:
        """Those that a folder waits for, without those that another of these waits for."""
        others = self.after[component]
        further = {far for other in others for far in self._all_after(other)}
        return tuple(each for each in others if each not in further)

    def wave(self, item: Item) -> int:
        """When Argo CD applies an object: definitions of kinds first, then folder by folder."""
        if item.kind == _CRD:
            return -1
        return self._level(self._group[item.component]) * _STEP + min(self._depth(item.urn), _STEP - 1)

    def _level(self, group: str) -> int:
        if group not in self._levels:
            others = {
                self._group[other]
                for name, found in self.after.items()
                if self._group[name] == group
                for other in found
            }
            self._levels[group] = max((self._level(other) + 1 for other in others), default=0)
        return self._levels[group]

    def _depth(self, urn: str) -> int:
        if urn not in self._depths:
            self._depths[urn] = 0
            inside = [
                other
                for other in self._before[urn]
                if self._group[self._components[other]] == self._group[self._components[urn]]
            ]
            self._depths[urn] = max((self._depth(other) + 1 for other in inside), default=0)
        return self._depths[urn]

    def _all_after(self, component: str) -> set[str]:
        found: set[str] = set()
        waiting = list(self.after[component])
        while waiting:
            if (each := waiting.pop()) not in found:
                found.add(each)
                waiting += self.after[each]
        return found

    def _reached(self, urn: str) -> frozenset[str]:
        """The objects that a resource waits for, directly or by resources that are none of these."""
        if urn in self._found:
            return self._found[urn]
        self._found[urn] = frozenset()
        resource = self._resources.get(urn.partition("#")[0])
        if resource is None:
            return frozenset()
        found: set[str] = set()
        depends = {*resource.dependencies, *(each for urns in resource.property_dependencies.values() for each in urns)}
        for other in depends:
            found |= {other} if other in self._components else self._reached(other)
        self._found[urn] = frozenset(found - {urn})
        return self._found[urn]


def _grouped(edges: Mapping[str, set[str]]) -> dict[str, str]:
    """Folders by the group that they are in: those that wait for each other in a circle are one."""
    group = {name: name for name in edges}
    while True:
        graph: dict[str, set[str]] = {}
        for name, others in edges.items():
            graph.setdefault(group[name], set()).update(group[other] for other in others)
        try:
            TopologicalSorter({name: others - {name} for name, others in graph.items()}).prepare()
        except CycleError as error:
            circle = set(error.args[1])
            group = {name: min(circle) if each in circle else each for name, each in group.items()}
            continue
        return group
