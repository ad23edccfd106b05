"""What is said of objects that are written down, against what a real API server said of the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from eks_blueprints.kubernetes import check, crds
from eks_blueprints.kubernetes.custom import Definitions
from eks_blueprints.kubernetes.shapes import of
from tests.api_server.mutations import VERDICTS, changed, objects

TABLE = json.loads(VERDICTS.read_text(encoding="utf-8"))
OBJECTS = objects()


def refused(manifest: dict[str, Any]) -> bool:
    found = check.Checked()
    check.check(manifest, of(TABLE["minor"]), Definitions((), dict(crds.sources())), found)
    return any(problem.severity == "error" for problem in found.problems)


@pytest.mark.parametrize("kind", OBJECTS)
def test_nothing_is_refused_that_an_api_server_takes(kind: str) -> None:
    verdicts: dict[str, str] = TABLE["verdicts"][kind]
    assert not refused(OBJECTS[kind])
    assert [said for said, other in changed(OBJECTS[kind]) if verdicts.get(said) == "" and refused(other)] == []


@pytest.mark.parametrize("kind", OBJECTS)
def test_what_an_api_server_refuses_is_refused_but_for_what_is_left_to_it(kind: str) -> None:
    verdicts: dict[str, str] = TABLE["verdicts"][kind]
    left = {said for said, other in changed(OBJECTS[kind]) if verdicts.get(said) and not refused(other)}
    assert left == set(TABLE["left"].get(kind, ()))
