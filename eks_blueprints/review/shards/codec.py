"""Frozen dataclasses as JSON and back, by their own annotations: what is written is read as the same values.

What has its default is left out. A resource of a plan is written once and then named by its number, because a report
says something of most resources several times, and both sides of a comparison are mostly the same.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Literal, NoReturn, Union

from eks_blueprints.core.errors import shown
from eks_blueprints.core.plain_secrets import PLAIN, hidden
from eks_blueprints.recording.plan import PlannedResource


class MisfitError(ValueError):
    """Data that does not hold what is asked of it; the text says where."""


class Written:
    """Values as JSON data, and the resources that they share; `names` writes values of some classes by a name alone."""

    def __init__(self, names: Mapping[type, Callable[[Any], str]] | None = None) -> None:
        self._names = names or {}
        self.resources: list[dict[str, Any]] = []
        self._numbers: dict[str, int] = {}
        self._known: dict[int, tuple[int, PlannedResource]] = {}

    def data(self, value: Any) -> Any:
        """A value: plain JSON, a sequence, a mapping by texts, or a dataclass of such."""
        if isinstance(value, PlannedResource):
            return self._number(value)
        if (name := self._names.get(type(value))) is not None:
            return name(value)
        if is_dataclass(value) and not isinstance(value, type):
            found = ((field, getattr(value, field.name)) for field in fields(value))
            return {field.name: self.data(each) for field, each in found if not _is_default(each, field)}
        if isinstance(value, Mapping):
            return {key: self.data(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.data(each) for each in value]
        return value

    def _number(self, resource: PlannedResource) -> int:
        # The resource is kept, so that no other one takes its id.
        if (known := self._known.get(id(resource))) is not None:
            return known[0]
        data = resource.to_data()
        data["inputs"] = hidden(data["inputs"], "", PLAIN, PLAIN)
        number = self._numbers.setdefault(json.dumps(data, sort_keys=True), len(self.resources))
        if number == len(self.resources):
            self.resources.append(data)
        self._known[id(resource)] = number, resource
        return number


class Reader:
    """Reads values back; `named` finds those that are written by a name alone."""

    def __init__(self, resources: Any, named: Mapping[type, Callable[[str], Any]] | None = None) -> None:
        self._named = named or {}
        self._resources = []
        for number, data in enumerate(_of(list, resources, "resources")):
            try:
                self._resources.append(PlannedResource.from_data(data))
            except (LookupError, TypeError, ValueError, AttributeError):
                _wrong(f"resources[{number}]", "a resource", data)

    def read(self, hint: Any, data: Any, where: str) -> Any:
        """The value of an annotated type.

        Raises:
            MisfitError: if the data does not hold one.
        """
        origin = typing.get_origin(hint)
        if hint is Any:
            return data
        if origin in (Union, types.UnionType):
            return self._of_union(hint, data, where)
        if origin is Literal:
            return data if data in typing.get_args(hint) else _wrong(where, f"one of {typing.get_args(hint)}", data)
        if origin is tuple:
            return self._of_tuple(hint, data, where)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            key, of = typing.get_args(hint)
            found = _of(dict, data, where).items()
            return {self.read(key, k, where): self.read(of, each, f"{where}.{k}") for k, each in found}
        if isinstance(origin, type) and issubclass(origin, Sequence):
            (of,) = typing.get_args(hint)
            return [self.read(of, each, f"{where}[{n}]") for n, each in enumerate(_of(list, data, where))]
        return self._of_class(hint, data, where)

    def _of_class(self, hint: Any, data: Any, where: str) -> Any:
        if hint is PlannedResource:
            if isinstance(data, int) and not isinstance(data, bool) and 0 <= data < len(self._resources):
                return self._resources[data]
            _wrong(where, "the number of a resource", data)
        if hint in self._named:
            return self._named[hint](_of(str, data, where))
        if is_dataclass(hint) and isinstance(hint, type):
            return self._of_dataclass(hint, _of(dict, data, where), where)
        if hint is type(None):
            return None if data is None else _wrong(where, "nothing", data)
        if hint is float and type(data) is int:  # 0 is written as 0, and read as it was
            return data
        return _of(hint, data, where)

    def _of_dataclass(self, hint: type, data: Mapping[str, Any], where: str) -> Any:
        hints = _hints(hint)
        if unknown := [key for key in data if key not in hints]:
            _wrong(where, f"{hint.__name__} without {unknown[0]}", data)
        read = {key: self.read(hints[key], each, f"{where}.{key}") for key, each in data.items()}
        if missing := [f.name for f in fields(hint) if f.name not in read and _default(f) is MISSING]:
            _wrong(where, f"{hint.__name__} with {missing[0]}", data)
        try:
            return hint(**read)
        except (LookupError, TypeError, ValueError, AttributeError):
            _wrong(where, hint.__name__, data)

    def _of_union(self, hint: Any, data: Any, where: str) -> Any:
        misfits = []
        for each in typing.get_args(hint):
            try:
                return self.read(each, data, where)
            except MisfitError as error:
                misfits.append(error)
        # `X | None`: what X lacks says more than that it is not nothing.
        raise misfits[0]

    def _of_tuple(self, hint: Any, data: Any, where: str) -> Any:
        of, found = typing.get_args(hint), _of(list, data, where)
        kinds = (of[0],) * len(found) if len(of) == 2 and of[1] is Ellipsis else of
        if len(kinds) != len(found):
            _wrong(where, f"{len(kinds)} entries", data)
        pairs = zip(kinds, found, strict=True)
        return tuple(self.read(kind, each, f"{where}[{number}]") for number, (kind, each) in enumerate(pairs))


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return typing.get_type_hints(kind)


def _default(field: Any) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _is_default(value: Any, field: Any) -> bool:
    default = _default(field)
    return value is default or (type(value) is type(default) and value == default)


def _of(kind: Any, data: Any, where: str) -> Any:
    if type(data) is not kind:
        _wrong(where, {dict: "an object", list: "a list", str: "a text"}.get(kind, str(kind.__name__)), data)
    return data


def _wrong(where: str, needed: str, data: Any) -> NoReturn:
    raise MisfitError(f"{where} needs {needed}; got {shown(data)}")
