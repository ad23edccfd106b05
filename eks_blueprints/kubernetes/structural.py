"""A value against the schema of a custom resource (a CRD's `openAPIV3Schema`), as its API server holds it against it.

What a schema leaves open is taken. Expressions (CEL, `x-kubernetes-validations`) are left to the API server.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from eks_blueprints.core.errors import Path, Problem, nearest, not_one_of, shown, unknown_name
from eks_blueprints.kubernetes import formats, patterns

_TYPES: Mapping[str, tuple[tuple[type, ...], str]] = {
    "string": ((str,), "text"),
    "boolean": ((bool,), "true or false"),
    "integer": ((int, float), "a whole number"),
    "number": ((int, float), "a number"),
    "object": ((Mapping,), "a mapping"),
    "array": ((list, tuple), "a list"),
}
_OWN = frozenset({"apiVersion", "kind", "metadata"})
_WHOLE = {"int32": 2**31 - 1, "int64": 2**63 - 1}
"""The largest numbers of formats."""
_FREE = "x-kubernetes-preserve-unknown-fields"
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Structural:
    """The check by one schema."""

    certain: bool = True
    """Whether it is the schema that the API server has. Where it may have another version of it, what a newer or older
    one may allow (a field, a value, a larger number) is a warning unless it looks like a slip."""

    def object(self, schema: Schema, manifest: Mapping[str, Any], *, own: bool = True) -> Iterator[Problem]:
        """What is wrong with a whole object; one of Kubernetes has fields of its `own`: its kind and metadata."""
        yield from self._value(schema, manifest, (), own=own)

    def _value(self, schema: Schema, value: Any, path: Path, *, own: bool = False) -> Iterator[Problem]:
        if not _is_plain(value):
            return
        if schema.get("x-kubernetes-int-or-string"):
            if not isinstance(value, str) and not _is_whole(value):
                yield Problem(path, f"needs a whole number or text; got {shown(value)}; write one of them")
                return
        elif isinstance(name := schema.get("type"), str) and name in _TYPES and not _fits(name, value):
            yield Problem(path, _mistyped(name, value))
            return
        yield from self._limits(schema, value, path)
        if isinstance(value, Mapping):
            yield from self._object(schema, value, path, own=own)
        elif isinstance(value, list | tuple):
            yield from self._list(schema, value, path)

    def _limits(self, schema: Schema, value: Any, path: Path) -> Iterator[Problem]:
        values = schema.get("enum")
        if isinstance(values, list | tuple) and value not in values:
            texts = [each if isinstance(each, str) else json.dumps(each) for each in values]
            yield self._doubt(path, not_one_of(value, texts), slip=nearest(str(value), texts) is not None)
        for message in (*_bounds(schema, value), *_texts(schema, value)):
            yield self._doubt(path, message)
        for each in _schemas(schema.get("allOf")):
            yield from self._limits(each, value, path)
            yield from _without(each, value, path)
        for word, least, most in (("anyOf", 1, None), ("oneOf", 1, 1)):
            # Of int-or-string fields they say the types once more.
            forms = [] if schema.get("x-kubernetes-int-or-string") else list(_schemas(schema.get(word)))
            fitting = sum(_holds(form, value) for form in forms)
            if forms and (fitting < least or (most is not None and fitting > most)):
                yield self._doubt(path, _formless(forms, value, several=fitting > least))
        if isinstance(barred := schema.get("not"), Mapping) and _holds(barred, value):
            do = f"leave out {' or '.join(map(str, barred['required']))}" if barred.get("required") else "write another"
            yield self._doubt(path, f"is not one of the accepted forms; got {shown(value)}; {do}")

    def _object(self, schema: Schema, value: Mapping[str, Any], path: Path, *, own: bool) -> Iterator[Problem]:
        fields, more = _fields(schema), schema.get("additionalProperties")
        free = bool(schema.get(_FREE)) or more is True
        own = own or bool(schema.get("x-kubernetes-embedded-resource"))
        for key, item in value.items():
            known = fields.get(key)
            if own and key in _OWN:
                if key == "metadata" and isinstance(known, Mapping):
                    yield from self._value({**known, _FREE: True}, item, (*path, key))
            elif isinstance(known, Mapping):
                yield from self._value(known, item, (*path, key))
            elif isinstance(more, Mapping):
                yield from self._value(more, item, (*path, key))
            elif key not in fields and not free:
                near = nearest(str(key), fields)
                what = unknown_name(key, fields or ["none"], "field")
                do = "" if near else "; remove it, or move it where it belongs"
                yield self._doubt((*path, key), what + do, slip=bool(near))
        yield from _missing(schema, value, path, own=own)

    def _list(self, schema: Schema, value: Any, path: Path) -> Iterator[Problem]:
        if isinstance(items := schema.get("items"), Mapping):
            for index, item in enumerate(value):
                if item is None and items.get("type") and not items.get("nullable") and "default" not in items:
                    yield Problem((*path, index), "cannot be empty; got nothing; remove it or give a value")
                yield from self._value(items, item, (*path, index))
        keys = schema.get("x-kubernetes-list-map-keys") or ()
        seen: dict[str, int] = {}
        for index, item in enumerate(value):
            if schema.get("x-kubernetes-list-type") == "map" and isinstance(item, Mapping):
                of = [item.get(key, _fields(items or {}).get(key, {}).get("default")) for key in keys]
                named = ", ".join(f"{key} {shown(each)}" for key, each in zip(keys, of, strict=True))
            elif schema.get("x-kubernetes-list-type") == "set":
                of, named = [item], shown(item)
            else:
                return
            if not all(map(_is_deeply_plain, of)):
                continue
            first = seen.setdefault(json.dumps(of, sort_keys=True), index)
            if first != index:
                yield Problem((*path, index), f"is listed twice; got {named} at [{first}] too; remove one")

    def _doubt(self, path: Path, message: str, *, slip: bool = False) -> Problem:
        return Problem(path, message, severity="error" if self.certain or slip else "warning")


def _missing(schema: Schema, value: Mapping[str, Any], path: Path, *, own: bool = False) -> Iterator[Problem]:
    required, fields = schema.get("required"), _fields(schema)
    for key in required if isinstance(required, list | tuple) else ():
        known = fields.get(key, {})
        filled = "default" in known or (key in value and known.get("nullable")) or (own and key in _OWN)
        if value.get(key) is None and not filled:
            yield Problem((*path, key), "is required; got nothing; add it")


def _without(schema: Schema, value: Any, path: Path) -> Iterator[Problem]:
    """What a part of `allOf` asks of a mapping's fields; it names none that are not known anyhow."""
    if isinstance(value, Mapping):
        yield from _missing(schema, value, path)
        for key, known in _fields(schema).items():
            if key in value and not _holds(known, value[key]):
                yield Problem((*path, key), f"does not fit; got {shown(value[key])}; see the documentation of its kind")


