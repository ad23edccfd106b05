"""The stand-ins' tables under load: the engine calls a plugin from many threads at once."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from .standins import tables as module
from .standins.tables import Tables

CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
KINDS = ("core/v1:ConfigMap", "core/v1:Namespace", "core/v1:Secret", "core/v1:Service", "apps/v1:Deployment")


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tables:
    monkeypatch.setenv("STANDIN_TABLES", str(tmp_path))
    return Tables("pulumi_kubernetes")


def kept(tmp_path: Path) -> dict[str, Any]:
    (file,) = tmp_path.glob("standin-tables-*.json")
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def test_one_may_learn_while_another_writes(tables: Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = json.dump

    def slow(data: Any, out: Any) -> None:
        for index, _ in enumerate(data):
            if not index:
                learner = threading.Thread(target=tables.resource, args=["kubernetes:core/v1:Namespace"])
                learner.start()
                learner.join()
        write(data, out)

    monkeypatch.setattr(module.json, "dump", slow)
    tables.resource(CONFIG_MAP)
    tables.save()
    assert "resource kubernetes:core/v1:Namespace" not in kept(tmp_path)
    tables.save()
    assert "resource kubernetes:core/v1:Namespace" in kept(tmp_path)


def test_many_threads_lose_nothing(tables: Tables, tmp_path: Path) -> None:
    def learn(number: int) -> dict[str, Any]:
        token = f"kubernetes:{KINDS[number % len(KINDS)]}"
        found = tables.resource(token)
        assert found is not None
        tables.save()
        # The same object for all, whoever was first.
        assert tables.resource(token) is found
        return found

    with _switching(), ThreadPoolExecutor(max_workers=16) as pool:
        made = list(pool.map(learn, range(200)))
    assert len({id(each) for each in made}) == len(KINDS)
    tables.save()
    assert {f"resource kubernetes:{kind}" for kind in KINDS} <= kept(tmp_path).keys()


@contextmanager
def _switching() -> Iterator[None]:
    """Threads that take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
