"""A stack's resources as rules see them: indexed once by type, with the references between them resolved."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from eks_blueprints.policies.props import Props

if TYPE_CHECKING:
    from eks_blueprints.recording.plan import Plan

T = TypeVar("T")

CLUSTER = "aws:eks/cluster:Cluster"
ANY_OBJECT = "kubernetes:*"

_SYMBOL = re.compile(r"\$\{([^{}]+)\}")
_NO_OBJECTS = ("kubernetes:helm.sh/", "kubernetes:yaml", "kubernetes:kustomize", "kubernetes:index")


@dataclass(slots=True, eq=False)
class Resource:
    """One resource of a stack."""

    urn: str
    type: str
    """Its type, a Kubernetes *Patch type without that ending."""
    name: str
    inputs: Mapping[str, Any]
    options: Mapping[str, Any] = field(default_factory=dict)
    parent: str | None = None
    provider: str | None = None
    dependencies: Sequence[str] = ()
    property_dependencies: Mapping[str, Sequence[str]] = field(default_factory=dict)
    position: Any = None
    """Where it is written: the line of the stack file, or else of the program."""
    outputs: Mapping[str, Any] = field(default_factory=dict)
    """What is known of it once it exists: its id, ARN and name."""
    from_stack_file: bool = False
    """Whether `position` is in a stack file, and not in a program."""
    where: Callable[[tuple[str | int, ...]], Any] | None = None
    """The line of the field that a part of its inputs comes from, where that is known."""
    patch: bool = False
    path: tuple[str | int, ...] = ()
    """Where its inputs stand, for an object inside another resource's inputs."""
    props: Props = field(default_factory=lambda: Props({}))

    @property
    def is_object(self) -> bool:
        """Whether it is a Kubernetes object, rather than a chart or a provider."""
        return self.type.startswith("kubernetes:") and not self.type.startswith(_NO_OBJECTS)

    @property
    def kind(self) -> str:
        """The last part of its type, such as `Deployment`."""
        return self.type.rpartition(":")[2]

    @property
    def api_version(self) -> str:
        """A Kubernetes object's apiVersion, such as `apps/v1` or `v1`."""
        given = self.inputs.get("apiVersion")
        if isinstance(given, str):
            return given
        version = self.type.split(":")[1]
        return version.removeprefix("core/")

    def carried(
        self,
        mark: str,
        type_: str,
        inputs: Mapping[str, Any],
        *,
        name: str | None = None,
        path: tuple[str | int, ...] = (),
    ) -> Resource:
        """An object that this resource brings along; `mark` tells it from others of the same."""
        return Resource(
            urn=f"{self.urn}#{mark}",
            type=type_,
            name=self.name if name is None else name,
            inputs=inputs,
            parent=self.urn,
            provider=self.provider,
            dependencies=self.dependencies,
            position=self.position,
            path=path,
            props=Props(inputs, path),
        )

    def __repr__(self) -> str:
        return f"Resource({self.name!r}, {self.type})"


