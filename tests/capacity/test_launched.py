"""Nodes for whole stacks, held against what Karpenter's own controller launched for them.

`tests/api_server/test_karpenter_stacks.py` asked it, and holds all of the stacks; here it is every sixth.
"""

from __future__ import annotations

from itertools import islice

import pytest

from .nodes.launched import Recorded, apart, recorded


@pytest.fixture(scope="module")
def kept() -> Recorded:
    return recorded()


def test_karpenter_itself_launched_the_same(kept: Recorded) -> None:
    assert len(kept.stacks) >= 60
    some = dict(islice(kept.stacks.items(), 2, None, 6))
    others = list(apart(some, kept.types))
    assert not others, "\n".join(others)


def test_what_karpenter_did_not_launch_is_told(kept: Recorded) -> None:
    name = next(name for name, said in kept.stacks.items() if said["claims"])
    said = kept.stacks[name]
    pool = said["claims"][0][0]
    (told,) = apart({name: {**said, "claims": said["claims"][1:]}}, kept.types, tries=2)
    assert told.startswith(f"{name}: the plan shows")
    assert f"ours alone {{('{pool}'," in told
