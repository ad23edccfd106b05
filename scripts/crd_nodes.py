"""CRDs made small: only what an API server holds objects against, with like parts written once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_KEPT = frozenset(
    (
        *("type", "enum", "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        *("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "multipleOf"),
        *("required", "nullable", "default", "x-kubernetes-int-or-string", "x-kubernetes-embedded-resource"),
        *("x-kubernetes-preserve-unknown-fields", "x-kubernetes-list-type", "x-kubernetes-list-map-keys"),
    )
)
_ONE = ("items", "additionalProperties", "not")
_SEVERAL = ("allOf", "anyOf", "oneOf")


class Nodes:
    """Schemas of one API group. Each is a node; what it holds is named by the number of an earlier one."""

    def __init__(self) -> None:
        self.all: list[dict[str, Any]] = []
        self._known: dict[str, int] = {}

    def add(self, schema: Mapping[str, Any]) -> int:
        """The number of a schema's node."""
        node = {key: schema[key] for key in sorted(_KEPT & schema.keys())}
        if "properties" in schema:
            node["properties"] = {key: self.add(each) for key, each in sorted(schema["properties"].items())}
        for key in _ONE:
            found = schema.get(key)
            if isinstance(found, Mapping):
                node[key] = self.add(found)
            elif found is True:
                node["x-kubernetes-preserve-unknown-fields"] = True
        for key in _SEVERAL:
            if key in schema:
                node[key] = [self.add(each) for each in schema[key]]
        text = json.dumps(node, sort_keys=True)
        if text not in self._known:
            self._known[text] = len(self.all)
            self.all.append(node)
        return self._known[text]
