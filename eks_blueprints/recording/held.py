"""Data held against a JSON Schema: the reader is our own, of the words that the schemas of this package use.

The job that comments has secrets and installs this package alone; jsonschema would bring four packages more (with
rpds-py a compiled one) into it, and fastjsonschema makes and runs code. A test compares its verdicts with those of
jsonschema.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.errors import shown

_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def faults(value: Any, schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What of a value the schema does not allow, each with its place."""
    yield from _faults(value, schema, schema.get("$defs", {}), "")


def _faults(value: Any, asked: Mapping[str, Any], known: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """What of a value the schema does not allow: the words of JSON Schema that our schemas use."""
    if ref := asked.get("$ref"):
        asked = known[ref.rpartition("/")[2]]
    if choices := asked.get("anyOf"):
        found = [list(_faults(value, each, known, path)) for each in choices]
        if all(found):
            yield from found[-1]
        return
    if "const" in asked and (value != asked["const"] or type(value) is not type(asked["const"])):
        yield path, f"is not {shown(asked['const'])}; got {shown(value)}"
    if "enum" in asked and value not in asked["enum"]:
        yield path, f"is none of {shown(asked['enum'])}; got {shown(value)}"
    wanted = asked.get("type")
    names = [wanted] if isinstance(wanted, str) else wanted or []
    allowed = tuple(each for name in names for each in _TYPES[name])
    if allowed and (not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed)):
        yield path, f"needs {' or '.join(names)}; got {shown(value)}"
        return
    if "pattern" in asked and isinstance(value, str) and not re.search(asked["pattern"], value):
        yield path, f"has another form; got {shown(value)}"
    if "minimum" in asked and value < asked["minimum"]:
        yield path, f"is too small; got {shown(value)}"
    if isinstance(value, dict):
        yield from _of_object(value, asked, known, path)
    elif isinstance(value, list) and "items" in asked:
        for index, each in enumerate(value):
            yield from _faults(each, asked["items"], known, f"{path}[{index}]")


def _of_object(
    value: Mapping[str, Any], asked: Mapping[str, Any], known: Mapping[str, Any], path: str
) -> Iterator[tuple[str, str]]:
    fields, more = asked.get("properties", {}), asked.get("additionalProperties", True)
    yield from ((path, f"lacks {name}") for name in asked.get("required", ()) if name not in value)
    for key, each in value.items():
        at = f"{path}.{shown(key, 40)}" if path else shown(key, 40)
        if key in fields:
            yield from _faults(each, fields[key], known, at)
        elif more is False:
            yield at, "is no field of it"
        elif isinstance(more, Mapping):
            yield from _faults(each, more, known, at)
