"""A table of requests: a CSV file with one row for each sort of pods.

    name,count,cpu,memory,nvidia.com/gpu,node_selector,zone
    web,12,500m,1Gi,,team=shop;tier=web,
    train,2,8,64Gi,1,,eu-west-1a

A column whose head is none of the known ones is a resource, such as `ephemeral-storage` or `nvidia.com/gpu`.
"""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eks_blueprints.capacity.model import Demand
from eks_blueprints.capacity.read.table_forms import (
    amount_of,
    arch_of,
    count_of,
    priority_of,
    selector_of,
    tolerations_of,
)
from eks_blueprints.core.errors import InputError, Problem, nearest, shown
from eks_blueprints.core.files import text_of
from eks_blueprints.karpenter.labels import ARCHITECTURE, ZONE, label_value, qualified_name
from eks_blueprints.recording.positions import Position
from eks_blueprints.scheduling.amounts import CPU
from eks_blueprints.scheduling.pod import Shape, shape_of

_NEEDED = ("name", "count", "cpu", "memory")
_MORE = ("namespace", "node_selector", "tolerations", "priority", "arch", "zone")
TIMES = ("start", "end")
"""Columns of a table of the past: when the pods of a row began and ended."""
_NO_AMOUNTS = frozenset({"name", "count", *_MORE, *TIMES})
_ALIASES = {"gpu": "nvidia.com/gpu"}
_EXAMPLE = "name,count,cpu,memory"
_FULL = 100
"""Errors after which no more are looked for."""


@dataclass(frozen=True, slots=True)
class _Cell:
    """One value of the table."""

    column: str
    text: str
    line: int
    number: int
    """Which column it is in, from 1."""


