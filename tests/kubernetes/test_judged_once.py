"""An object is judged once: as often as it is drawn, and in a recording too."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from eks_blueprints.kubernetes import check
from eks_blueprints.kubernetes.custom import Definitions
from eks_blueprints.kubernetes.shapes import _table, of
from tests.work import calls


def told(manifest: Mapping[str, Any], minor: int | None) -> list[str]:
    """What is wrong with an object on clusters of a minor."""
    found = check.Checked()
    check.check(manifest, of(minor), Definitions(()), found)
    return [each.message for each in found.problems]


def deployment(image: str, **more: Any) -> dict[str, Any]:
    labels = {"app": "web"}
    pod = {"containers": [{"name": "web", "image": image, "ports": [{"containerPort": 80}]}], **more}
    spec = {
        "selector": {"matchLabels": labels},
        "replicas": 2,
        "template": {"metadata": {"labels": labels}, "spec": pod},
    }
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}


def turned(value: Any) -> Any:
    """The same with its keys the other way round, as a recording may have them."""
    if isinstance(value, dict):
        return {key: turned(value[key]) for key in reversed(value)}
    return [turned(each) for each in value] if isinstance(value, list) else value


def test_what_one_minor_accepts_is_not_judged_by_all() -> None:
    told(deployment("example.com/first:1"), None)  # reads the table
    alone = calls(partial(told, deployment("example.com/alone:1"), None))
    drawn = deployment("example.com/drawn:1")
    assert told(drawn, 35) == []
    assert calls(partial(told, turned(drawn), None)) < alone / 2


def test_what_one_minor_refuses_is_judged_by_all() -> None:
    wrong = deployment("example.com/wrong:1", hostNetwork="yes")
    assert len(told(wrong, 35)) == 1
    assert told(turned(wrong), None) == told(wrong, 35)


def test_what_all_minors_accept_is_judged_by_one() -> None:
    newest, oldest = _table()["minors"][1], _table()["minors"][0]
    drawn = deployment("example.com/new:1", schedulingGroup={"podGroupName": "a"})
    assert told(drawn, None) == []
    assert told(drawn, newest) == []
    assert any("is new in Kubernetes" in each for each in told(drawn, oldest))


def test_what_a_newer_minor_may_accept_is_judged_by_those_that_are_known() -> None:
    newest = _table()["minors"][1]
    drawn = deployment("example.com/future:1", notYetThere=True)
    assert told(drawn, newest + 4) == []
    assert len(told(drawn, newest)) == 1
    assert len(told(drawn, None)) == 1


def test_a_field_takes_the_same_in_every_minor_that_has_it() -> None:
    for kind, said in _table()["kinds"].items():
        assert len({run.partition("@")[0] for run in said.split(" ")[1:]}) == 1, kind
    for name, runs in _table()["types"].items():
        taken: dict[str, set[str]] = {}
        for run in runs.split():
            field, _, word = run.partition(":")
            taken.setdefault(field, set()).add(word.partition("@")[0])
        assert all(len(each) == 1 for each in taken.values()), name
