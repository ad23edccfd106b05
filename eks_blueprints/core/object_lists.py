"""Lists of Kubernetes objects, which are as good as what they list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.errors import Path


def listed(manifest: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """An object, or those of a List, and where they stand; those of a `PodList` need not say what they are."""
    version, kind, items = (manifest.get(key) for key in ("apiVersion", "kind", "items"))
    if not (isinstance(kind, str) and kind.endswith("List") and isinstance(items, list | tuple)):
        yield path, manifest
        return
    of = {"apiVersion": version, "kind": kind.removesuffix("List")} if kind != "List" else {}
    for index, item in enumerate(items):
        if isinstance(item, Mapping):
            yield from listed({**of, **item}, (*path, "items", index))
