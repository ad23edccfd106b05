"""Tags as AWS's APIs have them, rows of Key and Value, and as mappings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def tags_of(rows: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    """The tags of an answer; nothing where it has none."""
    return {row["Key"]: row["Value"] for row in rows or ()}


def tag_rows(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags for a request."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]
