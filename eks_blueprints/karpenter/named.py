"""Mappings of a name to an object of Kubernetes, in which the key is the object's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from eks_blueprints.core.errors import Faults, shown

T = TypeVar("T", bound=BaseModel)


class _KeyIsName:
    """Gives each entry its key as `name` before it is read."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_with_names, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        result = handler(schema)
        entry = handler.resolve_ref_schema(result["additionalProperties"])
        entry.get("properties", {}).pop("name", None)
        if required := [name for name in entry.pop("required", ()) if name != "name"]:
            entry["required"] = required
        return result


if TYPE_CHECKING:
    Named = dict[str, T]
else:

    class Named:
        """`Named[NodePool]`: a mapping of name to the fields of a `NodePool`."""

        def __class_getitem__(cls, item: Any) -> Any:
            return Annotated[dict[str, item], _KeyIsName()]


def _with_names(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    faults = Faults()
    named: dict[Any, Any] = {}
    for key, fields in value.items():
        if isinstance(fields, BaseModel):
            if getattr(fields, "name", key) != key:
                faults.add((str(key), "name"), f"is not its key; got {shown(fields.name)}; write {key} in both places")  # type: ignore[attr-defined]
            named[key] = fields
        elif isinstance(fields, Mapping) and "name" in fields:
            faults.add((str(key), "name"), f"no such field; got {shown(fields['name'])}; the key {key} is the name")
        elif fields is None or isinstance(fields, Mapping):
            named[key] = {**(fields or {}), "name": key}
        else:
            named[key] = fields
    faults.raise_if_any()
    return named
