"""Which nodes Karpenter takes away first, asked of its own controller: what the library says is held against it.

Nodes are made by NodeClaims of given instance types, and marked as ready, as a kubelet would; pods are bound to them.
Then the budgets of the pools, which were 0 so far, let Karpenter go on. `--update-golden` writes what it did, which the
tests without it read. Each case takes half a minute: Karpenter looks again after 15 seconds before it does anything.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.provisioning import pools
from tests.provisioning.disrupted import CASES, DISRUPTED, Case, apart, case

from .karpenter import CLAIMS, NODES, PODS, POOLS, controlled, emptied, now, put, ready, until
from .started import ApiServer

_PATIENCE = 32.0
"""Seconds in which Karpenter has looked and looked again: 10, 15, and some to spare."""
_BUDGETS = "/apis/policy/v1/namespaces/default/poddisruptionbudgets"


@pytest.fixture(scope="module")
def controller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    folder = tmp_path_factory.mktemp("karpenter")
    with controlled(folder, FEATURE_GATES="SpotToSpotConsolidation=true") as server:
        yield server


def _conditions(each: dict[str, Any]) -> dict[str, Any]:
    return {e["type"]: e for e in (each.get("status") or {}).get("conditions") or ()}


def _holds(each: dict[str, Any], condition: str) -> bool:
    return (_conditions(each).get(condition) or {}).get("status") == "True"


def _claim(node: dict[str, Any], labels: dict[str, str]) -> dict[str, Any]:
    wanted = (
        (pools.TYPE, f"{node['family']}.{node['size']}"),
        ("topology.kubernetes.io/zone", node["zone"]),
        (pools.CAPACITY_TYPE, node["kind"]),
    )
    annotations = {"karpenter.sh/do-not-disrupt": "true"} if node["stays"] else {}
    metadata = {
        "name": node["name"],
        "labels": {"karpenter.sh/nodepool": node["pool"], **labels},
        "annotations": annotations,
    }
    spec = {
        "nodeClassRef": {"group": pools.GROUP, "kind": "KWOKNodeClass", "name": "default"},
        "requirements": [{"key": key, "operator": "In", "values": [value]} for key, value in wanted],
        "resources": {"requests": {}},
        "expireAfter": "Never",
    }
    return {"apiVersion": "karpenter.sh/v1", "kind": "NodeClaim", "metadata": metadata, "spec": spec}


def _claims(server: ApiServer) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in server.call(CLAIMS)[1]["items"]}


def _made_ready(server: ApiServer, found: Case) -> dict[str, str]:
    """The nodes of a case are there; their names by those of their claims."""
    wanted = {each["name"] for each in found.nodes}

    def registered() -> bool:
        claims = _claims(server)
        return wanted <= {name for name, each in claims.items() if _holds(each, "Registered")}

    until(registered, lambda: server.call(CLAIMS)[1])
    names = {name: each["status"]["nodeName"] for name, each in _claims(server).items()}
    resources = {each.name: each.resources for each in pools.types()}
    for each in found.nodes:
        has = resources[f"{each['family']}.{each['size']}"]
        at = f"{NODES}/{names[each['name']]}"
        server.call(f"{at}/status", {"status": {"capacity": has, "conditions": [_ready_now()]}}, "PATCH")
        server.call(at, {"spec": {"taints": []}}, "PATCH")

    def initialized() -> bool:
        return wanted <= {name for name, each in _claims(server).items() if _holds(each, "Initialized")}

    until(initialized, lambda: server.call(CLAIMS)[1])
    return names


def _ready_now() -> dict[str, Any]:
    return {"type": "Ready", "status": "True", "reason": "Ready", "lastTransitionTime": now(), "message": ""}


def _pod(server: ApiServer, each: dict[str, Any], names: dict[str, str]) -> None:
    spec = {key: value for key, value in each["spec"].items() if key != "on"}
    put(server, {**each, "spec": {**spec, "nodeName": names[each["spec"]["on"]]}})
    status = {"phase": "Running", "startTime": now(), "conditions": [_ready_now()]}
    server.call(f"{PODS}/{each['metadata']['name']}/status", {"status": status}, "PATCH")


def _disrupted(server: ApiServer, number: int) -> dict[str, Any]:
    """What the controller does first to the nodes of one case."""
    found = case(number)
    server.call(_BUDGETS, method="DELETE")
    emptied(server)
    labels = {}
    for each in found.pools:
        held = {**each["spec"], "disruption": {"consolidateAfter": "Never", "budgets": [{"nodes": "0"}]}}
        put(server, {**each, "spec": held})
        labels[each["metadata"]["name"]] = each["spec"]["template"]["metadata"]["labels"]
    for each in found.daemons:
        put(server, each)
    until(lambda: ready(server), lambda: server.call(POOLS)[1])
    for each in found.nodes:
        put(server, _claim(each, labels[each["pool"]]))
    names = _made_ready(server, found)
    for each in found.budgets:
        _pod_budget(server, each)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda each: _pod(server, each, names), found.pods))
    drifts = sum(each["family"] not in json.dumps(found.pools) for each in found.nodes)
    time.sleep(1.5 + drifts)  # for what the controller watches to reach it
    for each in found.pools:
        rules = {"spec": {"disruption": each["spec"]["disruption"]}}
        server.call(f"{POOLS}/{each['metadata']['name']}", rules, "PATCH")
    return _first(server, set(names))


def _pod_budget(server: ApiServer, each: dict[str, Any]) -> None:
    spec: dict[str, Any] = {"selector": {"matchLabels": {"app": each["app"]}}}
    spec |= {"maxUnavailable": 0} if each["never"] else {"minAvailable": 1}
    name = {"name": each["app"], "namespace": "default"}
    assert (
        server.call(
            _BUDGETS, {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": name, "spec": spec}
        )[0]
        == 201
    )
    counts = {"disruptionsAllowed": each["allowed"], "currentHealthy": 9, "desiredHealthy": 1, "expectedPods": 9}
    server.call(f"{_BUDGETS}/{each['app']}/status", {"status": {**counts, "observedGeneration": 1}}, "PATCH")


def _first(server: ApiServer, mine: set[str]) -> dict[str, Any]:
    end = time.monotonic() + _PATIENCE
    reasons: dict[str, str] = {}
    while time.monotonic() < end and not reasons:
        time.sleep(0.1)
        reasons = _going(server, mine)
    if not reasons:
        return {}
    last = time.monotonic() + 1.5  # Each node is marked by itself, then the new ones are asked for.
    launched: dict[str, Any] = {}
    while time.monotonic() < last:
        reasons |= {name: why for name, why in _going(server, mine).items() if why or name not in reasons}
        launched |= {name: each for name, each in _claims(server).items() if name not in mine}
        time.sleep(0.1)
    new = [
        [
            each["metadata"]["labels"]["karpenter.sh/nodepool"],
            _values(each, pools.TYPE),
            _values(each, pools.CAPACITY_TYPE),
        ]
        for each in launched.values()
    ]
    (reason,) = {why for why in reasons.values() if why} or {""}
    return {"reason": reason, "nodes": sorted(reasons), "launched": sorted(new)}


def _going(server: ApiServer, mine: set[str]) -> dict[str, str]:
    """Nodes that go, and why where that is said."""
    claims = _claims(server)
    found = dict.fromkeys(mine - set(claims), "")
    for name in mine & set(claims):
        said = _conditions(claims[name]).get("DisruptionReason") or {}
        if said.get("status") == "True":
            found[name] = said["reason"]
        elif claims[name]["metadata"].get("deletionTimestamp"):
            found[name] = ""
    return found


def _values(claim: dict[str, Any], key: str) -> str:
    (found,) = [each["values"] for each in claim["spec"]["requirements"] if each["key"] == key]
    return ",".join(sorted(found))


def test_the_same_nodes_go_first(controller: ApiServer, request: pytest.FixtureRequest) -> None:
    update_golden = request.config.getoption("--update-golden")
    numbers = range(int(os.environ.get("N_CASES", CASES))) if update_golden else range(0, CASES, 12)
    found: dict[str, Any] = {}
    part = Path(f"{DISRUPTED}.part")
    if update_golden and part.exists():  # what an earlier run has written, which was stopped
        found = json.loads(part.read_text())
    for number in numbers:
        if str(number) not in found:
            found[str(number)] = _disrupted(controller, number)
            if update_golden:
                part.write_text(json.dumps(found))
    if update_golden:
        rows = [f"{json.dumps(number)}: {json.dumps(said, separators=(',', ':'))}" for number, said in found.items()]
        DISRUPTED.write_text("{\n" + ",\n".join(rows) + "\n}\n")
        part.unlink()
    others = list(apart(found))
    assert len(others) <= len(found) // 20, "\n".join(others)
