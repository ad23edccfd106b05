"""Values against the schema that the pinned chart has for them, and against its default values.

The facts: `value_schemas.zip`. It has the schema of each chart that comes with one, and of the default values of others
their mappings and lists. What defaults may add is not asked for; what several values decide together is Helm's.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path as File
from typing import Any

from eks_blueprints.core.errors import Path, Problem, shown
from eks_blueprints.core.spec import is_known

_FILE = File(__file__).with_name("value_schemas.zip")


def check(kind: str, values: Mapping[str, Any]) -> Iterator[Problem]:
    """What the chart of an add-on refuses; without a schema, as warnings, what is unlike its defaults in shape."""
    schema = _read(f"{kind}.json")
    if schema is None:
        yield from _unlike(_read(f"{kind}.defaults.json"), values, ())
        return
    from eks_blueprints.kubernetes.structural import Structural

    yield from Structural().object(schema[-1], values, own=False)


def _unlike(default: Any, value: Any, path: Path) -> Iterator[Problem]:
    """Where a chart has a mapping or a list, and is given something else: most templates break on that."""
    if default is None or value is None or not is_known(value):
        return
    if isinstance(default, Mapping) and isinstance(value, Mapping):
        for key, each in value.items():
            yield from _unlike(default.get(key), each, (*path, key))
    elif isinstance(default, Mapping) or not isinstance(value, list | tuple):
        of = "mapping" if isinstance(default, Mapping) else "list"
        do = f"write a {of}, unless the chart takes both"
        yield Problem(path, f"is a {of} in the chart's defaults; got {shown(value)}; {do}", severity="warning")


@cache
def _read(name: str) -> Any:
    from eks_blueprints.kubernetes.crds import whole

    with zipfile.ZipFile(_FILE) as archive:
        if name not in archive.namelist():
            return None
        found = json.loads(archive.read(name))
    return whole(found) if isinstance(found, list) else found
