"""Arguments against the SDK's tables: unknown keys, missing ones, wrong types, at any depth."""

from __future__ import annotations

import difflib
import json
import re
from typing import Any

from .tables import Fields, Tables, Type
from .wire import UNKNOWN, UNKNOWN_SENTINEL

Failure = tuple[str, str]  # property path, reason

# Kubernetes takes a bare number where a quantity is expected; the annotations say string.
QUANTITY = re.compile(
    r"(^|\.)(limits|requests|hard|capacity|overhead|default|defaultRequest|max|min)\.[\w./-]+$|\.divisor$"
)

NAMES = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}


def check_fields(
    tables: Tables, fields: Fields, values: dict[str, Any], at: str = "", aliases: dict[str, str] | None = None
) -> list[Failure]:
    """Failures of one object. `aliases` are further spellings: functions get nested keys in Python's own."""
    failures: list[Failure] = []
    aliases = aliases or {}
    seen = set()
    for key, value in values.items():
        if key.startswith("__"):
            continue
        wire = key if key in fields else aliases.get(key, key)
        path = f"{at}.{key}" if at else key
        if wire not in fields:
            near = difflib.get_close_matches(key, list(fields), n=1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            failures.append((path, f"Invalid or unknown key{hint}"))
            continue
        if value is not None:
            seen.add(wire)
        failures += check_type(tables, fields[wire][0], value, path, bool(aliases))
    for key, (_, required) in fields.items():
        if required and key not in seen:
            failures.append((f"{at}.{key}" if at else key, "Missing required argument"))
    return failures


def check_provider(tables: Tables, values: dict[str, Any]) -> list[Failure]:
    """A provider's own arguments, which travel as text: numbers and booleans quoted, the nested ones as JSON."""
    table = tables.provider()
    fields = {key: (kind, False) for key, (kind, _) in table["fields"].items()}
    opened = {key: _opened(value, fields.get(key, ("any",))[0]) for key, value in values.items() if key != "version"}
    return check_fields(tables, fields, opened, aliases=table["python"])


def _opened(value: Any, kind: Type) -> Any:
    if not isinstance(value, str) or kind in ("str", "any"):
        return value
    if UNKNOWN_SENTINEL in value:
        return UNKNOWN
    try:
        return json.loads(value)
    except ValueError:
        return value


def check_type(tables: Tables, kind: Type, value: Any, at: str, loose: bool = False) -> list[Failure]:
    if value is UNKNOWN or value is None or kind in ("any", "asset", None):
        return []
    if kind == "str" and QUANTITY.search(at) and _scalar("float", value):
        return []
    if isinstance(kind, str):
        return [] if _scalar(kind, value) else [_mismatch(at, _expected(kind), value)]
    ((form, inner),) = kind.items()
    if form == "literal":
        return [] if value in inner else [(at, f"expected one of {inner}, got {value!r}")]
    if form == "list":
        if not isinstance(value, list):
            return [_mismatch(at, "array", value)]
        return [f for i, item in enumerate(value) for f in check_type(tables, inner, item, f"{at}[{i}]", loose)]
    if form == "map":
        if not isinstance(value, dict):
            return [_mismatch(at, "object", value)]
        return [f for key, item in value.items() for f in check_type(tables, inner, item, f"{at}.{key}", loose)]
    if form == "object":
        if not isinstance(value, dict):
            return [_mismatch(at, "object", value)]
        nested = tables.object(inner)
        return check_fields(tables, nested["fields"], value, at, nested["python"] if loose else None)
    options = [check_type(tables, option, value, at, loose) for option in inner]
    return min(options, key=len) if options else []


def _scalar(kind: str, value: Any) -> bool:
    if kind == "str":
        return isinstance(value, str)
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _expected(kind: str) -> str:
    return {"str": "string", "bool": "boolean", "int": "number", "float": "number"}[kind]


def _mismatch(at: str, expected: str, value: Any) -> Failure:
    shown = repr(value) if not isinstance(value, dict | list) else "..."
    return at, f"expected {expected} type, got {shown} of type {NAMES.get(type(value), type(value).__name__)}"
