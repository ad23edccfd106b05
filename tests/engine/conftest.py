"""The `engine` fixture: the real engine where it can run, a skip with the reason elsewhere."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("pulumi_aws", reason="the stand-ins read their tables from the installed SDKs")
pytest.importorskip("pulumi_kubernetes", reason="the stand-ins read their tables from the installed SDKs")

from .harness import Engine, missing

why_missing = functools.cache(missing)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    if reason := why_missing():
        pytest.skip(reason)
    made = Engine(tmp_path / "engine")
    yield made
    made.close()
