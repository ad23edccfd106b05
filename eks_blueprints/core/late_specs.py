"""Specs that are loaded and built when a value of theirs is read.

Whoever reads one platform needs a tenth of all specs. So a spec that is the type of another's field is no part of that
one's schema: the field hands what it is given to the class, whose own schema is built then, once. A class from `late`
is not even imported before.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from pydantic import BaseModel, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema


T = TypeVar("T")


class _Late(type):
    """The type of classes that stand for one whose module may not be loaded yet: as the type of a field, for
    `isinstance`, and to make a value."""

    home: str

    def __instancecheck__(cls, value: object) -> bool:
        # A value of that class is there only once its module is.
        loaded = getattr(sys.modules.get(cls.home), cls.__name__, None)
        return loaded is not None and isinstance(value, loaded)

    def __call__(cls, *args: Any, **fields: Any) -> Any:
        return _class(cls)(*args, **fields)

    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> CoreSchema:
        return late_schema(_name(cls.home, cls.__name__), lambda: _class(cls))

    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(whole_schema(_class(cls)))


def late(home: str, name: str) -> type:
    """The class of that name in a module, which is not loaded before a value of it is read or made.

    For type checkers it is imported as usual, below `if TYPE_CHECKING`.
    """
    return _Late(name, (), {"home": home})


def loaded(cls: type[T]) -> type[T]:
    """The class itself, of one that may be late."""
    return _class(cls) if isinstance(cls, _Late) else cls


def late_schema(name: str, load: Callable[[], type[BaseModel]]) -> CoreSchema:
    """The schema of a field whose values are read by a class's own; one of each name in a schema."""
    from pydantic_core import core_schema

    def read(value: Any) -> BaseModel:
        return load().model_validate(value)

    return core_schema.no_info_plain_validator_function(read, ref=name)


def is_late(schema: CoreSchema) -> bool:
    """Whether a schema only hands values to a class."""
    return bool(schema["type"] == "function-plain")


def whole_schema(cls: type[BaseModel]) -> CoreSchema:
    """The schema of a class, without the name that pydantic has for it, so that it has only the one of `name_of`."""
    cls.model_rebuild()
    schema = cls.__pydantic_core_schema__
    if schema["type"] == "definitions":
        return {**schema, "schema": _unnamed(schema["schema"])}
    return _unnamed(schema)


def name_of(cls: type) -> str:
    """What a class is called in schemas that refer to it: where it can be imported, the same before it is."""
    name = _name(cls.__module__, cls.__qualname__)
    return name if getattr(sys.modules.get(cls.__module__), cls.__name__, None) is cls else f"{name}.{id(cls)}"


def _class(late: _Late) -> Any:
    return getattr(importlib.import_module(late.home), late.__name__)


def _unnamed(schema: CoreSchema) -> CoreSchema:
    return cast("CoreSchema", {key: value for key, value in schema.items() if key != "ref"})


def _name(module: str, name: str) -> str:
    return f"{module}.{name}:late"
