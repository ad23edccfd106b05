"""EKS's own lists of values, from `eks.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("eks.toml")


@cache
def values_of(shape: str) -> tuple[str, ...]:
    """The values of one of EKS's lists, such as `AMITypes`."""
    return tuple(_tables()[shape])


@cache
def _tables() -> dict[str, list[str]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
