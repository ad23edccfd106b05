"""A report's JSON from a stranger's job: held against its schema before anything of it is used.

The reader of JSON Schema is our own, of the few words that this one schema uses. The job that comments has secrets and
installs this package alone; jsonschema would bring four packages more (with rpds-py a compiled one) into it, and
fastjsonschema makes and runs code. A test compares its verdicts with those of jsonschema.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.errors import InputError, Problem, shown
from eks_blueprints.review.report.schema import schema

_LARGEST = 20_000_000
_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def validated(text: str, file: str) -> dict[str, Any]:
    """The report that a text holds.

    Raises:
        InputError: if it is none, with the first things that are wrong with it.
    """
    if len(text) > _LARGEST:
        raise InputError([Problem((), f"is too large; got {len(text)} characters; post a smaller report", file)])
    try:
        data: dict[str, Any] = json.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"is not a report; got text that is not JSON ({error}); write it with diff -o report.json"
        raise InputError([Problem((), message, file)]) from None
    whole = schema()
    faults = []
    for path, message in _faults(data, whole, whole["$defs"], ""):
        faults.append(Problem((), f"{path or 'the report'} {message}; write it with diff -o report.json", file))
        if len(faults) == 5:
            break
    if faults:
        raise InputError(faults)
    return data


def _faults(value: Any, asked: Mapping[str, Any], known: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """What of a value the schema does not allow: the words of JSON Schema that the report's own schema uses."""
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
            yield at, "is not a field of a report"
        elif isinstance(more, Mapping):
            yield from _faults(each, more, known, at)
