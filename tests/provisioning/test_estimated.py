"""What Cluster Autoscaler said of generated groups: the library says the same, of each group and expander."""

from __future__ import annotations

import json

from .estimated import CASES, ESTIMATED, estimated_apart


def test_groups_need_as_many_nodes_and_the_same_group_grows() -> None:
    said = json.loads(ESTIMATED.read_text(encoding="utf-8"))
    assert len(said) == CASES
    assert list(estimated_apart(said)) == []
