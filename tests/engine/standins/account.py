"""The state that the stand-ins share: one account with its clusters and their objects, in one SQLite file.

Several plugin processes of one command, and the test itself, read and write it. Every change is one transaction, so
that a service rule ("no overlap") and the row it allows cannot be torn apart by the engine's parallel steps.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Row:
    """One thing that exists. `origin` is "program", "seed" (there before) or "service" (made by AWS on its own)."""

    id: str
    type: str
    scope: str  # an AWS region, or for Kubernetes objects the ARN of their cluster
    inputs: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    origin: str = "program"
    key: int = 0

    def get(self, path: str, default: Any = None) -> Any:
        """`row.get("vpcConfig.subnetIds")` of the outputs."""
        value: Any = self.outputs
        for part in path.split("."):
            if isinstance(value, list):
                value = value[int(part)] if part.isdigit() and int(part) < len(value) else None
            elif isinstance(value, dict):
                value = value.get(part)
            else:
                return default
        return default if value is None else value


class Account:
    def __init__(self, path: str | Path) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(str(path), timeout=60, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS things (key INTEGER PRIMARY KEY, id TEXT, type TEXT, scope TEXT,"
            " inputs TEXT, outputs TEXT, origin TEXT)"
        )
        self._db.execute("CREATE INDEX IF NOT EXISTS by_type ON things (type, id)")
        self._db.execute("CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER)")

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._lock:
            if self._depth:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            else:
                self._db.execute("COMMIT")
            finally:
                self._depth -= 1

    def count(self, name: str) -> int:
        """The next number of a named counter, from 1."""
        with self.transaction():
            self._db.execute(
                "INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1", (name,)
            )
            return int(self._db.execute("SELECT value FROM counters WHERE name = ?", (name,)).fetchone()[0])

    def reset(self, name: str) -> None:
        with self.transaction():
            self._db.execute("DELETE FROM counters WHERE name = ?", (name,))

    def rows(self, type: str | None = None, scope: str | None = None, **match: Any) -> list[Row]:
        """Rows in the order they were made; `match` compares top-level outputs."""
        where, values = [], []
        for column, value in (("type", type), ("scope", scope)):
            if value is not None:
                where.append(f"{column} = ?")
                values.append(value)
        query = "SELECT key, id, type, scope, inputs, outputs, origin FROM things"
        query += (" WHERE " + " AND ".join(where) if where else "") + " ORDER BY key"
        with self._lock:
            found = [_row(record) for record in self._db.execute(query, values)]
        return [row for row in found if all(row.outputs.get(k) == v for k, v in match.items())]

    def find(self, type: str, id: Any, scope: str | None = None) -> Row | None:
        query = "SELECT key, id, type, scope, inputs, outputs, origin FROM things WHERE type = ? AND id = ?"
        with self._lock:
            found = [_row(record) for record in self._db.execute(query, (type, str(id)))]
        found = [row for row in found if scope is None or row.scope == scope]
        return found[0] if found else None

    def add(self, row: Row) -> Row:
        with self.transaction():
            cursor = self._db.execute(
                "INSERT INTO things (id, type, scope, inputs, outputs, origin) VALUES (?, ?, ?, ?, ?, ?)",
                (row.id, row.type, row.scope, json.dumps(row.inputs), json.dumps(row.outputs), row.origin),
            )
            row.key = int(cursor.lastrowid or 0)
        return row

    def save(self, row: Row) -> None:
        with self.transaction():
            self._db.execute(
                "UPDATE things SET type = ?, inputs = ?, outputs = ? WHERE key = ?",
                (row.type, json.dumps(row.inputs), json.dumps(row.outputs), row.key),
            )

    def remove(self, row: Row) -> None:
        with self.transaction():
            self._db.execute("DELETE FROM things WHERE key = ?", (row.key,))

    def drift(self, type: str, id: str, **outputs: Any) -> None:
        """Change a thing behind the engine's back: `drift(type, id, tags={...})`; `None` removes a property."""
        row = self.find(type, id)
        if row is None:
            raise KeyError(f"no {type} {id}")
        for name, value in outputs.items():
            row.outputs[name] = value
            if name in row.inputs or value is not None:
                row.inputs[name] = value
        self.save(row)


def _row(record: tuple[Any, ...]) -> Row:
    key, id, type, scope, inputs, outputs, origin = record
    return Row(id, type, scope, json.loads(inputs), json.loads(outputs), origin, key)
