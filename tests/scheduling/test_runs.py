"""Pods of one shape in one go are where they would be one after another."""

from __future__ import annotations

import random

import pytest

from eks_blueprints.karpenter.tolerating import Taint
from eks_blueprints.scheduling.cluster import Cluster
from eks_blueprints.scheduling.node import HOST, ZONE, Node
from eks_blueprints.scheduling.pod import HostPort, Pod, Shape, Spread, Term
from eks_blueprints.scheduling.runs import place_all
from eks_blueprints.scheduling.scheduler import place
from eks_blueprints.scheduling.selectors import NOTHING, Condition, NodeTerm, selector

_WEB = selector({"matchLabels": {"app": "web"}})
_IN_A = NodeTerm((Condition(ZONE, "In", frozenset({"a"})),))
_SHAPES = {
    "plain": {},
    "spread by default": {"alike": _WEB},
    "spread softly": {
        "spread": (Spread(1, ZONE, hard=False, selector=_WEB), Spread(2, HOST, hard=False, selector=_WEB))
    },
    "prefers": {"prefers": ((30, _IN_A),), "alike": _WEB},
    "ports": {"ports": (HostPort(80, "TCP", "0.0.0.0"),)},  # noqa: S104
    "apart": {"apart": (Term(HOST, _WEB, frozenset({"default"}), NOTHING),)},
}


def _cluster(seed: int) -> Cluster:
    dice, found = random.Random(seed), Cluster()  # noqa: S311
    for number in range(25):
        name = f"n{number}"
        labels = {HOST: name, **({ZONE: dice.choice("abc")} if dice.random() < 0.9 else {})}
        taints = (Taint("full", "", "PreferNoSchedule"),) if dice.random() < 0.3 else ()
        room = {"cpu": dice.choice((1900, 3900)), "memory": 2**33, "pods": dice.choice((4, 20))}
        there = found.open(Node(name=name, labels=labels, taints=taints, allocatable=room))
        for other in range(dice.randint(0, 3)):
            requests = {"cpu": dice.choice((100, 400))}
            label = {"app": dice.choice(("web", "db"))}
            found.add(Pod(f"{name}-{other}", Shape(labels=label, requests=requests, counted=requests)), there)
    return found


@pytest.mark.parametrize("kind", _SHAPES)
def test_the_same_places(kind: str) -> None:
    requests = {"cpu": 300, "memory": 2**28}
    shape = Shape(labels={"app": "web"}, requests=requests, counted=requests, **_SHAPES[kind])  # type: ignore[arg-type]
    pods = [Pod(f"new-{number}", shape) for number in range(160)]
    one_by_one, at_once = _cluster(7), _cluster(7)
    expected = [place(pod, one_by_one).place for pod in pods]
    count = place_all(pods, at_once)
    assert count == sum(each is not None for each in expected)
    assert 0 < count < 160
    assert [list(each.pods) for each in at_once.places.values()] == [list(e.pods) for e in one_by_one.places.values()]
