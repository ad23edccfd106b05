"""Values against the schema that the pinned chart has for them; the facts: `value_schemas.zip`, a file for each chart.

What the chart's defaults may add is not asked for, and what several values decide together is left to Helm.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from eks_blueprints.core.errors import Problem

_FILE = Path(__file__).with_name("value_schemas.zip")


def check(kind: str, values: Mapping[str, Any]) -> Iterator[Problem]:
    """What the chart of an add-on refuses; nothing where it has no schema."""
    schema = _schema(kind)
    if schema is not None:
        from eks_blueprints.kubernetes.structural import Structural

        yield from Structural().object(schema, values, own=False)


@cache
def _schema(kind: str) -> Mapping[str, Any] | None:
    from eks_blueprints.kubernetes.crds import whole

    with zipfile.ZipFile(_FILE) as archive:
        if f"{kind}.json" not in archive.namelist():
            return None
        nodes: list[dict[str, Any]] = json.loads(archive.read(f"{kind}.json"))
    return whole(nodes)[-1]
