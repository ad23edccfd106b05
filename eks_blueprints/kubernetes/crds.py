"""The kinds that the CRDs of charts and of EKS bring; the facts: `crds.json`, and `crds.zip` for their schemas.

The archive has a file for each API group, which is read when an object of that group is there.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from eks_blueprints.kubernetes.shapes import group_of

_FILE = Path(__file__).with_name("crds.json")
_SCHEMAS = Path(__file__).with_name("crds.zip")
_ONE = ("items", "additionalProperties", "not")
_SEVERAL = ("allOf", "anyOf", "oneOf")


@dataclass(frozen=True, slots=True)
class CustomKind:
    """A kind that CRDs bring."""

    group: str
    kind: str
    plural: str
    namespaced: bool
    served: Mapping[str, tuple[str, ...]]
    """The versions of its API that are served (`v1`), by what brings it: an add-on, `karpenter`, or one of these at
    another version (`karpenter@1.9`)."""

    @property
    def name(self) -> str:
        """The name of its CRD."""
        return f"{self.plural}.{self.group}"


def sources() -> Mapping[str, str]:
    """What brings kinds, and its version."""
    found: Mapping[str, str] = _table()["sources"]
    return found


def kind(api_version: str, name: str) -> CustomKind | None:
    """The kind of a group, whatever version of it; None where the table has none."""
    said = _table()["kinds"].get(f"{group_of(api_version)} {name}")
    return None if said is None else _kind(group_of(api_version), name, said)


@cache
def kinds() -> tuple[CustomKind, ...]:
    """All of them."""
    named = [(*key.split(" "), said) for key, said in _table()["kinds"].items()]
    return tuple(_kind(group, name, said) for group, name, said in named)


def schema(of: CustomKind, source: str, version: str) -> Mapping[str, Any]:
    """What a source says of a kind in one of the versions that it serves."""
    root: int = _group(of.group)["kinds"][of.kind][source][version]
    found: Mapping[str, Any] = _group(of.group)["nodes"][root]
    return found


def _kind(group: str, name: str, said: str) -> CustomKind:
    plural, scope, *served = said.split(" ")
    versions = {source: tuple(listed.split(",")) for source, _, listed in (each.rpartition(":") for each in served)}
    return CustomKind(group, name, plural, scope == "namespaced", versions)


@cache
def _table() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return found


@cache
def _group(name: str) -> Mapping[str, Any]:
    with zipfile.ZipFile(_SCHEMAS) as archive:
        found: dict[str, Any] = json.loads(archive.read(f"{name}.json"))
    whole(found["nodes"])
    return found


def whole(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Nodes in which each part is named by the number of an earlier one, with the parts themselves there."""
    for node in nodes:
        if "properties" in node:
            node["properties"] = {key: nodes[number] for key, number in node["properties"].items()}
        for key in _ONE:
            if key in node:
                node[key] = nodes[node[key]]
        for key in _SEVERAL:
            if key in node:
                node[key] = [nodes[number] for number in node[key]]
    return nodes
