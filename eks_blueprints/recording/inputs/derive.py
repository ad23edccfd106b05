"""Tables of inputs, derived from the annotations of the installed Pulumi SDKs.

Every generated SDK writes, for each resource and each nested type, a class under `@pulumi.input_type` whose `__init__`
takes one keyword a property: annotated with its type, without a default where the property is required. Getters carry
the names on the wire (`@pulumi.getter(name="desiredSize")`). That is the package schema in all but form, and it is
there offline for any Pulumi package. A resource names its class in the overload `__init__(name, args: FooArgs, ...)`.
"""

from __future__ import annotations

import collections.abc
import enum
import functools
import inspect
import sys
import types
import typing
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin

import pulumi
from pulumi import _types

from eks_blueprints.recording.inputs.shapes import (
    Anything,
    AssetShape,
    Choice,
    ListOf,
    MapOf,
    Named,
    ObjectOf,
    OneOf,
    Property,
    PropertyTable,
    Scalar,
    Shape,
)

_ANYTHING = Anything()
_SCALARS: dict[Any, Shape] = {str: Scalar("str"), int: Scalar("int"), float: Scalar("float"), bool: Scalar("bool")}
_NAMES: dict[str, Shape] = {
    "str": _SCALARS[str],
    "int": _SCALARS[int],
    "float": _SCALARS[float],
    "bool": _SCALARS[bool],
}
_LISTS = (list, collections.abc.Sequence, collections.abc.Iterable)
_MAPS = (dict, collections.abc.Mapping)
_WAITING = (collections.abc.Awaitable, collections.abc.Coroutine, pulumi.Output)
_DEPRECATED = "_pulumi_deprecated_callable"  # set by pulumi.deprecated (pulumi/deprecated.py)
_PULUMI_NAME = "_pulumi_name"  # set by pulumi.getter (pulumi/_types.py)


def table_for(resource_class: type) -> PropertyTable | None:
    """The inputs of a resource class, or None where it has no generated class of arguments to read them from."""
    args = args_class(resource_class)
    return None if args is None else table_of(args, is_open=_takes_any_key(resource_class))


@functools.cache
def args_class(resource_class: type) -> type | None:
    """The `@pulumi.input_type` class a resource takes: by its `args` overload, else by the name `FooArgs`."""
    # a generated class has this method; one that a team derives from it takes the same inputs in the end
    generated = next((c for c in resource_class.__mro__ if "_internal_init" in c.__dict__), None)
    for cls in resource_class.__mro__ if generated is None else (generated,):
        if cls in (pulumi.Resource, pulumi.CustomResource, pulumi.ComponentResource, pulumi.ProviderResource):
            return None
        if generated is None and issubclass(cls, pulumi.ComponentResource):
            return None  # written by hand: what it registers is its own affair, and no provider checks it
        for candidate in _candidates(cls):
            if isinstance(candidate, type) and _types.is_input_type(candidate):
                return candidate
    return None


def _candidates(cls: type) -> collections.abc.Iterator[Any]:
    init = cls.__dict__.get("__init__")
    for overload in typing.get_overloads(init) if init is not None else ():
        yield from (annotation for annotation in _members(overload.__annotations__.get("args")))
    module = sys.modules.get(cls.__module__)
    for suffix in ("Args", "InitArgs"):
        yield getattr(module, cls.__name__ + suffix, None)


