"""What a resource depends on, worked out with less; part of the quick path (`fast.py`).

A chart that waits for all nodes depends on every resource of every node group. The SDK makes an output, copies the set
found so far and looks for cycles for each of them: a platform of 20 groups and 100 charts has 60,000.
"""

from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

from pulumi import ComponentResource, Resource
from pulumi.output import _is_prompt
from pulumi.runtime import rpc
from pulumi.runtime._depends_on import _resolve_depends_on_urns

Function = Callable[..., Any]


class Dependencies:
    """The edges between the resources of one recording."""

    def __init__(self) -> None:
        self._declare: Function = rpc.declare_dependency  # type: ignore[attr-defined]
        self._expand: Function = rpc._expand_dependencies
        self._resolve: Function = _resolve_depends_on_urns
        self._prompt: Function = _is_prompt
        self._numbers = count()
        self._order: dict[Resource, int] = {}
        self._edges: set[tuple[Resource, Resource]] = set()
        self._targets: set[Resource] = set()
        self._backward = False
        """Whether anything depends on what was made after it."""

    def replacements(self) -> dict[tuple[str, str], Function]:
        """The functions to swap in, by module and name."""
        return {
            ("pulumi.runtime.rpc", "declare_dependency"): self.declare_dependency,
            ("pulumi.runtime.rpc", "_expand_dependencies"): self.expand_dependencies,
            ("pulumi.runtime.resource", "_expand_dependencies"): self.expand_dependencies,
            ("pulumi.runtime._depends_on", "_expand_dependencies"): self.expand_dependencies,
            ("pulumi.runtime.resource", "_resolve_depends_on_urns"): self.resolve_depends_on_urns,
            ("pulumi.resource", "_is_prompt"): self.is_prompt,
        }

    def made(self, resource: Resource) -> None:
        """Note a resource that is being made."""
        self._order[resource] = next(self._numbers)

    def declare_dependency(self, from_resource: Resource, to_resource: Resource) -> bool:
        """Cycles are looked for only where one could close.

        That is at a resource that something depends on already, once anything depends on what was made after it: all
        edges of a cycle cannot lead back to what was made before. The SDK walks all that the target depends on for
        every edge.
        """
        edge = (from_resource, to_resource)
        if edge in self._edges:
            return True
        self._backward = self._backward or not self._made_before(to_resource, from_resource)
        if self._backward and (from_resource is to_resource or from_resource in self._targets):
            if not self._declare(from_resource, to_resource):
                return False
        else:
            known = from_resource.__dict__.get("_direct_computed_dependencies")
            if known is None:
                known = from_resource.__dict__["_direct_computed_dependencies"] = set()
            known.add(to_resource)
        self._edges.add(edge)
        self._targets.add(to_resource)
        return True

    def _made_before(self, first: Resource, second: Resource) -> bool:
        one, other = self._order.get(first), self._order.get(second)
        return one is not None and other is not None and one < other

    async def expand_dependencies(
        self, deps: Iterable[Resource], from_resource: Resource | None
    ) -> dict[str, Resource]:
        """Resources by URN, local components replaced by what they are made of."""
        expanded: dict[str, Resource] = {}
        every = list(dict.fromkeys(deps))
        for each in every:
            leaves = self._leaves(each, from_resource)
            if leaves is None:
                return await self._expand(every, from_resource)  # type: ignore[no-any-return]
            for leaf in leaves:
                data = leaf.urn._data
                urn = (data.result() if data.done() else await data).value
                if isinstance(urn, str) and urn:
                    expanded[urn] = leaf
        return expanded

    def _leaves(self, resource: Resource, from_resource: Resource | None) -> list[Resource] | None:
        """None where the SDK has something to say: at a cycle, and at what is no resource."""
        found: list[Resource] = []
        walk: list[Resource] = [resource]
        for each in walk:
            if not isinstance(each, Resource):
                return None
            if from_resource is not None and not self.declare_dependency(from_resource, each):
                return None
            if isinstance(each, ComponentResource) and not each._remote:
                walk.extend(each._childResources)
            else:
                found.append(each)
        return found

    async def resolve_depends_on_urns(self, depends_on: Any, from_resource: Resource | None = None) -> set[str]:
        """URNs of what `depends_on` names; resources are taken as they are."""
        if not isinstance(depends_on, list) or not all(isinstance(each, Resource) for each in depends_on):
            return await self._resolve(depends_on, from_resource)  # type: ignore[no-any-return]
        return set(await self.expand_dependencies(depends_on, from_resource))

    def is_prompt(self, value: Any) -> bool:
        """Whether an entry of `depends_on` is there at once: a resource always is."""
        return isinstance(value, Resource) or bool(self._prompt(value))
