"""Which nodes Karpenter launches, asked of its own controller: what the library says is held against it.

The controller is the one that Karpenter's authors run on KWOK, with instance types of these tests. Pods are marked as
unschedulable, as kube-scheduler would; then its NodeClaims are read. `--update-golden` writes what it launched, which
the tests without it read.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.scheduling.amounts import amount
from tests.provisioning import pools
from tests.provisioning.packed import CASES, PACKED, apart

from .started import ApiServer, started, why_not

_CONTROLLER = "karpenter-kwok"
_KINDS = {
    "karpenter.sh/v1": ("NodePool", "NodeClaim"),
    "karpenter.sh/v1alpha1": ("NodeOverlay",),
    "karpenter.kwok.sh/v1alpha1": ("KWOKNodeClass",),
    "autoscaling.x-k8s.io/v1beta1": ("CapacityBuffer",),
}
_QUIET = 3.0
"""Seconds without a new NodeClaim after which none more comes: three times the time in which pods are gathered."""
_PATIENCE = 60


@pytest.fixture(scope="module")
def controller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    reason = why_not() or ("" if shutil.which(_CONTROLLER) else f"{_CONTROLLER} is not on the PATH")
    if reason:
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("karpenter")
    with started(folder) as server:
        for api_version, kinds in _KINDS.items():
            for kind in kinds:
                _define(server, api_version, kind)
        (folder / "kubeconfig").write_text(server.kubeconfig)
        (folder / "types.json").write_text(json.dumps(pools.types_of_kwok()))
        settings = {
            "KUBECONFIG": str(folder / "kubeconfig"),
            "INSTANCE_TYPES_FILE_PATH": str(folder / "types.json"),
            "DISABLE_LEADER_ELECTION": "true",
            "LOG_LEVEL": "error",
            "METRICS_PORT": "0",
            "HEALTH_PROBE_PORT": "0",
            "BATCH_IDLE_DURATION": "1s",
            "SYSTEM_NAMESPACE": "kube-system",
        }
        with (folder / "controller.log").open("wb") as log:
            process = subprocess.Popen([_CONTROLLER], env={**os.environ, **settings}, stdout=log, stderr=log)
        try:
            ready = [
                {"type": "Ready", "status": "True", "reason": "Ready", "lastTransitionTime": _now(), "message": ""}
            ]
            _put(server, {"apiVersion": "karpenter.kwok.sh/v1alpha1", "kind": "KWOKNodeClass", **_named("default")})
            path = "/apis/karpenter.kwok.sh/v1alpha1/kwoknodeclasses/default/status"
            server.call(path, {"status": {"conditions": ready}}, "PATCH")
            yield server
        finally:
            process.terminate()
            process.wait()


def _named(name: str) -> dict[str, Any]:
    return {"metadata": {"name": name}}


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _define(server: ApiServer, api_version: str, kind: str) -> None:
    """A kind of which anything can be written."""
    group, _, version = api_version.partition("/")
    plural = f"{kind.lower()}es" if kind.endswith("s") else f"{kind.lower()}s"
    open_schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    served = {"name": version, "served": True, "storage": True, "schema": {"openAPIV3Schema": open_schema}}
    served["subresources"] = {"status": {}}
    names = {"kind": kind, "plural": plural, "listKind": f"{kind}List", "singular": kind.lower()}
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{plural}.{group}",
            "annotations": {"api-approved.kubernetes.io": "unapproved, only for tests"},
        },
        "spec": {"group": group, "scope": "Cluster", "names": names, "versions": [served]},
    }
    if kind == "CapacityBuffer":
        crd["spec"]["scope"] = "Namespaced"  # type: ignore[index]
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    assert server.call(path, crd)[0] == 201, kind
    _until(lambda: server.call(f"/apis/{api_version}/{plural}")[0] == 200, lambda: kind)


def _put(server: ApiServer, manifest: dict[str, Any]) -> None:
    namespace = manifest["metadata"].get("namespace")
    home = f"/namespaces/{namespace}" if namespace else ""
    base = f"/apis/{manifest['apiVersion']}" if "/" in manifest["apiVersion"] else f"/api/{manifest['apiVersion']}"
    plural = f"{manifest['kind'].lower()}{'es' if manifest['kind'].endswith('s') else 's'}"
    status, said = server.call(f"{base}{home}/{plural}", manifest)
    assert status == 201, f"{manifest['kind']} {manifest['metadata']['name']}: {said.get('message')}"


def _until(true: Callable[[], bool], told: Callable[[], Any]) -> None:
    end = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < end, told()
        time.sleep(0.1)


_CLAIMS, _POOLS = "/apis/karpenter.sh/v1/nodeclaims", "/apis/karpenter.sh/v1/nodepools"
_PODS, _NODES = "/api/v1/namespaces/default/pods", "/api/v1/nodes"
_DAEMONS = "/apis/apps/v1/namespaces/default/daemonsets"


def _emptied(server: ApiServer) -> None:
    """Everything of the case before goes, pools first, so that nothing is launched again."""
    for path in (_POOLS, _DAEMONS, _PODS, _CLAIMS, _NODES):
        for each in server.call(path)[1].get("items") or ():
            at = f"{path}/{each['metadata']['name']}"
            server.call(at, {"metadata": {"finalizers": None}}, "PATCH")
            server.call(f"{at}?gracePeriodSeconds=0", method="DELETE")
    for path in (_POOLS, _DAEMONS, _PODS, _CLAIMS, _NODES):

        def gone(path: str = path) -> bool:
            left = server.call(path)[1].get("items") or ()
            for each in left:
                at = f"{path}/{each['metadata']['name']}"
                server.call(at, {"metadata": {"finalizers": None}}, "PATCH")
                server.call(f"{at}?gracePeriodSeconds=0", method="DELETE")
            return not left

        _until(gone, lambda: server.call(path)[1])  # noqa: B023 - called at once


def _ready(server: ApiServer) -> bool:
    found = server.call(_POOLS)[1]["items"]
    conditions = [(each.get("status") or {}).get("conditions") or () for each in found]
    return all(any(e["type"] == "Ready" and e["status"] == "True" for e in each) for each in conditions)


def _marked(server: ApiServer, pod: dict[str, Any]) -> None:
    mark = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "lastTransitionTime": _now()}
    said = {"status": {"phase": "Pending", "conditions": [mark]}}
    server.call(f"{_PODS}/{pod['metadata']['name']}/status", said, "PATCH")


def _packed(server: ApiServer, number: int) -> dict[str, Any]:
    """What the controller launches for one case."""
    case = pools.case(number)
    _emptied(server)
    for node in case.nodes:
        _put(server, {**node, "status": {}})
        name = node["metadata"]["name"]
        server.call(f"{_NODES}/{name}/status", {"status": node["status"]}, "PATCH")
        server.call(f"{_NODES}/{name}", {"spec": {"taints": []}}, "PATCH")
    for each in (*case.pools, *case.daemons, *case.running):
        _put(server, each)
    for each in case.running:
        server.call(f"{_PODS}/{each['metadata']['name']}/status", {"status": {"phase": "Running"}}, "PATCH")
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda each: _put(server, each), case.waiting))
        _until(lambda: _ready(server), lambda: server.call(_POOLS)[1])
        time.sleep(0.5)  # for what the controller watches to reach it
        list(threads.map(lambda each: _marked(server, each), case.waiting))
    found: list[dict[str, Any]] = []
    last = time.monotonic()
    while time.monotonic() - last < _QUIET:
        now = server.call(_CLAIMS)[1]["items"]
        if len(now) != len(found):
            found, last = now, time.monotonic()
        time.sleep(0.1)
    pods = [each for each in server.call(_PODS)[1]["items"] if each["metadata"]["name"].startswith("wait-")]
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
    pods = {e["metadata"]["name"]: e["metadata"]["uid"] for e in server.call(_PODS)[1]["items"]}
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
