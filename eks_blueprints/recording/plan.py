"""A plan: the resources a program asks for, put in order, as plain data that can be written down and compared."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from eks_blueprints.core.printed import document
from eks_blueprints.recording.positions import Position

VERSION = 1
KIND = "eks-blueprints/plan"


@dataclass(frozen=True, slots=True)
class PlannedResource:
    """One resource as the engine would be asked for it. The forms of wrapped values are those of `render.py`."""

    urn: str
    type: str
    name: str
    parent: str | None
    """The parent's URN; None for the stack itself."""
    custom: bool
    """Whether a provider manages it (True) or it is a component."""
    inputs: Mapping[str, Any]
    """Plain values in the provider's spelling. An unknown names the resources it depends on where that is known:
    ``{"$unknown": true, "from": ["shop-cluster"]}``; a secret is ``{"$secret": true}``."""
    dependencies: tuple[str, ...] = ()
    """URNs of all it depends on, explicitly or through an input."""
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """URNs by input property; properties that depend on nothing are left out."""
    provider: str | None = None
    """URN of the provider it is managed with, when one was given."""
    providers: Mapping[str, str] = field(default_factory=dict)
    """URNs of the providers a component hands on, by package."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Resource options that were set, by their Python names; ``remote`` and ``read_id`` say how it comes to be."""
    position: Position | None = None
    """The line in the user's program."""
    innermost: Position | None = None
    """The line nearest to the SDK, which may lie in this library; equal to `position` for resources made directly."""
    source: Position | None = None
    """The line of the stack file that it comes from, where there is one."""
    where: Callable[[tuple[str | int, ...]], Position | None] | None = field(default=None, compare=False, repr=False)
    """The line of the field that a part of its inputs comes from, where that is known; no part of the plan as data."""

    def to_data(self, *, positions: bool = True) -> dict[str, Any]:
        """The resource as JSON data; what is empty is left out."""
        data: dict[str, Any] = {
            "urn": self.urn,
            "type": self.type,
            "name": self.name,
            "parent": self.parent,
            "custom": self.custom,
            "inputs": dict(self.inputs),
            "dependencies": list(self.dependencies),
            "propertyDependencies": {key: list(urns) for key, urns in self.property_dependencies.items()},
            "provider": self.provider,
            "providers": dict(self.providers),
            "options": dict(self.options),
            "position": _place(self.position) if positions else None,
            "innermost": _place(self.innermost) if positions and self.innermost != self.position else None,
            "source": _place(self.source),
        }
        always = ("urn", "type", "name", "custom", "inputs")
        return {key: value for key, value in data.items() if key in always or value not in (None, [], {})}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "PlannedResource":
        """The inverse of `to_data`."""
        position = _position(data.get("position"))
        return cls(
            urn=data["urn"],
            type=data["type"],
            name=data["name"],
            parent=data.get("parent"),
            custom=data["custom"],
            inputs=data["inputs"],
            dependencies=tuple(data.get("dependencies", ())),
            property_dependencies={k: tuple(v) for k, v in data.get("propertyDependencies", {}).items()},
            provider=data.get("provider"),
            providers=data.get("providers", {}),
            options=data.get("options", {}),
            position=position,
            innermost=_position(data.get("innermost")) or position,
            source=_position(data.get("source")),
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """All resources of one stack, parents before children and siblings by URN, and the stack's outputs.

    The order in which a program registers resources is not stable under asyncio; this one is.
    """

    project: str
    stack: str
    resources: tuple[PlannedResource, ...]
    outputs: Mapping[str, Any] = field(default_factory=dict)
    region: str | None = None
    """Region of the default AWS provider, where the stack's settings name one and a resource is managed with it."""

    def by_urn(self) -> dict[str, PlannedResource]:
        """The resources by URN, in order."""
        return {resource.urn: resource for resource in self.resources}

    def to_json(self, *, positions: bool = True) -> str:
        """The plan as JSON text: byte for byte the same for the same program. `docs/reference/plan.schema.json`.

        Golden files leave `positions` out, so that moving a line of source changes none of them.
        """
        return document(self._data(positions=positions)) + "\n"

    def to_data(self) -> dict[str, Any]:
        """The same as JSON data."""
        data: dict[str, Any] = json.loads(json.dumps(self._data(positions=True)))
        return data

    def _data(self, *, positions: bool) -> dict[str, Any]:
        return {
            "kind": KIND,
            "version": VERSION,
            "project": self.project,
            "stack": self.stack,
            "resources": [resource.to_data(positions=positions) for resource in self.resources],
            "outputs": dict(self.outputs),
            **({"region": self.region} if self.region else {}),
        }

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        """Read a plan back; ValueError says what is wrong with the text."""
        return cls.from_data(json.loads(text))

    @classmethod
    def from_data(cls, data: Any) -> "Plan":
        """The same from JSON data."""
        if not isinstance(data, dict) or data.get("kind") != KIND:
            raise ValueError(f"not a plan: 'kind' is not '{KIND}'")
        if data.get("version") != VERSION:
            raise ValueError(f"plan version {data.get('version')!r} is not supported; this release reads {VERSION}")
        resources = tuple(PlannedResource.from_data(each) for each in data["resources"])
        return cls(data["project"], data["stack"], resources, data.get("outputs", {}), data.get("region"))


def by_default_provider(resource: PlannedResource) -> bool:
    """Whether the default AWS provider manages it, in the region of the stack's settings."""
    return resource.custom and resource.type.startswith("aws:") and resource.provider is None


def _place(position: Position | None) -> str | None:
    return None if position is None else f"{position.file}:{position.line}"


def _position(text: str | None) -> Position | None:
    if text is None:
        return None
    file, _, line = text.rpartition(":")
    return Position(file, int(line))
