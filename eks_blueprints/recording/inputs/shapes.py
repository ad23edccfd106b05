"""What an input may be: the shapes that a property's annotation stands for, and the table of one type's properties.

A shape is a frozen value, derived once from the annotations. Types named in quotes (`'NodeGroupScalingConfigArgs'`)
stay names until a value of them is met: Kubernetes' types are recursive, and most nested types are never used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Anything:
    """Whatever is given: `Any`, or an annotation that is not understood."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """Text, a whole number, a number or a truth value."""

    name: Literal["str", "int", "float", "bool"]


@dataclass(frozen=True, slots=True)
class AssetShape:
    """A file or an archive."""


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of one shape."""

    item: Shape


@dataclass(frozen=True, slots=True)
class MapOf:
    """Free keys, values of one shape."""

    value: Shape


@dataclass(frozen=True, slots=True)
class OneOf:
    """Some values only: a `Literal` or an enum."""

    values: tuple[str | int | float | bool, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Any one of several shapes. Text beside an enum makes the enum mere advice, as in `Union[str, Runtime]`."""

    options: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class ObjectOf:
    """An object whose keys an `@pulumi.input_type` class names."""

    args: type


@dataclass(frozen=True, slots=True)
class Named:
    """A type by the name its annotation gives it, found in the module of the class that says it."""

    module: str
    expression: str


Shape = Anything | Scalar | AssetShape | ListOf | MapOf | OneOf | Choice | ObjectOf | Named


@dataclass(frozen=True, slots=True)
class Property:
    """One input: its name on the wire and in Python, its shape, and whether it must be given."""

    name: str
    python_name: str
    shape: Shape
    required: bool = False
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class PropertyTable:
    """All inputs of one type, by their names on the wire."""

    type_name: str
    properties: Mapping[str, Property]
    is_open: bool = False
    """Whether keys not listed are accepted (`CustomResource`)."""
    required: tuple[str, ...] = field(default=())
    by_python_name: Mapping[str, str] = field(default_factory=dict)
    """Wire names by Python names, where the two differ."""
