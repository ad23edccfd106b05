"""The lines of an import's report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def listed(title: str, entries: Sequence[str]) -> Iterator[str]:
    """A title and what is below it; nothing where there is nothing."""
    if entries:
        yield f"{title}:"
        yield from (f"  {each}" for each in entries)


def counted(number: int, noun: str) -> str:
    """A number of things, such as `1 object` or `2 objects`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
