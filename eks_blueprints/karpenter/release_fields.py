"""Since which release of Karpenter its kinds, their fields, values and labels are there; the facts: `fields.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path as File
from typing import Any

from eks_blueprints.core.errors import Path, Problem, shown
from eks_blueprints.core.spec import Spec
from eks_blueprints.karpenter.controller import KarpenterFeatureGates, KarpenterSettings
from eks_blueprints.karpenter.ec2_node_class import Ec2NodeClass
from eks_blueprints.karpenter.kubelet import Kubelet
from eks_blueprints.karpenter.manifests import absent, camel
from eks_blueprints.karpenter.node_overlay import NodeOverlay
from eks_blueprints.karpenter.node_pool import Pool
from eks_blueprints.karpenter.releases import parts
from eks_blueprints.karpenter.requirements import Requirement

_FILE = File(__file__).with_name("fields.toml")
New = tuple[Path, str | None, str]
"""Where something newer than 1.0.0 stands in a spec, the value if that is what is new, and the first release."""
_OF_NODES = ("requirements", "taints", "startup_taints", "expire_after", "termination_grace_period")


def newest() -> str:
    """The newest release whose fields are known."""
    return str(_table()["newest"])


def since(item: Pool | Ec2NodeClass | NodeOverlay) -> Iterator[New]:
    """What an object says that 1.0.0 did not know."""
    if isinstance(item, NodeOverlay):
        yield (), None, _table()["kinds"]["NodeOverlay"]
        yield from _below("NodeOverlay", "spec", item)
    elif isinstance(item, Ec2NodeClass):
        yield from _below("EC2NodeClass", "spec", item)
    else:
        for name in _said(item):
            at = "spec.template.spec" if name in _OF_NODES else "spec"
            yield from _field("NodePool", at, name, getattr(item, name))


def settings_since(settings: KarpenterSettings, switched: KarpenterFeatureGates) -> Iterator[New]:
    """What is told to the controller that 1.0.0 did not know."""
    fields = _table()["fields"]["chart"]
    for name, value in ((name, getattr(settings, name)) for name in type(settings).model_fields):
        if value is not None and (first := fields.get(f"settings.{settings.chart_name(name)}")):
            yield ("settings", name), None, first
    for name, chart in switched.chart_names().items():
        if getattr(switched, name) is not None and (first := fields.get(f"settings.{chart}")):
            yield ("feature_gates", name), None, first


def check(found: Iterator[New], version: str, at: Path = ()) -> Iterator[Problem]:
    """What a release does not know yet of what was found."""
    for path, value, first in found:
        if parts(version) < parts(first):
            got = f"version {version}" if value is None else f"{shown(value)} with version {version}"
            message = f"is new in Karpenter {first}; got {got}"
            yield Problem((*at, *path), f"{message}; use {first} or newer, or remove it")


def _below(kind: str, at: str, spec: Spec, path: Path = ()) -> Iterator[New]:
    for name in _said(spec):
        for below, value, first in _field(kind, at, name, getattr(spec, name)):
            yield (*path, *below), value, first


def _field(kind: str, at: str, name: str, value: Any) -> Iterator[New]:
    place = f"{at}.{camel(name)}"
    first = _table()["fields"].get(kind, {}).get(place)
    if first is None and isinstance(value, Kubelet):
        for field in value.passed_on:
            yield (name, field), None, _table()["fields"][kind][f"{place}.*"]
    elif first is not None:
        yield (name,), None, first
    else:
        for below, item, release in _value(kind, place, value):
            yield (name, *below), item, release


def _value(kind: str, place: str, value: Any) -> Iterator[New]:
    if isinstance(value, Requirement) and (first := _table()["labels"].get(value.key)):
        yield ("key",), value.key, first
    if isinstance(value, Spec):
        yield from _below(kind, place, value)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            for below, found, release in _value(kind, f"{place}[]", item):
                yield (index, *below), found, release
    elif isinstance(value, str) and (first := _table()["values"].get(kind, {}).get(f"{place}={value}")):
        yield (), value, first


def _said(spec: Spec) -> Iterator[str]:
    yield from (name for name in type(spec).model_fields if not absent(spec, name))


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
