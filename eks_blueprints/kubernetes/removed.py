"""APIs that Kubernetes has removed or will remove; the facts: `removed_apis.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("removed_apis.toml")


@dataclass(frozen=True, slots=True)
class Removed:
    """When an API version of a kind was deprecated and removed (minors; None where that is open), and its successor."""

    deprecated_in: int | None
    removed_in: int | None
    replacement: str
    """The API version to use instead; empty where there is none."""
    migration: str = ""
    """What else has to change in an object besides its API version; empty where that is nothing, or not known."""
    planned: bool = False
    """Whether its removal is announced and may still be moved."""


@cache
def table() -> dict[tuple[str, str], Removed]:
    """All of them, by API version and kind."""
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["apis"]
    return {
        (row["api_version"], row["kind"]): Removed(
            _minor(row.get("deprecated_in")),
            _minor(row.get("removed_in")),
            "" if row["replacement"] == "None" else row["replacement"],
            row.get("migration", ""),
            row.get("planned", False),
        )
        for row in rows
    }


def _minor(version: str | None) -> int | None:
    return None if version is None else int(version.partition(".")[2])
