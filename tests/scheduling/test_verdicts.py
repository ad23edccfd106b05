"""What kube-scheduler said of generated clusters: the library says the same, of each pod and node."""

from __future__ import annotations

import json

from . import generated
from .judged import CASES, PLACED, VERDICTS, compared, placed_apart


def test_the_same_nodes_are_excluded_for_the_same_reasons() -> None:
    verdicts = json.loads(VERDICTS.read_text(encoding="utf-8"))
    pairs = sum(len(generated.case(int(number)).nodes) * len(pods) for number, pods in verdicts.items())
    assert (len(verdicts), pairs > 5000) == (CASES, True)
    assert list(compared(verdicts)) == []


def test_a_pod_gets_one_of_the_nodes_that_score_most() -> None:
    placed = json.loads(PLACED.read_text(encoding="utf-8"))
    assert len(placed) == CASES
    assert list(placed_apart(placed)) == []
