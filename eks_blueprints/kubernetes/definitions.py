"""What the API server asks of CRDs (CustomResourceDefinitions): their names, versions, columns and schemas.

The rules are those of its own validation (pkg/apis/apiextensions/validation and pkg/apiserver/schema in
k8s.io/apiextensions-apiserver).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.errors import Path, Problem, not_one_of, shown
from eks_blueprints.kubernetes import names

_LABEL = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
_TYPES = ("array", "boolean", "integer", "number", "object", "string")
_COLUMNS = ("boolean", "date", "integer", "number", "string")


def _named(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    metadata, spec = value.get("metadata"), value.get("spec")
    if not isinstance(metadata, Mapping) or not isinstance(spec, Mapping):
        return
    name, group, of_kind = metadata.get("name"), spec.get("group"), spec.get("names")
    plural = of_kind.get("plural") if isinstance(of_kind, Mapping) else None
    plain = all(isinstance(each, str) and each for each in (name, group, plural))
    if plain and name != f"{plural}.{group}":
        what = "must be the plural and the group of its kind"
        yield Problem((*path, "metadata", "name"), f"{what}; got {shown(name)}; write {plural}.{group}")


def _names(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    for field in ("plural", "singular", "kind", "listKind", "shortNames", "categories"):
        for at, text in names.entries(value.get(field), (*path, field)):
            is_kind = field in ("kind", "listKind")
            may_be_empty = field in ("singular", "listKind")
            if not (may_be_empty and not text) and not _LABEL.fullmatch(text.lower() if is_kind else text):
                of = "letters and digits" if is_kind else "lower-case letters, digits and -"
                do = f"use up to 63 {of}, a letter first"
                yield Problem(at, f"is not a valid name of a kind; got {shown(text)}; {do}")


def _version(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    name, schema, parts = value.get("name"), value.get("schema"), value.get("subresources")
    if isinstance(name, str) and not _LABEL.fullmatch(name):
        yield Problem((*path, "name"), f"is not a valid version; got {shown(name)}; write one such as v1")
    status = parts.get("status") if isinstance(parts, Mapping) else None
    if isinstance(status, str | int | float | list):
        yield Problem((*path, "subresources", "status"), f"needs a mapping; got {shown(status)}; write {{}}")
    if not isinstance(schema, Mapping):
        return
    at, root = (*path, "schema", "openAPIV3Schema"), schema.get("openAPIV3Schema")
    if root is None:
        yield Problem(at, "is required; got nothing; write at least type: object")
    elif isinstance(root, Mapping):
        if isinstance(kind := root.get("type"), str | None) and kind != "object":
            yield Problem((*at, "type"), f"must be object at the root; got {shown(kind)}; write type: object")
        yield from _below(root, at)


def _field(schema: Any, path: Path) -> Iterator[Problem]:
    """The schema of a field, of entries of a list or of a mapping's values."""
    if schema is None:
        schema = {}
    if not isinstance(schema, Mapping):
        return
    kind, untyped = schema.get("type"), ("x-kubernetes-int-or-string", "x-kubernetes-preserve-unknown-fields")
    if kind in (None, "") and not any(schema.get(each) for each in untyped):
        yield Problem((*path, "type"), f"is required; got nothing; write one of {', '.join(_TYPES)}")
    elif isinstance(kind, str) and kind and kind not in _TYPES:
        yield Problem((*path, "type"), not_one_of(kind, _TYPES))
    yield from _below(schema, path)


def _below(schema: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    fields = schema.get("properties")
    for key, each in fields.items() if isinstance(fields, Mapping) else ():
        yield from _field(each, (*path, "properties", key))
    for key in ("items", "additionalProperties"):
        if isinstance(each := schema.get(key), Mapping):
            yield from _field(each, (*path, key))


def _column(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    kind, place = value.get("type"), value.get("jsonPath")
    if isinstance(kind, str) and kind not in _COLUMNS:
        do = f"use one of {', '.join(_COLUMNS)}"
        yield Problem((*path, "type"), f"is not one of the allowed values; got {shown(kind)}; {do}")
    if isinstance(place, str) and not place.startswith("."):
        yield Problem((*path, "jsonPath"), f"must begin with a dot; got {shown(place)}; write one such as .spec.size")


RULES: Mapping[str, Any] = {
    "CustomResourceColumnDefinition": _column,
    "CustomResourceDefinition": _named,
    "CustomResourceDefinitionNames": _names,
    "CustomResourceDefinitionVersion": _version,
}
"""The rules by the type of what they judge."""
