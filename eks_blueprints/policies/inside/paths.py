"""Values of charts as leaves by their paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str, ...]


def leaves(values: Any, below: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Values by their paths; a list is one, and so is a mapping that is empty, a secret or not known."""
    for key, value in values.items() if isinstance(values, Mapping) else ():
        path = (*below, str(key))
        if isinstance(value, Mapping) and value and "$secret" not in value and "$unknown" not in value:
            yield from leaves(value, path)
        else:
            yield path, value


def written(path: Path) -> str:
    r"""A path as people write it: a dot within a key is `\.`."""
    return ".".join(key.replace(".", "\\.") for key in path)


def within(path: Path, outer: str) -> bool:
    """Whether a path is one that is written down, or leads below it."""
    text = written(path)
    return text == outer or text.startswith(f"{outer}.")
