"""What is changed in a stack file, and the changes that lead from one state of its data to another."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from eks_blueprints.core.errors import Path, dotted


class _Gone:
    def __repr__(self) -> str:
        return "GONE"

    def __deepcopy__(self, _memo: Any) -> _Gone:
        return self


GONE: Final = _Gone()
"""In the place of a value: the part is taken out."""


@dataclass(frozen=True, slots=True)
class Change:
    """One part to be written: a value, a mapping or a list, or `GONE`."""

    path: Path
    value: Any

    def __str__(self) -> str:
        if self.value is GONE:
            return f"{dotted(self.path)}: taken out"
        said = f'"{self.value}"' if isinstance(self.value, str) else inline(self.value)
        return f"{dotted(self.path)}: {said}"


def differences(before: Mapping[str, Any], after: Mapping[str, Any], at: Path = ()) -> Iterator[Change]:
    """The changes that make `after` of `before`: as few and as small as they can be, what goes before what comes.

    A list is one value. A mapping that comes to be empty is written as `{}`.
    """
    yield from (Change((*at, key), GONE) for key in before if key not in after)
    for key, value in after.items():
        old = before.get(key)
        if key in before and old == value and type(old) is type(value):
            continue
        if isinstance(old, Mapping) and isinstance(value, Mapping) and value and old:
            yield from differences(old, value, (*at, key))
        else:
            yield Change((*at, key), value)


def inline(value: Any, *, as_json: bool = False) -> str:
    """A value as YAML on one line; also as JSON, which has quotes around every text."""
    from eks_blueprints.lifecycle.edits.text import scalar

    if as_json:
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {inline(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(inline, value)) + "]"
    return scalar(value)
