"""The dated table of what each pinned chart renders, with this library's values: as it is, in production, by option.

A row has the default form in full; every other form is a merge patch of it, so that forms can be put on each other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from eks_blueprints.core.charts.model import Rendered, load, patched

FILE = "core/charts/charts.json"
"""The table, by its path below the package."""
_TABLE = Path(__file__).with_name("charts.json")


@dataclass(frozen=True, kw_only=True, eq=False)
class Row:
    """What one chart renders."""

    chart: str
    """Name of the chart."""
    pinned: str
    """The version that was pinned when the table was made."""
    rendered: str = ""
    """The version that was rendered, where that is another: the nearest one whose sources could be had."""
    missing: str = ""
    """Why it was not rendered; empty where it was."""
    left_out: tuple[str, ...] = ()
    """Charts that it depends on whose sources could not be had, and what they would bring is not known."""
    default: Mapping[str, Any] = field(default_factory=dict)
    forms: Mapping[str, Any] = field(default_factory=dict)
    """Merge patches of the default form, by what is set: `production`, `mode=daemonset`."""
    read: tuple[str, ...] = ()
    """Paths in values that are set in any form, and that a change of what is rendered follows."""
    unread: tuple[str, ...] = ()
    """Paths in values that are set, and change nothing."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """What the chart says to forms that it does not take; the default form is the empty text."""

    needs: Mapping[str, str] = field(default_factory=dict)
    """Paths in values without which the chart is not rendered, and what it says."""
    takes_no: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Values, as text, that the chart refuses at a path in its values, and what it says; `*` for all but those that say
    nothing."""
    takes_only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The values, as text, that the chart limits a path in its values to."""
    beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Other paths that decide, with each of these, whether what stands there is refused."""

    @property
    def known(self) -> bool:
        """Whether its default form was rendered."""
        return bool(self.default)

    def form(self, said: Iterable[str] = ()) -> Rendered:
        """What it renders with these things set; what is not in the table changes nothing."""
        return self._form(tuple(said))

    @cache  # noqa: B019 - a row lives as long as the table
    def _form(self, said: tuple[str, ...]) -> Rendered:
        data: Any = self.default
        for each in said:
            data = patched(data, self.forms.get(each, {}))
        return load(Rendered, data)


@cache
def row(kind: str) -> Row | None:
    """The row of an add-on's chart (`keda`), or of the chart of its CRDs (`linkerd.crds`); None where there is none."""
    data = _table()["charts"].get(kind)
    return None if data is None else load(Row, data)


def kinds() -> tuple[str, ...]:
    """The kinds that the table has rows of."""
    return tuple(_table()["charts"])


def as_of() -> str:
    """The day on which the charts were rendered."""
    return str(_table()["as_of"])


@cache
def _table() -> dict[str, Any]:
    return json.loads(_TABLE.read_text(encoding="utf-8"))  # type: ignore[no-any-return]
