"""Which nodes Karpenter launches, asked of its own controller: what the library says is held against it.

The controller is the one that Karpenter's authors run on KWOK, with instance types of these tests. Pods are marked as
unschedulable, as kube-scheduler would; then its NodeClaims are read. `--update-golden` writes what it launched, which
the tests without it read.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.scheduling.amounts import amount
from tests.provisioning import pools
from tests.provisioning.packed import CASES, PACKED, apart

from .karpenter import CLAIMS, NODES, PODS, POOLS, controlled, emptied, now, put, ready, until
from .started import ApiServer

_QUIET = 3.0
"""Seconds without a new NodeClaim after which none more comes: three times the time in which pods are gathered."""


@pytest.fixture(scope="module")
def controller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    with controlled(tmp_path_factory.mktemp("karpenter")) as server:
        yield server


def _marked(server: ApiServer, pod: dict[str, Any]) -> None:
    mark = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "lastTransitionTime": now()}
    said = {"status": {"phase": "Pending", "conditions": [mark]}}
    server.call(f"{PODS}/{pod['metadata']['name']}/status", said, "PATCH")


def _packed(server: ApiServer, number: int) -> dict[str, Any]:
    """What the controller launches for one case."""
    case = pools.case(number)
    emptied(server)
    for node in case.nodes:
        put(server, {**node, "status": {}})
        name = node["metadata"]["name"]
        server.call(f"{NODES}/{name}/status", {"status": node["status"]}, "PATCH")
        server.call(f"{NODES}/{name}", {"spec": {"taints": []}}, "PATCH")
    for each in (*case.pools, *case.daemons, *case.running):
        put(server, each)
    for each in case.running:
        server.call(f"{PODS}/{each['metadata']['name']}/status", {"status": {"phase": "Running"}}, "PATCH")
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda each: put(server, each), case.waiting))
        until(lambda: ready(server), lambda: server.call(POOLS)[1])
        time.sleep(0.5)  # for what the controller watches to reach it
        list(threads.map(lambda each: _marked(server, each), case.waiting))
    found: list[dict[str, Any]] = []
    last = time.monotonic()
    while time.monotonic() - last < _QUIET:
        there = server.call(CLAIMS)[1]["items"]
        if len(there) != len(found):
            found, last = there, time.monotonic()
        time.sleep(0.1)
    pods = [each for each in server.call(PODS)[1]["items"] if each["metadata"]["name"].startswith("wait-")]
    pods.sort(key=lambda each: (each["metadata"]["creationTimestamp"], each["metadata"]["uid"]))
    listed: list[str] = []
    claims = []
    for each in found:
        types = _values(each, pools.TYPE)
        if types not in listed:
            listed.append(types)
        asked = each["spec"]["resources"]["requests"]
        total = [amount(name, asked.get(name, 0)) for name in ("pods", "cpu", "memory")]
        claims.append([each["metadata"]["labels"]["karpenter.sh/nodepool"], *total, listed.index(types)])
    order = [each["metadata"]["name"] for each in pods]
    return {"order": order, "types": listed, "claims": sorted(claims), "waiting": _refused(server, order)}


def _values(claim: dict[str, Any], key: str) -> str:
    (found,) = [each["values"] for each in claim["spec"]["requirements"] if each["key"] == key]
    return ",".join(sorted(found))


def _refused(server: ApiServer, order: list[str]) -> list[str]:
    """Pods of which the controller says in an event that it could not place them."""
    events = server.call("/api/v1/namespaces/default/events")[1].get("items") or ()
    failed = {e["involvedObject"]["uid"] for e in events if e.get("reason") == "FailedScheduling"}
    pods = {e["metadata"]["name"]: e["metadata"]["uid"] for e in server.call(PODS)[1]["items"]}
    return sorted(name for name in order if pods.get(name) in failed)


def test_the_same_nodes_are_launched(controller: ApiServer, request: pytest.FixtureRequest) -> None:
    update_golden = request.config.getoption("--update-golden")
    numbers = range(CASES) if update_golden else range(0, CASES, 20)
    found: dict[str, Any] = {}
    part = Path(f"{PACKED}.part")
    if update_golden and part.exists():  # what an earlier run has written, which was stopped
        found = json.loads(part.read_text())
    for number in numbers:
        if str(number) not in found:
            found[str(number)] = _packed(controller, number)
            if update_golden:
                part.write_text(json.dumps(found))
    if update_golden:
        rows = [f"{json.dumps(number)}: {json.dumps(said, separators=(',', ':'))}" for number, said in found.items()]
        PACKED.write_text("{\n" + ",\n".join(rows) + "\n}\n")
        part.unlink()
    others = list(apart(found))
    assert len(others) <= len(found) // 20, "\n".join(others)