def _members(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if _is_union(annotation) else (annotation,)


def _takes_any_key(resource_class: type) -> bool:
    # CustomResource and CustomResourcePatch stand for kinds that no SDK knows
    return any(
        c.__name__.startswith("CustomResource")
        and c.__module__.startswith("pulumi_kubernetes.apiextensions.Custom")
        and "Definition" not in c.__name__
        for c in resource_class.__mro__
    )


@functools.cache
def table_of(args: type, *, is_open: bool = False) -> PropertyTable:
    """The properties of one `@pulumi.input_type` class."""
    parameters = inspect.signature(args.__init__).parameters  # type: ignore[misc]
    properties: dict[str, Property] = {}
    for python_name, getter in _getters(args):
        name: str = getattr(getter, _PULUMI_NAME)
        parameter = parameters.get(python_name)
        properties[name] = Property(
            name=name,
            python_name=python_name,
            shape=_ANYTHING if parameter is None else shape_of(parameter.annotation, args.__module__),
            required=parameter is not None and parameter.default is parameter.empty,
            deprecated=_DEPRECATED in getattr(getter, "__dict__", {}),
        )
    return PropertyTable(
        type_name=args.__name__,
        properties=types.MappingProxyType(properties),
        is_open=is_open,
        required=tuple(name for name, p in properties.items() if p.required),
        by_python_name=types.MappingProxyType({p.python_name: n for n, p in properties.items() if p.python_name != n}),
    )


def _getters(args: type) -> collections.abc.Iterator[tuple[str, Any]]:
    for cls in reversed(args.__mro__):
        for python_name, value in cls.__dict__.items():
            if isinstance(value, property) and hasattr(value.fget, _PULUMI_NAME):
                yield python_name, value.fget


@functools.cache
def shape_of(annotation: Any, module: str) -> Shape:
    """The shape an annotation stands for, as read in `module`."""
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    if isinstance(annotation, ForwardRef):
        return _NAMES.get(annotation.__forward_arg__) or Named(module, annotation.__forward_arg__)
    if isinstance(annotation, str):
        return _NAMES.get(annotation) or Named(module, annotation)
    if _is_union(annotation):
        return _choice(get_args(annotation), module)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return OneOf(arguments)
    if origin in _LISTS:
        return ListOf(shape_of(arguments[0], module) if arguments else _ANYTHING)
    if origin in _MAPS:
        return MapOf(shape_of(arguments[1], module) if len(arguments) == 2 else _ANYTHING)
    return _shape_of_class(annotation) if isinstance(annotation, type) else _ANYTHING


def _shape_of_class(cls: type) -> Shape:
    if _types.is_input_type(cls):
        return ObjectOf(cls)
    if issubclass(cls, enum.Enum):
        return OneOf(tuple(member.value for member in cls))
    if issubclass(cls, pulumi.Asset | pulumi.Archive):
        return AssetShape()
    if cls in _LISTS:
        return ListOf(_ANYTHING)
    return MapOf(_ANYTHING) if cls in _MAPS else _ANYTHING


def _choice(arguments: tuple[Any, ...], module: str) -> Shape:
    """The members of a union, without the waiting kinds of `pulumi.Input` and the twins of an object type.

    `pulumi.Input[T]` is `Union[T, Awaitable[T], "Output[T]"]`; `InputType[T]` is `Union[T, Mapping[str, Any]]`; and
    an argument beside `FooArgs` may be the TypedDict `FooArgsDict` or the output type `outputs.Foo`.
    """
    shapes: list[Shape] = []
    for argument in arguments:
        if argument is type(None) or argument in _WAITING or get_origin(argument) in _WAITING:
            continue
        if typing.is_typeddict(argument) or (isinstance(argument, type) and _types.is_output_type(argument)):
            continue
        if isinstance(argument, ForwardRef) and _is_twin(argument.__forward_arg__):
            continue
        shape = shape_of(argument, module)
        if shape not in shapes:
            shapes.append(shape)
    if any(isinstance(s, ObjectOf) or (isinstance(s, Named) and s.expression.endswith("Args")) for s in shapes):
        shapes = [s for s in shapes if s != MapOf(_ANYTHING)]
    if not shapes or _ANYTHING in shapes:
        return _ANYTHING
    return shapes[0] if len(shapes) == 1 else Choice(tuple(shapes))


def _is_twin(name: str) -> bool:
    return name.startswith(("Output[", "outputs.")) or name.endswith("ArgsDict") or ".outputs." in name


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, types.UnionType)


@functools.cache
def resolve(shape: Named) -> Shape:
    """The shape behind a name: as the SDK itself does, in the names of the module that says it."""
    module = sys.modules.get(shape.module)
    try:
        found = eval(shape.expression, dict(vars(module)) if module else {})  # noqa: S307 text of an installed SDK
    except (NameError, AttributeError, SyntaxError, TypeError, ImportError):
        return _ANYTHING
    return shape_of(found, shape.module)