class _Table:
    """Reads rows, and gathers what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._bases: dict[tuple[str, ...], Shape] = {}
        self._shapes: dict[tuple[Any, ...], Shape] = {}
        self._names: Counter[str] = Counter()

    def problem(self, line: int, number: int | None, column: str, message: str) -> None:
        self.problems.append(Problem((column,) if column else (), message, self.file, line, number))

    def read(self, cell: _Cell, form: Callable[[str], Any], default: Any) -> Any:
        """A value in its form; the default where nothing is written, or what is written is wrong."""
        if not cell.text:
            return default
        try:
            return form(cell.text)
        except ValueError as error:
            self.problem(cell.line, cell.number, cell.column, str(error))
            return default

    def demand(self, cells: Mapping[str, _Cell], line: int) -> Demand | None:
        """What one row asks for."""
        before = len(self.problems)
        for column in _NEEDED:
            if not cells[column].text:
                do = {"name": "write a name", "count": "write how many pods there are", "cpu": "write 0 for none"}
                where = cells[column]
                message = f"is required; got nothing; {do.get(column, 'write 0 for none')}"
                self.problem(line, where.number, column, message)
        count = self.read(cells["count"], count_of, 0)
        if len(self.problems) > before:
            self._shape(cells)
            return None
        shape = self._shape(cells)
        if len(self.problems) > before or shape is None:
            return None
        name = cells["name"].text
        self._names[name] += 1
        name = name if self._names[name] == 1 else f"{name} ({self._names[name]})"
        return Demand(name=name, shape=shape, least=count, most=count, position=Position(self.file, line))

    def _shape(self, cells: Mapping[str, _Cell]) -> Shape | None:
        before = len(self.problems)
        requests = {
            _ALIASES.get(column, column): self.read(each, amount_of, 0)
            for column, each in cells.items()
            if column not in _NO_AMOUNTS
        }
        if CPU in requests:
            requests[CPU] *= 1000
        wanted = {name: math.ceil(count) for name, count in requests.items() if count}
        placing = tuple(cells[column].text for column in _MORE if column in cells)
        base = self._bases.get(placing) or self._bases.setdefault(placing, self._base(cells))
        if len(self.problems) > before:
            return None
        key = (placing, tuple(wanted.items()))
        if (found := self._shapes.get(key)) is None:
            found = self._shapes[key] = replace(base, requests=wanted, counted={**base.counted, **wanted})
        return found

    def _base(self, cells: Mapping[str, _Cell]) -> Shape:
        """A pod that is placed as is said, and requests nothing."""
        selector = dict(self.read(_of(cells, "node_selector"), selector_of, {}))
        if arch := self.read(_of(cells, "arch"), arch_of, ""):
            selector[ARCHITECTURE] = arch
        if zone := self.read(_of(cells, "zone"), label_value, ""):
            selector[ZONE] = zone
        tolerations = self.read(_of(cells, "tolerations"), tolerations_of, [])
        priority = self.read(_of(cells, "priority"), priority_of, 0)
        spec = {"containers": [{}], "nodeSelector": selector, "tolerations": tolerations}
        return shape_of(spec, namespace=_of(cells, "namespace").text or "default", priority=priority)


def read_table(path: Path) -> tuple[Demand, ...]:
    """The demands of a table of requests.

    Columns `name`, `count`, `cpu` and `memory` are required. `namespace` (default: `default`), `node_selector`
    (`key=value;key=value`), `tolerations` (`key`, `key=value`, either with `:Effect`, or `*` for all taints; several
    with `;`), `priority`, `arch` (`amd64` or `arm64`) and `zone` may be there; `gpu` stands for `nvidia.com/gpu`, and
    every other column is a resource. Amounts are quantities of Kubernetes; an empty one is none.

    Args:
        path: A CSV file in UTF-8, with a header.

    Raises:
        InputError: if it is none, with the line and column of each mistake.
        OSError: if it cannot be read.
    """
    return tuple(demand for demand, _ in _read(path))


def read_past(path: Path) -> tuple[tuple[Demand, Mapping[str, tuple[str, int, int]]], ...]:
    """The demands of a table that has the columns `start` and `end` too, each with what they say, its line and column.

    Raises:
        InputError: as `read_table` does.
        OSError: if it cannot be read.
    """
    return tuple(
        (demand, {name: (cells[name].text, cells[name].line, cells[name].number) for name in TIMES})
        for demand, cells in _read(path, TIMES)
    )


def _read(path: Path, more: tuple[str, ...] = ()) -> list[tuple[Demand, Mapping[str, _Cell]]]:
    file = str(path)
    try:
        text = text_of(path).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise _error(file, f"is not UTF-8 text; got byte {byte:#04x}; save it as CSV in UTF-8") from None
    except FileNotFoundError:
        raise _error(file, f"does not exist; got nothing; write a table that begins with {_EXAMPLE}") from None
    table = _Table(file)
    found: list[tuple[Demand, Mapping[str, _Cell]]] = []
    rows = _rows(text, file)
    head = next(rows, None)
    if head is None:
        raise _error(file, f"is empty; got nothing; begin it with {_EXAMPLE}")
    columns = _columns(head, table, more)
    if table.problems:
        raise InputError(table.problems)
    for line, row in rows:
        if len(row) > len(columns) and any(each.strip() for each in row[len(columns) :]):
            what = f"has more values than there are columns; got {len(row)}; write {len(columns)}, quote commas"
            table.problem(line, len(columns) + 1, "", what)
            continue
        padded = [*row, *[""] * (len(columns) - len(row))]
        cells = {
            column: _Cell(column, text.strip(), line, number)
            for number, (column, text) in enumerate(zip(columns, padded, strict=False), 1)
        }
        if (demand := table.demand(cells, line)) is not None:
            found.append((demand, cells))
        if len(table.problems) >= _FULL:
            break
    if table.problems:
        raise InputError(sorted(table.problems, key=lambda each: (each.line or 0, each.column or 0)))
    if not found:
        raise _error(file, "has no rows; got a header alone; add a row such as web,3,500m,1Gi")
    return found


def _rows(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with the line in which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            what = f"is not CSV: {error}; got it here; quote a text with commas or quotes as a whole"
            raise InputError([Problem((), what, file, line, 1)]) from None
        if any(each.strip() for each in row):
            yield line, row
        line = reader.line_num + 1


def _columns(head: tuple[int, list[str]], table: _Table, more: tuple[str, ...] = ()) -> list[str]:
    """The names of the columns."""
    line, row = head
    found = [each.strip() for each in row]
    if len(found) == 1 and (other := next((each for each in ";\t|" if each in found[0]), None)):
        table.problem(line, 1, "", f"needs commas between columns; got {shown(other)}; begin with {_EXAMPLE}")
        return found
    while found and not found[-1]:
        found.pop()
    known = (*_NEEDED, *more, *_MORE, *_ALIASES)
    for number, name in enumerate(found, 1):
        lower = name.lower()
        if lower in known:
            found[number - 1] = lower
        elif not name:
            table.problem(line, number, "", "is a column without a name; got nothing; name it, or remove it")
        elif (meant := nearest(lower, (*known, "ephemeral-storage"))) and not _is_resource(name):
            table.problem(line, number, name, f"is no column; got {shown(name)}; did you mean {meant}?")
        elif not _is_resource(name):
            do = "write a resource such as nvidia.com/gpu or ephemeral-storage"
            table.problem(line, number, name, f"is no column; got {shown(name)}; {do}")
    for name, count in Counter(_ALIASES.get(each, each) for each in found if each).items():
        if count > 1:
            table.problem(line, None, name, f"is a column twice; got {shown(name)} again; remove one")
    for name in (*_NEEDED, *more):
        if name not in found:
            got = ", ".join(found) or "nothing"
            table.problem(line, None, name, f"is a column that is required; got {got}; begin with {_EXAMPLE}")
    return found


def _is_resource(name: str) -> bool:
    if name == "ephemeral-storage" or name.startswith("hugepages-"):
        return True
    try:
        qualified_name(name, "resource")
    except ValueError:
        return False
    return "/" in name


def _of(cells: Mapping[str, _Cell], column: str) -> _Cell:
    return cells.get(column) or _Cell(column, "", 0, 0)


def _error(file: str, message: str) -> InputError:
    return InputError([Problem((), message, file)])
