"""Values that the user sets and a chart refuses, or takes away though it wants them; by the table of charts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from eks_blueprints.blueprint.addon_defaults import settled
from eks_blueprints.blueprint.kinds import HelmAddOn
from eks_blueprints.core.errors import Path, Problem, nearest, shown
from eks_blueprints.core.spec import is_known

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs
    from eks_blueprints.core.charts.table import Row

_DOTS = re.compile(r"(?<!\\)\.")
_UNSET = object()


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """What the pinned chart does not take: errors, and warnings where other values beside it may allow it."""
    for addon in settled(args):
        if not isinstance(addon, HelmAddOn) or not addon.values:
            continue
        from eks_blueprints.core.charts import table

        row = table.row(addon.kind())
        if row is not None and addon.version in (None, row.pinned) and not row.rendered:
            for path, message, alone in _refused(addon.values, row):
                doubt = "" if alone else ", unless another value beside it allows it"
                yield Problem(
                    ("addons", addon.name, "values", *path), message + doubt, severity="error" if alone else "warning"
                )


def _refused(values: Mapping[str, Any], row: Row) -> Iterator[tuple[Path, str, bool]]:
    for where, choices in row.takes_only.items():
        keys, got = _found(values, where)
        if got is not _UNSET and got is not None and _text(got) not in choices and _text(got) != "":
            near = nearest(_text(got), choices)
            do = f"did you mean {near}?" if near else f"use {', '.join(choices)}"
            yield keys, f"is not accepted by the chart; got {shown(got)}; {do}", True
    for where, said in row.needs.items():
        keys, got = _found(values, where)
        if got is None or (got == "" and "" in row.takes_no.get(where, {})):
            yield keys, f"is required to render the chart ({said}); got {shown(got)}; leave it", True
    for where, not_taken in row.takes_no.items():
        keys, got = _found(values, where)
        if got in (_UNSET, None) or (where in row.needs and got == ""):
            continue
        if reason := not_taken.get(_text(got)):
            alone = _leaves(values.get(keys[0])) == 1
            yield keys, f"is not accepted by the chart ({reason}); got {shown(got)}; remove it", alone


def _found(values: Any, where: str) -> tuple[tuple[str, ...], Any]:
    """The keys of a path in values, and what stands there."""
    keys = tuple(key.replace("\\.", ".") for key in _DOTS.split(where))
    for key in keys:
        if not isinstance(values, Mapping) or key not in values:
            return keys, _UNSET
        values = values[key]
    return keys, values if _is_plain(values) else _UNSET


def _is_plain(value: Any) -> bool:
    return value is None or (isinstance(value, str | int | float | bool) and is_known(value))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _leaves(value: Any) -> int:
    return sum(_leaves(below) for below in value.values()) if isinstance(value, Mapping) else 1