def _holds(schema: Any, value: Any) -> bool:
    """Whether a value is what one of several forms asks for; fields that it does not name may be there."""
    if not isinstance(schema, Mapping) or not _is_plain(value):
        return True
    name = schema.get("type")
    if isinstance(name, str) and name in _TYPES and not _fits(name, value):
        return False
    if any(True for _ in Structural()._limits(schema, value, ())):
        return False
    if isinstance(value, Mapping):
        if any(value.get(key) is None for key in schema.get("required") or ()):
            return False
        return all(_holds(known, value[key]) for key, known in _fields(schema).items() if key in value)
    if isinstance(value, list | tuple) and isinstance(items := schema.get("items"), Mapping):
        return all(_holds(items, item) for item in value)
    return True


def _formless(forms: list[Schema], value: Any, *, several: bool) -> str:
    asked = [" and ".join(map(str, form["required"])) for form in forms if form.get("required")]
    listed = ", ".join(dict.fromkeys(asked))
    if several:
        do = f"keep one of {listed}" if listed else "write one of them"
        return f"mixes several forms, of which one is allowed; got {_keys(value)}; {do}"
    do = f"write one of {listed}" if listed else "see the documentation of its kind"
    return f"has none of the accepted forms; got {_keys(value)}; {do}"


def _keys(value: Any) -> str:
    return (", ".join(map(str, value)) or "nothing") if isinstance(value, Mapping) else shown(value)


def _bounds(schema: Schema, value: Any) -> Iterator[str]:
    unit, words = "", ("minimum", "maximum")
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        size: float = value
        most_of = _WHOLE.get(str(schema.get("format")))
        if most_of is not None and not -most_of - 1 <= size <= most_of:
            yield f"is too large; got {shown(value)}; use at most {most_of}"
        each = schema.get("multipleOf")
        if isinstance(each, int | float) and each and value % each:
            yield f"is not a multiple of {each}; got {shown(value)}; write one"
    elif isinstance(value, list | tuple):
        size, unit, words = len(value), " entries", ("minItems", "maxItems")
    elif isinstance(value, Mapping):
        size, unit, words = len(value), " fields", ("minProperties", "maxProperties")
    else:
        size, unit, words = len(value), " characters", ("minLength", "maxLength")
    least, most = (schema.get(word) for word in words)
    above = not unit and schema.get("exclusiveMinimum")
    below = not unit and schema.get("exclusiveMaximum")
    if isinstance(least, int | float) and (size < least or (above and size == least)):
        yield f"is too small; got {size}{unit}; use {'more than' if above else 'at least'} {least}{unit}"
    if isinstance(most, int | float) and (size > most or (below and size == most)):
        yield f"is too large; got {size}{unit}; use {'less than' if below else 'at most'} {most}{unit}"


def _texts(schema: Schema, value: Any) -> Iterator[str]:
    if not isinstance(value, str):
        return
    pattern, name = schema.get("pattern"), schema.get("format")
    if isinstance(pattern, str) and patterns.matches(pattern, value) is False:
        yield f"does not match its pattern; got {shown(value)}; write what fits {pattern}"
    if isinstance(name, str) and (what := formats.fault(name, value)):
        yield f"{what}; got {shown(value)}; write it like {formats.example(name)}"


def _schemas(found: Any) -> Iterator[Schema]:
    yield from (each for each in found if isinstance(each, Mapping)) if isinstance(found, list | tuple) else ()


def _fields(schema: Schema) -> Mapping[str, Any]:
    found = schema.get("properties")
    return found if isinstance(found, Mapping) else {}


def _is_plain(value: Any) -> bool:
    """Whether a value is known; a reference or an Output is judged by the API server."""
    return isinstance(value, str | int | float | list | tuple | Mapping)


def _is_deeply_plain(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(map(_is_deeply_plain, value.values()))
    if isinstance(value, list | tuple):
        return all(map(_is_deeply_plain, value))
    return value is None or _is_plain(value)


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
