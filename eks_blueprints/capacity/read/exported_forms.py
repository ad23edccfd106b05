"""Objects of an export whose fields are not of the types that Kubernetes gives them, as in a file that was edited."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from eks_blueprints.core.errors import Path, Problem, shown
from eks_blueprints.kubernetes.custom import Definitions
from eks_blueprints.kubernetes.shapes import Shapes, of
from eks_blueprints.kubernetes.walk import Walk

_METADATA, _NULL = "ObjectMeta", "needs a value; got null; take it out"
_UNREAD = frozenset(
    {
        *("managedFields", "env", "envFrom", "volumeMounts", "volumeDevices", "securityContext", "lifecycle"),
        *("livenessProbe", "readinessProbe", "startupProbe", "configMap", "projected", "secret", "downwardAPI"),
    }
)
"""Large fields of which nothing is read."""
_CONDITIONS = frozenset({"NodeSelectorRequirement", "LabelSelectorRequirement"})
"""Types without which, as a whole, it cannot be told what they ask for."""
_OF_STATUS = {
    "allocatable": "{quantity",
    "capacity": "{quantity",
    "conditions": "[{any",
    "disruptionsAllowed": "int32",
    "nominatedNodeName": "text",
    "phase": "text",
}


def faults(manifest: Mapping[str, Any], group: str | None) -> Iterator[Problem]:
    """The fields of an object that have another type than Kubernetes gives them.

    What is missing, and what no minor knows, is no fault: an export may be cut down, or of a newer cluster. Custom
    resources are held against the schemas of their CRDs.

    Args:
        manifest: The object, with a kind.
        group: The API group of the kind; None where nothing of it is read.
    """
    if group is None:
        return
    shapes = of(None)
    known = shapes.kind(f"{group}/v1" if group else "v1", str(manifest["kind"]))
    if known is not None:
        yield from _of(known.type, manifest, (), shapes)
        yield from _of_status(manifest.get("status"), shapes)
        return
    yield from _of(_METADATA, manifest.get("metadata"), ("metadata",), shapes)
    told = _definitions().of(str(manifest.get("apiVersion") or f"{group}/v1"), str(manifest["kind"]))
    found = () if told is None or told.definition is None else told.definition.check(manifest)
    yield from (each for each in found if each.severity == "error" and _is_there(each.path, manifest))
    for key in ("spec", "status"):
        yield from _nulls(manifest.get(key), (key,))


def _nulls(value: Any, path: Path) -> Iterator[Problem]:
    """Nothing in the place of an entry of a list, which schemas let pass."""
    inside = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        if each is None and isinstance(value, list):
            yield Problem((*path, key), _NULL)
        yield from _nulls(each, (*path, key))


def _is_there(path: Path, value: Any) -> bool:
    for key in path:
        inside = isinstance(value, list) or (isinstance(value, Mapping) and key in value)
        value = value[key] if inside else None
    return value is not None


@cache
def _definitions() -> Definitions:
    return Definitions(())


def _of_status(status: Any, shapes: Shapes) -> Iterator[Problem]:
    """What is read of the status of any kind; Kubernetes' table has the fields that are written alone."""
    if not isinstance(status, Mapping):
        yield from _of("{any", status, ("status",), shapes)
        return
    for key, word in _OF_STATUS.items():
        yield from _of(word, status.get(key), ("status", key), shapes)


def _uncountable(condition: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    """Bounds that are no number: an API server takes them, and no node meets them."""
    values = condition.get("values")
    if condition.get("operator") not in ("Gt", "Lt") or not isinstance(values, list):
        return
    if len(values) != 1 or not re.fullmatch(r"[+-]?[0-9]+", str(values[0])):
        yield Problem((*path, "values"), f"needs one whole number; got {shown(values)}; write one")


def _of(word: str, value: Any, path: Path, shapes: Shapes) -> Iterator[Problem]:
    if value is None or (word == "text" and type(value) is str):  # most are text, and need no further look
        return
    if word.startswith("[") and isinstance(value, list):
        for index, each in enumerate(value):
            if each is None:
                yield Problem((*path, index), _NULL)
            yield from _of(word[1:], each, (*path, index), shapes)
    elif word.startswith("{") and isinstance(value, Mapping):
        for key, each in value.items():
            yield from _of(word[1:], each, (*path, key), shapes)
    elif not word.startswith(("[", "{")) and (fields := shapes.fields(word)) and isinstance(value, Mapping):
        if word in _CONDITIONS:
            yield from Walk(shapes).object(word, value, path)
            yield from _uncountable(value, path)
        for key, each in () if word in _CONDITIONS else value.items():
            if key in fields and key not in _UNREAD:
                yield from _of(fields[key].word, each, (*path, key), shapes)
    elif word == "quantity" and str(value).startswith("-"):
        yield Problem(path, f"is negative; got {shown(value)}; write 0 or more")
    else:
        yield from Walk(shapes).value(word, value, path, ())
