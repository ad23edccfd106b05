"""Settings as values that JSON and TOML can write down."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.errors import shown
from eks_blueprints.core.node_settings.shapes import Fault
from eks_blueprints.core.spec import is_known


def unfit(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[Fault]:
    """Every part of settings that cannot be serialized, and why."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str) or not key:
                yield (*path, str(key)), f"needs text as its key; got {shown(key)}; quote it"
            else:
                yield from unfit(item, (*path, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from unfit(item, (*path, index))
    elif value is None:
        yield path, "has no value; got nothing; write one, or remove it"
    elif isinstance(value, float) and not math.isfinite(value):
        yield path, f"is not a finite number; got {value}; write a finite one"
    elif is_known(value) and not isinstance(value, str | int | float | bool):
        yield path, f"cannot be serialized; got {shown(str(value))} ({type(value).__name__}); write text or a number"
