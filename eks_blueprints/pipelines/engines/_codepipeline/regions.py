"""In which regions the services of pipelines are known to be."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("regions.toml").read_text(encoding="utf-8"))


def lacking(service: str, region: str) -> bool:
    """Whether a service, by the name of its endpoint, is not known to be in a region."""
    return region not in _table()[service]
