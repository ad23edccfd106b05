"""`yaml/v2` groups and files, and `helm.sh/v4` charts.

A group registers the objects that it can read: those of `objs`, `yaml` and local `files`. Objects not known yet give
no children, as with the real one. A chart registers nothing but itself: templates are not rendered here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from .. import wire
from ..base import ServiceError
from ..monitor import Monitor
from ..wire import UNKNOWN

GROUPS = ("kubernetes:yaml/v2:ConfigGroup", "kubernetes:yaml/v2:ConfigFile")
CHART = "kubernetes:helm.sh/v4:Chart"
FIRST = ("Namespace", "CustomResourceDefinition")


def construct(monitor: Monitor, type: str, name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if type not in (*GROUPS, CHART):
        raise ServiceError("NotImplemented", f"the stand-in does not make {type}")
    urn = monitor.component()
    if type == CHART or wire.has_unknown({key: inputs.get(key) for key in ("objs", "yaml", "files", "file")}):
        outputs = {"resources": UNKNOWN if monitor.preview else []}
        monitor.outputs(urn, outputs)
        return urn, outputs
    found = sorted(_objects(inputs), key=lambda item: FIRST.index(item["kind"]) if item["kind"] in FIRST else 9)
    prefix = inputs.get("resourcePrefix") or name
    made: list[tuple[str, Any]] = []
    first: list[str] = []
    for item in found:
        metadata = item.get("metadata") or {}
        place = "/".join(part for part in (metadata.get("namespace"), metadata.get("name")) if part)
        after = tuple(first) if item["kind"] not in FIRST else ()
        child, id, _ = monitor.child(_token(item), f"{prefix}:{place}", item, parent=urn, depends_on=after)
        made.append((child, id))
        if item["kind"] in FIRST:
            first.append(child)
    outputs = {"resources": [wire.resource(child, id) for child, id in made]}
    monitor.outputs(urn, outputs)
    return urn, outputs


def _token(item: dict[str, Any]) -> str:
    version = str(item["apiVersion"])
    return f"kubernetes:{version if '/' in version else f'core/{version}'}:{item['kind']}"


def _objects(inputs: dict[str, Any]) -> list[dict[str, Any]]:
    texts = [inputs.get("yaml") or ""]
    for path in [*(inputs.get("files") or []), *([inputs["file"]] if inputs.get("file") else [])]:
        if str(path).startswith("http"):
            raise ServiceError("NotImplemented", f"the stand-in does not fetch {path}")
        texts.append(Path(path).read_text())
    read = [item for text in texts for item in yaml.safe_load_all(text) if item]
    given = inputs.get("objs") or []
    items = [*read, *(given if isinstance(given, list) else [given])]
    for item in items:
        if not isinstance(item, dict) or not item.get("kind") or not item.get("apiVersion"):
            raise ServiceError("InvalidObject", f"an object needs apiVersion and kind: {item}")
    return items
