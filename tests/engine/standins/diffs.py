"""What changed between two sets of inputs, in the engine's own path notation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import Any

Change = tuple[str, str]  # path, "add" | "delete" | "update"


def changes(old: Any, new: Any, unordered: Callable[[str], bool], path: str = "") -> Iterator[Change]:
    """Leaf changes; a list for whose path `unordered` is true is compared as a set."""
    if old == new and type(old) is type(new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            if not key.startswith("__"):
                at = f"{path}.{key}" if path and _simple(key) else f'{path}["{key}"]' if path else key
                yield from _change(old.get(key), new.get(key), unordered, at)
    elif isinstance(old, list) and isinstance(new, list):
        if unordered(path) and sorted(map(repr, old)) == sorted(map(repr, new)):
            return
        for i, (before, after) in enumerate(zip_longest(old, new)):
            yield from _change(before, after, unordered, f"{path}[{i}]")
    else:
        yield path, "update"


def _change(old: Any, new: Any, unordered: Callable[[str], bool], path: str) -> Iterator[Change]:
    """A null is as good as nothing."""
    if old is None and new is None:
        return
    if new is None:
        yield path, "delete"
    elif old is None:
        yield path, "add"
    else:
        yield from changes(old, new, unordered, path)


def _simple(key: str) -> bool:
    return key.replace("_", "").isalnum() and not key[0].isdigit()


def covers(rule: str, path: str) -> bool:
    """Whether a rule like `vpcConfig.subnetIds` covers a path like `vpcConfig.subnetIds[0]`, list indexes aside."""
    bare = "".join(part if i == 0 else part.partition("]")[2] for i, part in enumerate(path.split("[")))
    return bare == rule or bare.startswith((f"{rule}.", f"{rule}[")) or rule.startswith(f"{bare}.")
