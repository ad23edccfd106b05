"""AWS's partitions, from `partitions.toml`, and which of them a region is in."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("partitions.toml")


def partition_of(region: str) -> str | None:
    """The partition of a region, such as `aws`, by the form of its name; None if no partition has such regions."""
    for name, facts in _table().items():
        if re.fullmatch(facts["region_pattern"].strip("^$"), region, re.ASCII):
            return name
    return None


def dns_suffix(partition: str) -> str:
    """End of the names of a partition's service endpoints, such as `amazonaws.com`."""
    return _table()[partition]["dns_suffix"]


@cache
def _table() -> dict[str, dict[str, str]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
