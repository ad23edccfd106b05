# ruff: noqa: E501 - one case a line
"""The arithmetic of autoscalers beside the real kube-controller-manager: both say the same about the same pods."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from eks_blueprints.kubernetes.autoscaler.controller import decisions
from eks_blueprints.kubernetes.autoscaler.observed import Config, Moment, Pod

from .running import Nodes, running, why_not
from .test_scheduled import METRICS, until

SPACE = "scaling"
CONFIG = Config(cpu_initialization_period=0, initial_readiness_delay=0)
"""As the controller is started here: pods are ready as soon as they are."""
_SYNCS = 12
"""Seconds in which the controller looks several times."""


def external(name: str) -> dict[str, Any]:
    """What lets a test write the values of an external metric as objects."""
    crd = {**METRICS, "metadata": {**METRICS["metadata"], "name": f"{name}.external.metrics.k8s.io"}}
    names = {"kind": f"{name.capitalize()}Value", "plural": name}
    return {**crd, "spec": {**METRICS["spec"], "group": "external.metrics.k8s.io", "names": names}}


def resource(name: str, container: str = "", **target: Any) -> dict[str, Any]:
    kind = "Utilization" if "averageUtilization" in target else "AverageValue"
    part = {"name": name, "target": {"type": kind, **target}}
    if container:
        return {"type": "ContainerResource", "containerResource": {**part, "container": container}}
    return {"type": "Resource", "resource": part}


def queue(**target: Any) -> dict[str, Any]:
    kind = "Value" if "value" in target else "AverageValue"
    return {"type": "External", "external": {"metric": {"name": "queue"}, "target": {"type": kind, **target}}}


NOW = {"scaleDown": {"stabilizationWindowSeconds": 0}}
CASES: dict[str, tuple[list[dict[str, Any]], Any, list[tuple[int, int] | None]]] = {
    "up": ([resource("cpu", averageUtilization=50)], None, [(90, 0), (70, 0), (80, 0)]),
    "capped": ([resource("cpu", averageUtilization=10)], None, [(200, 50)]),
    "within": ([resource("cpu", averageUtilization=50)], None, [(50, 0), (30, 20)]),
    "tolerant": ([resource("cpu", averageUtilization=50)], {"scaleUp": {"tolerance": "0.7"}}, [(80, 0), (80, 0)]),
    "strict": ([resource("cpu", averageUtilization=50)], {"scaleUp": {"tolerance": "0"}}, [(51, 1), (51, 1)]),
    "down": ([resource("cpu", averageUtilization=50)], NOW, [(10, 0), (10, 5), (20, 0), (10, 0)]),
    "held": ([resource("cpu", averageUtilization=50)], None, [(10, 0), (10, 0), (10, 0)]),
    "missing-up": ([resource("cpu", averageUtilization=20)], None, [(90, 10), None]),
    "missing-down": ([resource("cpu", averageUtilization=80)], NOW, [(5, 5), (5, 5), None, (5, 5)]),
    "amount": ([resource("cpu", averageValue="40m")], None, [(50, 30), (50, 30)]),
    "container": ([resource("cpu", "web", averageUtilization=50)], None, [(90, 0), (90, 0)]),
    "two": ([resource("cpu", averageUtilization=50), resource("cpu", "side", averageUtilization=90)], None, [(20, 95), (20, 99)]),
    "fails": ([resource("memory", averageUtilization=50), resource("cpu", averageUtilization=90)], NOW, [(10, 0), (10, 0)]),
    "queue": ([queue(averageValue="30")], None, [(1, 0), (1, 0)]),
    "whole": ([queue(value="40")], None, [(1, 0), (1, 0)]),
    "slow": ([resource("cpu", averageUtilization=10)], {"scaleUp": {"policies": [{"type": "Pods", "value": 1, "periodSeconds": 600}]}}, [(90, 9)]),
    "never": ([resource("cpu", averageUtilization=10)], {"scaleUp": {"selectPolicy": "Disabled"}}, [(90, 9)]),
}  # fmt: skip
"""By name: metrics, behavior, and what the two containers of each pod use, in percent of what they request."""


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """Controllers, with nodes that have room."""
    if reason := why_not():
        pytest.skip(reason)
    with running(tmp_path_factory.mktemp("autoscaler")) as found:
        for number in range(6):
            found.add(f"n{number}", "a", {}, [])
        home = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}}
        for kind in (home, METRICS, external("queue")):
            assert found.server.made(kind) == ""
        for path in (USED, VALUES):
            until(lambda path=path: found.server.call(path)[0] == 200, lambda path=path: path)  # type: ignore[misc]
        value = {"apiVersion": "external.metrics.k8s.io/v1beta1", "kind": "QueueValue", "metadata": {"name": "queue"}}
        assert (
            found.server.call(VALUES, {**value, "metricName": "queue", "value": "100", "timestamp": _now()})[0] == 201
        )
        for name, case in CASES.items():
            _make(found, name, case[2])
        for name, case in CASES.items():
            until(lambda name=name, case=case: len(_pods(found, name)) == len(case[2]), lambda: _events(found))  # type: ignore[misc]
            _measure(found, name, case[2])
        for name, case in CASES.items():
            said = found.server.made(_scaler(name, case))
            assert said == "", said
        yield found


USED = f"/apis/metrics.k8s.io/v1beta1/namespaces/{SPACE}/pods"
VALUES = f"/apis/external.metrics.k8s.io/v1beta1/namespaces/{SPACE}/queue"


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _make(nodes: Nodes, name: str, used: list[Any]) -> None:
    labels = {"app": name}
    requests = {"resources": {"requests": {"cpu": "100m"}}}
    containers = [{"name": each, "image": "example.com/a:1", **requests} for each in ("web", "side")]
    template = {"metadata": {"labels": labels}, "spec": {"containers": containers}}
    spec = {"replicas": len(used), "selector": {"matchLabels": labels}, "template": template}
    metadata = {"name": name, "namespace": SPACE}
    assert nodes.server.made({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}) == ""


def _pods(nodes: Nodes, name: str) -> list[dict[str, Any]]:
    found = nodes.server.call(f"/api/v1/namespaces/{SPACE}/pods?labelSelector=app%3D{name}")[1].get("items") or []
    return [each for each in found if each["status"]["phase"] == "Running"]


def _events(nodes: Nodes) -> list[Any]:
    events = nodes.server.call(f"/api/v1/namespaces/{SPACE}/events")[1].get("items") or ()
    return [each.get("message") for each in events][-12:]


def _measure(nodes: Nodes, name: str, used: list[tuple[int, int] | None]) -> None:
    for pod, each in zip(_pods(nodes, name), used, strict=True):
        if each is None:
            continue
        metadata = {key: pod["metadata"][key] for key in ("name", "namespace", "labels")}
        containers = [
            {"name": key, "usage": {"cpu": f"{amount}m"}} for key, amount in zip(("web", "side"), each, strict=True)
        ]
        kind = {"apiVersion": "metrics.k8s.io/v1beta1", "kind": "PodMetrics", "timestamp": _now(), "window": "30s"}
        assert nodes.server.call(USED, {**kind, "metadata": metadata, "containers": containers})[0] == 201


def _scaler(name: str, case: Any) -> dict[str, Any]:
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name, "namespace": SPACE},
        "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}, **_spec(case)},
    }


def _spec(case: Any) -> dict[str, Any]:
    metrics, behavior, _ = case
    return {"minReplicas": 1, "maxReplicas": 20, "metrics": metrics, **({"behavior": behavior} if behavior else {})}


def _computed(case: Any) -> int:
    requests = {"web": {"cpu": 100}, "side": {"cpu": 100}}
    pods = tuple(
        Pod(name=f"p{n}", requests=requests, usage=None if each is None else {"web": {"cpu": each[0]}, "side": {"cpu": each[1]}})
        for n, each in enumerate(case[2])
    )  # fmt: skip
    moment = Moment(pods=pods, external={"queue": (100_000,)})
    return next(decisions(_spec(case), len(case[2]), [moment], CONFIG)).desired


def _first(nodes: Nodes, name: str) -> int | None:
    """The number of pods that the controller set first; None where it has set none."""
    selector = f"involvedObject.name%3D{name},involvedObject.kind%3DHorizontalPodAutoscaler"
    events = nodes.server.call(f"/api/v1/namespaces/{SPACE}/events?fieldSelector={selector}")[1].get("items") or []
    scaled = [each for each in events if each["reason"] == "SuccessfulRescale"]
    scaled.sort(
        key=lambda each: (each["firstTimestamp"], each["metadata"]["creationTimestamp"], each["metadata"]["name"])
    )
    return int(scaled[0]["message"].partition("New size: ")[2].partition(";")[0]) if scaled else None


@pytest.mark.parametrize("name", CASES)
def test_the_controller_makes_as_many_pods(name: str, nodes: Nodes) -> None:
    case = CASES[name]
    expected, current = _computed(case), len(case[2])
    path = f"/apis/autoscaling/v2/namespaces/{SPACE}/horizontalpodautoscalers/{name}"

    def looked() -> bool:
        conditions = (nodes.server.call(path)[1].get("status") or {}).get("conditions") or ()
        return any(each["type"] == "ScalingActive" for each in conditions)

    until(looked, lambda: nodes.server.call(path)[1].get("status"))
    if expected != current:
        until(lambda: _first(nodes, name) is not None, lambda: nodes.server.call(path)[1].get("status"))
        assert _first(nodes, name) == expected
    else:
        time.sleep(_SYNCS if name == next(iter(CASES)) else 3)
        assert _first(nodes, name) is None
