"""The dated tables of facts in this package, read off their own headers, and how old they are.

A table is a `.toml`, `.csv` or `.json` file whose first lines say `as_of`, and `source`, `renew` and `needs` beside it:
as comments (`# renew:  command`) or as keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from eks_blueprints.core.clock import today

PACKAGE = Path(__file__).parents[1]
OLD = 120
"""Days after which what rests on a table says so."""
REGISTRIES = "package registries"
"""What a table needs that any machine with PyPI and the Go module proxy can renew."""

_HEAD = 16
_LINE = re.compile(r'^[#\s"]*(as_of|source|renew|needs)"?\s*[:=]\s*"?(.*?)"?,?\s*$')


@dataclass(frozen=True, slots=True)
class Table:
    """One table."""

    file: str
    """Its path below the package."""
    what: str
    """What it holds, by its first line."""
    as_of: date
    source: str
    renew: str
    """The command that writes it again, or where to look it up by hand."""
    needs: str
    """What that command needs."""

    @property
    def age(self) -> int:
        """Days since it was renewed."""
        return (today() - self.as_of).days

    @property
    def old(self) -> bool:
        """Whether it is older than 120 days."""
        return self.age > OLD


@cache
def tables() -> tuple[Table, ...]:
    """Every table, by file."""
    files = (path for end in ("toml", "csv", "json") for path in PACKAGE.rglob(f"*.{end}"))
    return tuple(table for path in sorted(files) if (table := _read(path)) is not None)


def table(file: str) -> Table:
    """The table with this path below the package.

    Raises:
        KeyError: if there is none.
    """
    return {each.file: each for each in tables()}[file]


def old_among(files: Iterable[str]) -> str | None:
    """One line about those of some tables that are old; None where none is."""
    wanted = set(files)
    old = [table for table in tables() if table.file in wanted and table.old]
    if not old:
        return None
    named = ", ".join(f"{table.file} ({table.age} days)" for table in old)
    what = f"facts of AWS and Kubernetes in this version are more than {OLD} days old, and newer ones are unknown to it"
    return f"{what}; got {named}; upgrade eks-blueprints, or run make renew"


def _read(path: Path) -> Table | None:
    with path.open(encoding="utf-8") as lines:
        head = [line.rstrip("\n") for _, line in zip(range(_HEAD), lines, strict=False)]
    said = dict(_said(head))
    if "as_of" not in said:
        return None
    first = head[0].removeprefix("# ").rstrip(".:") if head[0].startswith("#") else path.stem.replace("_", " ")
    return Table(
        path.relative_to(PACKAGE).as_posix(),
        first,
        date.fromisoformat(said["as_of"]),
        said.get("source", "unknown"),
        said.get("renew", "by hand"),
        said.get("needs", "a person"),
    )


def _said(head: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in head:
        if match := _LINE.match(line):
            yield match[1], match[2]
