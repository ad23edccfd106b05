"""Custom resources against the definitions (CRDs) that bring their kinds.

What a definition leaves open is taken. Patterns and expressions (CEL) are left to the API server.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from eks_blueprints.core.errors import Path, Problem, nearest, shown, unknown_name

_TYPES: Mapping[str, tuple[tuple[type, ...], str]] = {
    "string": ((str,), "text"),
    "boolean": ((bool,), "true or false"),
    "integer": ((int, float), "a whole number"),
    "number": ((int, float), "a number"),
    "object": ((Mapping,), "a mapping"),
    "array": ((list, tuple), "a list"),
}
_OWN = frozenset({"apiVersion", "kind", "metadata"})


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of a kind that a CRD brings."""

    schema: Mapping[str, Any]

    def check(self, manifest: Mapping[str, Any]) -> Iterator[Problem]:
        """What its API server would refuse of an object."""
        yield from _check(self.schema, manifest, (), own=True)


class Definitions:
    """The kinds that CRDs among some objects bring."""

    def __init__(self, objects: Iterable[Mapping[str, Any]]) -> None:
        self._known: dict[tuple[str, str], Definition] = {}
        self._kinds: set[tuple[str, str]] = set()
        for manifest in objects:
            if manifest.get("kind") == "CustomResourceDefinition":
                self._read(manifest.get("spec"))

    def of(self, api_version: str, kind: str) -> Definition | None:
        """The definition of a kind; None where none is known."""
        return self._known.get((api_version, kind))

    def has(self, api_version: str, kind: str) -> bool:
        """Whether a CRD brings a kind, in whatever version."""
        return (api_version.partition("/")[0], kind) in self._kinds

    def versions(self, group: str, kind: str) -> list[str]:
        """The API versions that its CRD serves."""
        return [v for v, name in self._known if name == kind and v.partition("/")[0] == group]

    def _read(self, spec: Any) -> None:
        if not isinstance(spec, Mapping):
            return
        group, names = spec.get("group"), spec.get("names")
        kind = names.get("kind") if isinstance(names, Mapping) else None
        versions = spec.get("versions")
        if not (isinstance(group, str) and isinstance(kind, str)):
            return
        self._kinds.add((group, kind))
        for version in versions if isinstance(versions, list | tuple) else ():
            if not isinstance(version, Mapping) or version.get("served") is False:
                continue
            schema = version.get("schema")
            schema = schema.get("openAPIV3Schema") if isinstance(schema, Mapping) else None
            if isinstance(schema, Mapping):
                self._known[f"{group}/{version.get('name')}", kind] = Definition(schema)


def _check(schema: Mapping[str, Any], value: Any, path: Path, *, own: bool = False) -> Iterator[Problem]:
    if value is None or not isinstance(value, str | int | float | list | tuple | Mapping):
        return
    if schema.get("x-kubernetes-int-or-string"):
        if not isinstance(value, str) and not _is_whole(value):
            yield Problem(path, f"needs a whole number or text; got {shown(value)}; write one of them")
        return
    name = schema.get("type")
    if isinstance(name, str) and name in _TYPES and not _fits(name, value):
        yield Problem(path, _mistyped(name, value))
        return
    values = schema.get("enum")
    if isinstance(values, list | tuple) and value not in values:
        texts = [str(each) for each in values]
        near = nearest(str(value), texts)
        do = f"did you mean {near}?" if near else f"use one of {', '.join(texts)}"
        yield Problem(path, f"is not one of the allowed values; got {shown(value)}; {do}")
    yield from _bounds(schema, value, path)
    if isinstance(value, Mapping):
        yield from _object(schema, value, path, own=own)
    elif isinstance(value, list | tuple) and isinstance(items := schema.get("items"), Mapping):
        for index, item in enumerate(value):
            yield from _check(items, item, (*path, index))


def _object(schema: Mapping[str, Any], value: Mapping[str, Any], path: Path, *, own: bool) -> Iterator[Problem]:
    fields, more = schema.get("properties"), schema.get("additionalProperties")
    fields = fields if isinstance(fields, Mapping) else {}
    free = bool(schema.get("x-kubernetes-preserve-unknown-fields")) or more is True
    own = own or bool(schema.get("x-kubernetes-embedded-resource"))
    for key, item in value.items():
        if own and key in _OWN:
            continue
        if isinstance(known := fields.get(key), Mapping):
            yield from _check(known, item, (*path, key))
        elif isinstance(more, Mapping):
            yield from _check(more, item, (*path, key))
        elif key not in fields and not free:
            yield Problem((*path, key), unknown_name(key, fields or ["none"], "field"))
    required = schema.get("required")
    for key in required if isinstance(required, list | tuple) else ():
        known = fields.get(key)
        filled = isinstance(known, Mapping) and "default" in known
        if value.get(key) is None and not filled and not (own and key in _OWN):
            if key in value and isinstance(known, Mapping) and known.get("nullable"):
                continue
            yield Problem((*path, key), "is required; got nothing; add it")


def _bounds(schema: Mapping[str, Any], value: Any, path: Path) -> Iterator[Problem]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        least, most, size, unit = schema.get("minimum"), schema.get("maximum"), value, ""
    elif isinstance(value, list | tuple):
        least, most, size, unit = schema.get("minItems"), schema.get("maxItems"), len(value), " entries"
    elif isinstance(value, str):
        least, most, size, unit = schema.get("minLength"), schema.get("maxLength"), len(value), " characters"
    else:
        return
    if isinstance(least, int | float) and size < least:
        yield Problem(path, f"is too small; got {size}{unit}; use at least {least}{unit}")
    if isinstance(most, int | float) and size > most:
        yield Problem(path, f"is too large; got {size}{unit}; use at most {most}{unit}")


def _fits(name: str, value: Any) -> bool:
    if name in ("integer", "number") and isinstance(value, bool):
        return False
    return isinstance(value, _TYPES[name][0]) and (name != "integer" or _is_whole(value))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and float(value).is_integer()


def _mistyped(name: str, value: Any) -> str:
    what = f"needs {_TYPES[name][1]}; got {shown(value)}"
    if name == "string" and isinstance(value, int | float):
        return f'{what}; quote it: "{shown(value)}"'
    if isinstance(value, str) and name in ("boolean", "integer", "number"):
        return f"{what}; write it without quotes"
    return f"{what}; write {_TYPES[name][1]}"
