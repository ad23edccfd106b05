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
_ANY = "*"


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """What the pinned chart does not take: errors, and warnings where other values beside it may allow it."""
    for addon in settled(args):
        if not isinstance(addon, HelmAddOn) or not addon.values:
            continue
        from eks_blueprints.blueprint import value_schemas
        from eks_blueprints.core.charts import table

        row = table.row(addon.kind())
        if row is not None and addon.version in (None, row.pinned) and not row.rendered:
            others = [*_leaves(addon.values), *_leaves(_typed(addon)), *(_keys(path) for path in addon.secret_values)]
            told: set[Path] = set()
            for where, keys, message in _refused(addon.values, row):
                told.add(keys)
                beside = [_keys(path) for path in row.beside.get(where, ())]
                allowed = any(_within(path, other) for other in others if other != keys for path in beside)
                doubt = ", unless another value beside it allows it" if allowed else ""
                at = ("addons", addon.name, "values", *keys)
                yield Problem(at, message + doubt, severity="warning" if allowed else "error")
            for problem in value_schemas.check(addon.kind(), addon.values):
                if problem.path not in told:
                    yield problem.below("addons", addon.name, "values")


def _refused(values: Mapping[str, Any], row: Row) -> Iterator[tuple[str, Path, str]]:
    """Paths of the table, the keys that lead there, and what is wrong."""
    for where, choices in row.takes_only.items():
        keys, got = _found(values, where)
        if got is not _UNSET and got is not None and _text(got) not in choices and _text(got) != "":
            taken = [each for each in choices if each not in row.takes_no.get(where, {})]
            near = nearest(_text(got), taken)
            do = f"did you mean {near}?" if near else f"use {', '.join(filter(None, taken))}"
            yield where, keys, f"is not accepted by the chart; got {shown(got)}; {do}"
    for where, said in row.needs.items():
        keys, got = _found(values, where)
        if got is None or (got == "" and "" in row.takes_no.get(where, {})):
            yield where, keys, f"is required to render the chart ({said}); got {shown(got)}; leave it"
    for where, not_taken in row.takes_no.items():
        keys, got = _found(values, where)
        if got in (_UNSET, None) or (where in row.needs and got == ""):
            continue
        if reason := not_taken.get(_text(got)) or (not_taken.get(_ANY) if got else None):
            yield where, keys, f"is not accepted by the chart ({reason}); got {shown(got)}; remove it"


def _typed(addon: HelmAddOn) -> Mapping[str, Any]:
    """Values that fields of the add-on set, and that the table's default form does not have."""
    from eks_blueprints.addons._charts import forms
    from eks_blueprints.core.json_values import merged

    if not forms(addon):
        return {}
    return merged(addon.settings(), addon.production_values() if addon.production else {})


def _found(values: Any, where: str) -> tuple[tuple[str, ...], Any]:
    """The keys of a path in values, and what stands there."""
    keys = _keys(where)
    for key in keys:
        if not isinstance(values, Mapping) or key not in values:
            return keys, _UNSET
        values = values[key]
    return keys, values if _is_plain(values) else _UNSET


def _keys(path: str) -> tuple[str, ...]:
    return tuple(key.replace("\\.", ".") for key in _DOTS.split(path))


def _is_plain(value: Any) -> bool:
    return value is None or (isinstance(value, str | int | float | bool) and is_known(value))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _leaves(value: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(value, Mapping) and value:
        for key, below in value.items():
            yield from _leaves(below, (*above, str(key)))
    elif above:
        yield above


def _within(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one path leads to another, or the other way round."""
    size = min(len(one), len(other))
    return one[:size] == other[:size]
