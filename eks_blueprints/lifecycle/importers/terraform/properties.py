"""Attributes of Terraform's as properties of pulumi-aws: other spelling, blocks of which there is one, plurals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from eks_blueprints.adoption.types import Type

_OWN_KEYS = frozenset({"labels", "requiredClaims", "tags", "tagsAll"})
"""Properties that are mappings with keys of the user's own."""


def properties(attributes: Mapping[str, Any], type_: Type) -> dict[str, Any]:
    """The properties of one resource; unset ones are left out."""
    return _block(attributes, "", type_)


def _block(attributes: Mapping[str, Any], path: str, type_: Type) -> dict[str, Any]:
    found = {}
    for name, value in attributes.items():
        key = (type_.named or {}).get(name) or _camel(name)
        read = _value(value, f"{path}.{key}" if path else key, key, type_)
        if read is not None:
            found[key] = read
    return found


def _value(value: Any, path: str, key: str, type_: Type) -> Any:
    if isinstance(value, Mapping):
        return dict(value) if key in _OWN_KEYS else _block(value, path, type_)
    if not isinstance(value, list):
        return value
    if path in type_.one:
        return _block(value[0], path, type_) if value and isinstance(value[0], Mapping) else None
    return [_block(each, path, type_) if isinstance(each, Mapping) else each for each in value]


def _camel(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), name)