class Stack:
    """All resources of a stack."""

    def __init__(
        self, resources: Iterable[Resource], project: str = "", name: str = "", folder: Path | None = None
    ) -> None:
        self.project = project
        self.name = name
        self.folder = folder
        """Where its program runs, if that is at hand."""
        self.resources = tuple(self._prepared(list(resources)))
        self.cache: dict[Any, Any] = {}
        """What rules have worked out about the whole stack."""

    @classmethod
    def of_plan(cls, plan: Plan, folder: Path | None = None) -> Stack:
        """The stack that a plan describes."""
        return cls(
            (
                Resource(
                    urn=each.urn,
                    type=each.type,
                    name=each.name,
                    inputs=each.inputs,
                    options=each.options,
                    parent=each.parent,
                    provider=each.provider,
                    dependencies=each.dependencies,
                    property_dependencies=each.property_dependencies,
                    position=getattr(each, "source", None) or each.position,
                    from_stack_file=getattr(each, "source", None) is not None,
                    where=getattr(each, "where", None),
                )
                for each in plan.resources
            ),
            plan.project,
            plan.stack,
            folder,
        )

    def once(self, key: Any, make: Callable[[], T]) -> T:
        """What `make` makes, made once for the stack."""
        if key not in self.cache:
            self.cache[key] = make()
        found: T = self.cache[key]
        return found

    def of(self, *types: str) -> list[Resource]:
        """The resources of some types, in the order of the plan."""
        found: list[Resource] = []
        for wanted in types:
            found += self.objects if wanted == ANY_OBJECT else self._by_type.get(wanted, [])
        return found

    @cached_property
    def objects(self) -> list[Resource]:
        """Every Kubernetes object."""
        return [each for each in self.resources if each.is_object]

    def resolve(self, value: Any, *types: str, near: Sequence[str] = ()) -> Resource | None:
        """The resource that a value refers to: by a symbol, as an unknown, or once deployed by its id, ARN or name.

        `near` are the URNs that the property depends on; they decide where several resources have one logical name.
        """
        found: list[Resource] = []
        if isinstance(value, str):
            if match := _SYMBOL.search(value):
                found = self._named(match[1], types)
            elif value in self._by_output:
                found = [each for each in self._by_output[value] if not types or each.type in types]
        elif isinstance(value, Mapping) and "$unknown" in value:
            found = [r for name in value.get("from", ()) for r in self._by_name.get(name, ()) if r.type in types]
        if len(found) > 1 and near:
            found = [each for each in found if each.urn in near] or found
        return found[0] if found and (len(found) == 1 or isinstance(value, str)) else None

    def resolved(self, resource: Resource, *keys: str | int, types: Sequence[str]) -> Resource | None:
        """The resource that a property of another one refers to."""
        near = resource.property_dependencies.get(str(keys[0]), ())
        return self.resolve(resource.props.raw(*keys), *types, near=near)

    def ancestors(self, resource: Resource) -> Iterator[Resource]:
        """Its parent, its parent's parent, and so on."""
        urn = resource.parent
        while urn and (parent := self.by_urn.get(urn)):
            yield parent
            urn = parent.parent

    @cached_property
    def by_urn(self) -> dict[str, Resource]:
        """The resources by URN."""
        return {each.urn: each for each in self.resources}

    @cached_property
    def _by_type(self) -> dict[str, list[Resource]]:
        index: defaultdict[str, list[Resource]] = defaultdict(list)
        for each in self.resources:
            index[each.type].append(each)
        return dict(index)

    @cached_property
    def _by_name(self) -> dict[str, list[Resource]]:
        index: defaultdict[str, list[Resource]] = defaultdict(list)
        for each in self.resources:
            index[each.name].append(each)
        return dict(index)

    @cached_property
    def _by_output(self) -> dict[str, list[Resource]]:
        index: defaultdict[str, list[Resource]] = defaultdict(list)
        for each in self.resources:
            for value in each.outputs.values():
                if isinstance(value, str) and value:
                    index[value].append(each)
        return dict(index)

    def _named(self, symbol: str, types: Sequence[str]) -> list[Resource]:
        at = symbol.find(".")
        while at != -1:
            found = [r for r in self._by_name.get(symbol[:at], ()) if not types or r.type in types]
            if found:
                return found
            at = symbol.find(".", at + 1)
        return []

    def _prepared(self, resources: list[Resource]) -> list[Resource]:
        from eks_blueprints.policies.components import leaves_of
        from eks_blueprints.policies.embedded import embedded_in

        names = {each.name for each in resources} | {"aws", "config"}
        parents = {each.parent for each in resources if each.is_object}
        resources += [
            inner for each in resources if each.urn not in parents for inner in embedded_in(each, self.folder)
        ]
        resources += leaves_of(resources)
        for each in resources:
            if each.type.endswith("Patch") and each.is_object:
                each.type, each.patch = each.type.removesuffix("Patch"), True
            each.props = Props(each.inputs, each.path, names)
        return resources
