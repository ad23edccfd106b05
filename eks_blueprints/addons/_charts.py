"""What an add-on's chart renders with what the add-on says, as far as the table of pinned charts tells."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin

from eks_blueprints.addons._chart_addon import ChartAddOn
from eks_blueprints.addons._helm_addon import HelmAddOn
from eks_blueprints.core.charts import table
from eks_blueprints.core.charts.model import Rendered

SAMPLES: dict[str, Any] = {
    "storage_size": "20Gi",
    "persistence_size": "20Gi",
    "schedules": {"daily": {"cron": "@daily"}},
}
"""What options that take more than a switch are tried with."""


def options(cls: type[HelmAddOn]) -> dict[str, dict[str, Any]]:
    """The forms that a chart is rendered in besides the default one: the fields of each by what it is called."""
    found: dict[str, dict[str, Any]] = {"production": {"production": True}} if cls.spare or cls.spread else {}
    for name, field in cls.model_fields.items():
        if name not in ChartAddOn.model_fields and name != "namespace":
            found |= {_said(name, value): {name: value} for value in _others(name, field.annotation, field.default)}
    return found


def forms(addon: HelmAddOn) -> list[str]:
    """The forms that an add-on is in, by what they are called in the table."""
    found = ["production"] if addon.production else []
    for name, field in type(addon).model_fields.items():
        if name in ChartAddOn.model_fields or name == "namespace":
            continue
        value = getattr(addon, name)
        if value != field.get_default(call_default_factory=True) and value not in (None, {}):
            found.append(_said(name, value))
    return found


def rendered(addon: ChartAddOn) -> Rendered | None:
    """What its chart renders, but for what `values` change; None where the chart or its version is not known."""
    if not isinstance(addon, HelmAddOn):
        return None
    row = table.row(addon.kind())
    if row is None or not row.known or addon.version not in (None, row.pinned):
        return None
    return row.form(forms(addon))


def _said(name: str, value: Any) -> str:
    if name in SAMPLES:
        return name
    return f"{name}={str(value).lower() if isinstance(value, bool) else value}"


def _others(name: str, annotation: Any, default: Any) -> Iterator[Any]:
    if name in SAMPLES:
        yield SAMPLES[name]
        return
    choices = get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)
    for choice in choices:
        if choice is bool:
            yield not default
        elif get_origin(choice) is Literal:
            yield from (value for value in get_args(choice) if value != default)
