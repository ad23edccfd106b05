"""The arithmetic of the HorizontalPodAutoscaler's controller, held against what that controller answers.

`autoscaler_verdicts.json` holds moments that were made up, and the answers of kube-controller-manager's own code to
them: how many pods metrics want, whether one of them fails, and how many pods there are then.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.kubernetes.autoscaler.controller import Decision, decisions
from eks_blueprints.kubernetes.autoscaler.limits import rules
from eks_blueprints.kubernetes.autoscaler.observed import Config, Moment, Pod
from eks_blueprints.kubernetes.autoscaler.proposals import TooLargeError

VERDICTS = json.loads(Path(__file__).with_name("autoscaler_verdicts.json").read_text(encoding="utf-8"))


def moment(said: dict[str, Any]) -> Moment:
    pods = tuple(Pod(**each) for each in said.get("pods", ()))
    external = {name: tuple(series) for name, series in said.get("external", {}).items()}
    metrics: dict[str, Any] = {"pods_metrics": said.get("custom", {}), "objects": said.get("object", {})}
    return Moment(at=said["at"], replicas=said.get("replicas"), pods=pods, external=external, **metrics)


@pytest.mark.parametrize("number", range(len(VERDICTS["cases"])))
def test_the_controller_answers_the_same(number: int) -> None:
    case = VERDICTS["cases"][number]
    config = Config(**VERDICTS["settings"])
    found = decisions(case["spec"], case["replicas"], map(moment, case["steps"]), config)
    said = [[each.wanted, any(one.error for one in each.proposals), each.desired] for each in found]
    assert said == case["answers"]


def cpu(share: int) -> list[dict[str, Any]]:
    target = {"type": "Utilization", "averageUtilization": share}
    return [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]


def pods(*used: int | None, request: int = 1000, **more: Any) -> tuple[Pod, ...]:
    """Pods that request one core each, by thousandths of it that they use; None is one without a sample."""
    return tuple(
        Pod(
            name=f"p{number}",
            requests={"main": {"cpu": request}},
            usage=None if each is None else {"main": {"cpu": each}},
            **more,
        )
        for number, each in enumerate(used)
    )


def once(
    current: int, target: int, seen: tuple[Pod, ...], most: int = 100, config: Config | None = None, **spec: Any
) -> Decision:
    said = {"minReplicas": 1, "maxReplicas": most, "metrics": cpu(target), **spec}
    return next(decisions(said, current, [Moment(pods=seen)], config or Config()))


@pytest.mark.parametrize(
    ("current", "target", "used", "wanted"),
    [
        (3, 30, (300, 500, 700), 5),
        (3, 50, (1500, 1500, 1500), 9),
        (5, 50, (100, 300, 500, 250, 250), 3),
        (3, 100, (1010, 1030, 1020), 3),  # within a tenth
        (3, 100, (1100, 1100, 1100), 3),  # the end of the tolerance is within it
        (3, 100, (1110, 1110, 1110), 4),
        (10, 100, (890,) * 10, 9),
        (4, 100, (None, 950, None, 950), 4),  # missing pods do not turn a small change into a large one
        (2, 100, (1000, None), 2),
        (2, 50, (1900, None), 4),  # on the way up a pod without a sample uses nothing
        (2, 50, (100, None), 2),  # and on the way down all that it requests, which would be more pods
        (4, 300, (300, None, 900, None), 3),  # above 100 % it counts as at the target
    ],
)
def test_pods_by_their_use(current: int, target: int, used: tuple[int | None, ...], wanted: int) -> None:
    assert once(current, target, pods(*used)).wanted == wanted


def test_hp_02_three_pods_become_nine_or_the_maximum_and_three_again() -> None:
    at_once = {"scaleUp": {"policies": [{"type": "Pods", "value": 100, "periodSeconds": 15}]}}
    assert once(3, 50, pods(*(1500,) * 3), 10, minReplicas=3, behavior=at_once).desired == 9
    twice = once(3, 50, pods(*(2000,) * 3), 10, minReplicas=3, behavior=at_once)
    assert (twice.wanted, twice.desired) == (12, 10)
    seen = [Moment(at=at, pods=pods(*(100,) * 9)) for at in (0.0, 600.0)]
    spec = {"minReplicas": 3, "maxReplicas": 10, "metrics": cpu(50)}
    assert [each.desired for each in decisions(spec, 9, seen, Config())] == [9, 3]


def test_pods_that_have_not_been_ready_use_nothing_yet() -> None:
    young = Pod(
        name="young",
        ready=False,
        started=60,
        changed=60,
        requests={"main": {"cpu": 1000}},
        usage={"main": {"cpu": 900}},
    )
    assert once(3, 30, (*pods(500, 700), young)).wanted == 4
    assert once(3, 30, (*pods(300, 500), young)).wanted == 3


def test_pods_that_fail_or_go_are_not_counted() -> None:
    gone = pods(900, 900, deleting=True)
    assert (
        once(2, 30, (*pods(500, 700), *(Pod(**{**vars_of(each), "name": f"gone-{each.name}"}) for each in gone))).wanted
        == 4
    )


def vars_of(pod: Pod) -> dict[str, Any]:
    return {name: getattr(pod, name) for name in Pod.__dataclass_fields__}


def test_a_metric_that_fails_never_leads_to_fewer_pods() -> None:
    queue = {"metric": {"name": "queue"}, "target": {"type": "AverageValue", "averageValue": "10"}}
    metrics = [*cpu(50), {"type": "External", "external": queue}]
    low = once(4, 50, pods(100, 100, 100, 100), metrics=metrics)
    assert (low.wanted, low.desired) == (None, 4)
    high = once(4, 50, pods(900, 900, 900, 900), metrics=metrics)
    assert (high.wanted, high.desired) == (8, 8)


def test_a_request_that_is_missing_fails_the_metric() -> None:
    bare = Pod(name="bare", requests={"main": {}}, usage={"main": {"cpu": 100}})
    (found,) = once(1, 50, (bare,)).proposals
    assert found.error == "missing request for cpu in a container of pod bare"


def series(spec: dict[str, Any], replicas: int, *levels: tuple[float, int]) -> list[int]:
    """Pods over time, by what each of them uses then."""
    state = {"count": replicas}

    def seen() -> Any:
        for at, level in levels:
            yield Moment(at=at, pods=pods(*[level] * state["count"]))

    found = []
    for each in decisions(
        {"minReplicas": 1, "maxReplicas": 100, "metrics": cpu(50), **spec}, replicas, seen(), Config()
    ):
        state["count"] = each.desired
        found.append(each.desired)
    return found


def test_fewer_pods_only_after_five_minutes() -> None:
    assert series({}, 8, (0, 500), (15, 250), (200, 250), (316, 250), (700, 250)) == [8, 8, 8, 4, 2]


def test_at_most_twice_the_pods_or_four() -> None:
    assert series({}, 1, (0, 5000), (15, 5000), (30, 5000)) == [4, 8, 16]


def test_rates_look_back_over_their_period() -> None:
    up = {"policies": [{"type": "Pods", "value": 2, "periodSeconds": 60}]}
    assert series({"behavior": {"scaleUp": up}}, 2, (0, 2000), (30, 2000), (61, 2000)) == [4, 4, 6]


def test_down_can_be_disabled_and_up_stabilized() -> None:
    assert series({"behavior": {"scaleDown": {"selectPolicy": "Disabled"}}}, 6, (0, 100), (400, 100)) == [6, 6]
    up = {"stabilizationWindowSeconds": 60}
    assert series({"behavior": {"scaleUp": up}}, 2, (0, 500), (10, 1000), (61, 1000)) == [2, 2, 4]


def test_behavior_is_completed_as_by_the_server() -> None:
    assert rules({"scaleUp": {"selectPolicy": "Min"}}, "scaleUp")["policies"][0] == {
        "type": "Pods",
        "value": 4,
        "periodSeconds": 15,
    }
    assert "stabilizationWindowSeconds" not in rules({}, "scaleDown")


@pytest.mark.parametrize(("allowed", "wanted"), [(True, 3), (False, 4)])
def test_the_tolerance_of_an_autoscaler_counts_where_the_gate_is_on(allowed: bool, wanted: int) -> None:
    behavior = {"scaleUp": {"tolerance": "0.5"}}
    config = Config(configurable_tolerance=allowed)
    assert once(3, 50, pods(600, 600, 600), config=config, behavior=behavior).wanted == wanted


def test_what_the_controller_cannot_count_is_refused() -> None:
    with pytest.raises(TooLargeError, match="the controller counts to 2147483647"):
        once(1, 50, pods(10**12, request=1))


@pytest.mark.parametrize(("current", "desired"), [(0, 0), (20, 10), (1, 2)])
def test_bounds_come_before_metrics(current: int, desired: int) -> None:
    found = once(current, 50, pods(*[500] * current), most=10, minReplicas=2)
    assert (found.desired, found.proposals) == (desired, [])
