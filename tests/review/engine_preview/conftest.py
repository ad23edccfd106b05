"""Streams of the real engine, as `capture.py` has kept them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pulumi.automation import EngineEvent

from eks_blueprints.recording.plan import Plan
from eks_blueprints.review.engine.events import Stream
from eks_blueprints.review.preview.run import Preview
from eks_blueprints.review.preview.targets import Target

STREAMS = Path(__file__).parent / "streams"


def events(name: str) -> Iterator[EngineEvent]:
    """What the engine said."""
    for line in (STREAMS / f"{name}.jsonl").read_text().splitlines():
        yield EngineEvent.from_json(json.loads(line))


def stream(name: str) -> Stream:
    """The same, gathered."""
    found = Stream()
    for event in events(name):
        found.add(event)
    return found


def plan(name: str) -> Plan:
    """What was recorded of the same program."""
    return Plan.from_json((STREAMS / f"{name}.plan.json").read_text())


def previewed(name: str, target: Target) -> Preview:
    """The recording's preview of it, with nothing found."""
    return Preview(target, plan(name), (), (), (), 0.1)


@pytest.fixture(autouse=True)
def _no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here starts a process or looks for one."""
    monkeypatch.setenv("PATH", "")
