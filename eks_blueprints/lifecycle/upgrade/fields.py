"""Fields, annotations and flags that Kubernetes stops honouring, found in everything that a stack declares."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.lifecycle.upgrade.model import FieldUse
from eks_blueprints.lifecycle.upgrade.notes import Ending, endings
from eks_blueprints.policies.objects import SERVICE
from eks_blueprints.policies.platform import ADDON, LAUNCH_TEMPLATE
from eks_blueprints.policies.stack import Resource, Stack


def field_uses(stack: Stack) -> Iterator[FieldUse]:
    """Each use of something that ends, by the row of the table that knows it."""
    for each in stack.objects:
        for ending in endings():
            if _in_object(each, ending):
                yield _use(each, ending)
    for template in stack.of(LAUNCH_TEMPLATE):
        text = _decoded(template.inputs.get("userData"))
        yield from (_use(template, each) for each in endings("flag") if each.match in text)
    for addon in stack.of(ADDON):
        if addon.inputs.get("addonName") == "kube-proxy" and _mode(addon.inputs.get("configurationValues")) == "ipvs":
            yield from (_use(addon, each) for each in endings("kube-proxy"))


def _in_object(each: Resource, ending: Ending) -> bool:
    if ending.where == "service":
        spec = each.inputs.get("spec")
        return each.type == SERVICE and isinstance(spec, Mapping) and bool(spec.get(ending.match))
    if ending.where == "annotation":
        return any(str(key).startswith(ending.match) for found in _under(each.inputs, "annotations") for key in found)
    if ending.where == "volume":
        return any(ending.match in volume for volume in _volumes(each.inputs))
    return False


def _under(value: Any, wanted: str) -> Iterator[Mapping[str, Any]]:
    """Every mapping that stands under a key, however deep."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == wanted and isinstance(inner, Mapping):
                yield inner
            yield from _under(inner, wanted)
    elif isinstance(value, list):
        for inner in value:
            yield from _under(inner, wanted)


def _volumes(value: Any) -> Iterator[Mapping[str, Any]]:
    """The volumes of pods, and the spec of a PersistentVolume, which names its kind of volume itself."""
    if isinstance(value, Mapping):
        listed = value.get("volumes")
        yield from (each for each in listed if isinstance(each, Mapping)) if isinstance(listed, list) else ()
        if value.get("kind") == "PersistentVolume" and isinstance(value.get("spec"), Mapping):
            yield value["spec"]
        for inner in value.values():
            yield from _volumes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _volumes(inner)


def _decoded(given: Any) -> str:
    if not isinstance(given, str):
        return ""
    try:
        return base64.b64decode(given, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return given


def _mode(given: Any) -> str:
    try:
        found = json.loads(given) if isinstance(given, str) else {}
    except ValueError:
        return ""
    return str(found.get("mode", "")) if isinstance(found, dict) else ""


def _use(each: Resource, ending: Ending) -> FieldUse:
    position = each.position
    return FieldUse(ending.where, ending.match, each.name, f"{position.file}:{position.line}" if position else "")
