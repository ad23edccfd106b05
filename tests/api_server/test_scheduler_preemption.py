"""Which pods kube-scheduler evicts for another, and on which node: what the library says is held against it.

All cases are in one cluster, apart from each other, so that one scheduler judges them in one go. Nothing ends the pods
that it evicts: they stay, with the time of their deletion. `--update-golden` writes what it did.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.scheduling.contested import CLASSES, Case, case
from tests.scheduling.judged import CONTESTED, PREEMPTED, preempted_apart

from .judging import configuration, put, put_nodes, scheduling, until, written
from .running import why_not
from .started import ApiServer, started

_QUIET = 5.0
"""Seconds without a pod that is evicted, after which none comes any more."""


def test_the_scheduler_evicts_the_same_pods(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if reason := why_not():
        pytest.skip(reason)
    cases = {str(number): case(number) for number in range(CONTESTED)}
    with started(tmp_path) as server:
        settings = tmp_path / "settings.json"
        settings.write_text(json.dumps(configuration(tmp_path, server, {})))
        for name, value in CLASSES.items():
            if name:
                put(server, _priority(name, value))
        for each in cases.values():
            _put(server, each)
        with scheduling(tmp_path, settings) as process:
            until(lambda: not _untried(server, cases), process, lambda: _untried(server, cases))
            found = _settled(server, cases)
    if request.config.getoption("--update-golden"):
        written(PREEMPTED, found)
    assert list(preempted_apart(found)) == []


def _priority(name: str, value: int) -> dict[str, Any]:
    policy = "Never" if name == "patient" else "PreemptLowerPriority"
    found = {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": name}}
    return {**found, "value": value, "preemptionPolicy": policy}


def _put(server: ApiServer, given: Case) -> None:
    space = given.waiting["metadata"]["namespace"]
    put(server, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space}})
    put_nodes(server, given.nodes, given.limits)
    for manifest in (*given.volumes, *given.claims, *given.running, given.waiting):
        put(server, manifest)
    for manifest in given.running:
        name, space = manifest["metadata"]["name"], manifest["metadata"]["namespace"]
        began = datetime.fromtimestamp(given.since[name], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        path = f"/api/v1/namespaces/{space}/pods/{name}/status"
        status, said = server.call(path, {"status": {"phase": "Running", "startTime": began}}, "PATCH")
        assert status == 200, said
    for manifest in given.budgets:
        put(server, manifest)
        metadata = manifest["metadata"]
        path = f"/apis/policy/v1/namespaces/{metadata['namespace']}/poddisruptionbudgets/{metadata['name']}/status"
        status, said = server.call(path, {"status": {**manifest["status"], "observedGeneration": 1}}, "PATCH")
        assert status == 200, said


def _pods(server: ApiServer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = server.call("/api/v1/pods")[1]["items"]
    return found


def _untried(server: ApiServer, cases: dict[str, Case]) -> list[str]:
    """The pods that wait and were not tried yet."""
    waiting = {each.waiting["metadata"]["name"] for each in cases.values()}
    tried = {pod["metadata"]["name"] for pod in _pods(server) if (pod.get("status") or {}).get("conditions")}
    return sorted(waiting - tried)


def _settled(server: ApiServer, cases: dict[str, Case]) -> dict[str, tuple[str, list[str]]]:
    """The node that each pod waits for, and the pods that leave it, when no more leave: evictions follow in a while."""
    found, since = _seen(server, cases), time.monotonic()
    while time.monotonic() - since < _QUIET:
        time.sleep(0.5)
        if (now := _seen(server, cases)) != found:
            found, since = now, time.monotonic()
    return found


def _seen(server: ApiServer, cases: dict[str, Case]) -> dict[str, tuple[str, list[str]]]:
    node: dict[str, str] = {}
    leaving: dict[str, list[str]] = {}
    for pod in _pods(server):
        metadata = pod["metadata"]
        number = metadata["namespace"].removeprefix("case-")
        if metadata["name"] == cases[number].waiting["metadata"]["name"]:
            node[number] = (pod.get("status") or {}).get("nominatedNodeName") or ""
        elif "deletionTimestamp" in metadata:
            leaving.setdefault(number, []).append(metadata["name"])
    return {number: (node[number], sorted(leaving.get(number, []))) for number in cases}
