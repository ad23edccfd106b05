"""The schemas that charts have for their values, made small: types, fields, bounds; nothing that other values decide.

Helm holds the values of a chart against them together with its defaults, so that nothing is asked for that these have.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_BOUNDS = ("pattern", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "multipleOf")
_FREE = "x-kubernetes-preserve-unknown-fields"
_DEEPEST = 40
"""Schemas that name themselves have no end."""


def of_chart(folder: Path) -> dict[str, Any] | None:
    """What the chart in a folder takes as values; None where it does not say."""
    file = folder / "values.schema.json"
    whole = json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
    return _small(whole, whole, 0) if isinstance(whole, dict) else None


def shape(values: Any) -> Any:
    """The mappings and lists of default values, empty but for mappings and lists in them; None for what is plain."""
    if isinstance(values, list):
        return []
    if not isinstance(values, dict):
        return None
    return {str(key): below for key, each in values.items() if (below := shape(each)) is not None}


def _small(schema: Any, whole: Mapping[str, Any], depth: int) -> dict[str, Any]:
    if isinstance(schema, dict) and "$ref" in schema and depth < _DEEPEST:
        return _small(_named(str(schema["$ref"]), whole), whole, depth + 1)
    if not isinstance(schema, dict) or depth >= _DEEPEST:
        return {_FREE: True}
    found: dict[str, Any] = {key: schema[key] for key in _BOUNDS if key in schema}
    types = schema.get("type")
    types = {types} if isinstance(types, str) else set(types or ()) - {"null"}
    if types == {"string", "integer"}:
        found["x-kubernetes-int-or-string"] = True
    elif len(types) == 1:
        found["type"] = types.pop()
    if isinstance(fields := schema.get("properties"), dict):
        found["properties"] = {key: _small(each, whole, depth + 1) for key, each in fields.items()}
    if isinstance(items := schema.get("items"), dict):
        found["items"] = _small(items, whole, depth + 1)
    more = schema.get("additionalProperties", True)
    if isinstance(more, dict) and "patternProperties" not in schema:
        found["additionalProperties"] = _small(more, whole, depth + 1)
    elif more is not False or "patternProperties" in schema:
        found[_FREE] = True
    return found


def _named(name: str, whole: Mapping[str, Any]) -> Any:
    """What a reference names; nothing where it stands elsewhere."""
    if not name.startswith("#/"):
        return None
    found: Any = whole
    for part in name[2:].split("/"):
        found = found.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
    return found
