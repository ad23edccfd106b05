"""Nodes for whole stacks, held against what Karpenter's own controller launched for them.

`tests/api_server/test_karpenter_stacks.py` asked it, and holds all of the stacks; here it is every fourth.
"""

from __future__ import annotations

from itertools import islice

import pytest

from .nodes.launched import Recorded, apart, planned, platform_of, recorded, shown_apart, stacks

EVERY = 4


@pytest.fixture(scope="module")
def kept() -> Recorded:
    return recorded()


def test_karpenter_itself_launched_the_same(kept: Recorded) -> None:
    names = list(islice(kept.stacks, 0, None, EVERY))
    assert len(kept.stacks) >= 60
    others = list(apart({name: kept.stacks[name] for name in names}, kept.types))
    assert not others, "\n".join(others)


def test_what_a_plan_shows_is_what_karpenter_launched(kept: Recorded) -> None:
    files = dict(stacks())
    for name in islice(kept.stacks, 1, None, 3 * EVERY):
        platform = platform_of(planned(name, files[name]), kept.types)
        assert not shown_apart(platform, kept.stacks[name]), name


def test_what_karpenter_did_not_launch_is_told(kept: Recorded) -> None:
    name = next(name for name, said in kept.stacks.items() if said["claims"])
    said = kept.stacks[name]
    fewer = {**said, "claims": said["claims"][1:]}
    (told,) = apart({name: fewer}, kept.types, tries=2)
    assert told.startswith(f"{name}: ours alone {{('{said['claims'][0][0]}', ")
    assert shown_apart(platform_of(planned(name, dict(stacks())[name]), kept.types), fewer)
