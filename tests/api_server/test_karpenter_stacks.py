"""Which nodes Karpenter launches for whole stacks, asked of its own controller.

kube-scheduler places what it can on the nodes of groups; then the controller sees the pods that wait. Pools, pods and
nodes are those of the plan (`tests.capacity.nodes.bridge`). `--update-golden` writes what came of it, which the tests
without an API server read.
"""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.scheduling.amounts import amount
from tests.capacity.nodes.bridge import Bridge, bridge
from tests.capacity.nodes.kwok import CAPACITY_TYPE, TYPE, ZONE
from tests.capacity.nodes.launched import LAUNCHED, apart, planned, recorded, stacks, told, written

from .judging import configuration, scheduling
from .karpenter import CLAIMS, POOLS, controlling, define, now, put, ready, until, why_not
from .running import why_not as nothing_schedules
from .started import ApiServer, started

_QUIET = 4.0
"""Seconds without a new NodeClaim after which a round is over; the controller looks again after 10 seconds."""
_FIRST = 30.0
"""Seconds after which the first round is over for certain."""
_SETTLED = 2.0
"""Seconds without a change after which kube-scheduler has placed what it can."""
_POOLS = (POOLS, "/apis/karpenter.sh/v1alpha1/nodeoverlays")
_EVERYWHERE = (
    *("/apis/apps/v1/daemonsets", "/api/v1/pods", CLAIMS, "/api/v1/nodes", "/api/v1/persistentvolumeclaims"),
    *("/api/v1/limitranges", "/apis/policy/v1/poddisruptionbudgets", "/api/v1/services", "/api/v1/events"),
    *("/apis/storage.k8s.io/v1/storageclasses", "/apis/node.k8s.io/v1/runtimeclasses", "/api/v1/persistentvolumes"),
    "/apis/scheduling.k8s.io/v1/priorityclasses",
)


@dataclass
class Control:
    server: ApiServer
    folder: Path
    scheduler: subprocess.Popen[bytes]


@pytest.fixture(scope="module")
def control(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Control]:
    """An API server with kube-scheduler, which stands still until it is wanted, and Karpenter's kinds."""
    if reason := why_not() or nothing_schedules():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("stacks")
    with started(folder) as server:
        define(server)
        settings = {**configuration(folder, server, {}), "podInitialBackoffSeconds": 1, "podMaxBackoffSeconds": 1}
        (folder / "scheduler.json").write_text(json.dumps(settings))
        with scheduling(folder, folder / "scheduler.json") as scheduler:
            scheduler.send_signal(signal.SIGSTOP)
            try:
                yield Control(server, folder, scheduler)
            finally:
                scheduler.send_signal(signal.SIGCONT)


def _emptied(server: ApiServer) -> None:
    for path in (*_POOLS, *_EVERYWHERE):
        end = time.monotonic() + 60
        while left := server.call(path)[1].get("items"):
            assert time.monotonic() < end, path
            doomed = [each for each in left if not each["metadata"]["name"].startswith("system-")]
            if not doomed:
                break
            with ThreadPoolExecutor(8) as threads:
                list(threads.map(partial(_gone, server, path), doomed))


def _gone(server: ApiServer, path: str, found: dict[str, Any]) -> None:
    at = _at(path, found)
    if found["metadata"].get("finalizers"):
        server.call(at, {"metadata": {"finalizers": None}}, "PATCH")
    server.call(f"{at}?gracePeriodSeconds=0", method="DELETE")


def _at(path: str, found: dict[str, Any]) -> str:
    base, _, plural = path.rpartition("/")
    namespace = found["metadata"].get("namespace")
    home = f"/namespaces/{namespace}" if namespace else ""
    return f"{base}{home}/{plural}/{found['metadata']['name']}"


def _put(server: ApiServer, manifests: Iterable[dict[str, Any]]) -> None:
    with ThreadPoolExecutor(8) as threads:
        for manifest, said in zip(manifests, threads.map(server.made, manifests), strict=True):
            assert said == "" or "already exists" in said, f"{manifest['kind']} {manifest['metadata']['name']}: {said}"


def _placed(control: Control, found: Bridge) -> None:
    """kube-scheduler places what it can; what gave way to others is made again, as what makes it would."""
    server = control.server
    zones = {each["metadata"]["name"]: each["metadata"]["labels"][ZONE] for each in found.nodes}
    control.scheduler.send_signal(signal.SIGCONT)
    try:
        end, before, since = time.monotonic() + 120, {}, time.monotonic()
        while time.monotonic() - since < _SETTLED:
            pods = _pods(server)
            for each in pods.values():
                if each["metadata"].get("deletionTimestamp"):
                    _gone(server, "/api/v1/pods", each)
            for each in server.call("/api/v1/persistentvolumeclaims")[1]["items"]:
                _bound(server, each, zones)
            lost = [each for each in found.pods if each["metadata"]["annotations"]["example.com/of"] not in pods]
            _put(server, lost)
            now = {key: each["spec"].get("nodeName") or _refused(each) for key, each in pods.items()}
            if lost or now != before or not all(now.values()):
                before, since = now, time.monotonic()
            assert time.monotonic() < end, [key for key, each in now.items() if not each]
            time.sleep(0.3)
    finally:
        control.scheduler.send_signal(signal.SIGSTOP)


def _caught_up(control: Control) -> None:
    """kube-scheduler hears of the nodes that there are now, before there are pods for them."""
    control.scheduler.send_signal(signal.SIGCONT)
    time.sleep(_SETTLED)
    control.scheduler.send_signal(signal.SIGSTOP)


def _bound(server: ApiServer, claim: Mapping[str, Any], zones: Mapping[str, str]) -> None:
    """A claim whose pod kube-scheduler has found a node for gets its volume, as the EBS CSI driver would see to."""
    metadata, spec = claim["metadata"], claim["spec"]
    node = (metadata.get("annotations") or {}).get("volume.kubernetes.io/selected-node")
    if node is None or spec.get("volumeName"):
        return
    term = {"matchExpressions": [{"key": ZONE, "operator": "In", "values": [zones[node]]}]}
    name = f"pv-{metadata['namespace']}-{metadata['name']}"
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name},
        "spec": {
            "capacity": spec["resources"]["requests"],
            "accessModes": spec["accessModes"],
            "storageClassName": spec["storageClassName"],
            "claimRef": {
                "kind": "PersistentVolumeClaim",
                **{key: metadata[key] for key in ("name", "namespace", "uid")},
            },
            "csi": {"driver": "ebs.csi.aws.com", "volumeHandle": name},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [term]}},
        },
    }
    _put(server, [volume])
    done = {"metadata": {"annotations": {"pv.kubernetes.io/bind-completed": "yes"}}, "spec": {"volumeName": name}}
    at = _at("/api/v1/persistentvolumeclaims", dict(claim))
    server.call(at, done, "PATCH")
    server.call(f"{at}/status", {"status": {"phase": "Bound"}}, "PATCH")
    server.call(f"/api/v1/persistentvolumes/{name}/status", {"status": {"phase": "Bound"}}, "PATCH")


def _conditioned(server: ApiServer, pods: Iterable[dict[str, Any]], conditions: list[dict[str, Any]]) -> None:
    """Pods have these conditions: Karpenter looks at those alone that kube-scheduler has found no node for."""
    said = {"status": {"conditions": conditions}}
    with ThreadPoolExecutor(8) as threads:
        calls = threads.map(lambda each: server.call(f"{_at('/api/v1/pods', each)}/status", said, "PATCH"), pods)
        assert all(status == 200 for status, _ in calls)


def _refused(pod: Mapping[str, Any]) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or ()
    nominated = (pod.get("status") or {}).get("nominatedNodeName")
    return not nominated and any(each["type"] == "PodScheduled" and each["status"] == "False" for each in conditions)


def _pods(server: ApiServer) -> dict[str, Any]:
    """The pods of workloads by what makes them and their number."""
    every = server.call("/api/v1/pods")[1]["items"]
    named = ((each["metadata"].get("annotations", {}).get("example.com/of"), each) for each in every)
    return {name: each for name, each in named if name}


def launched(control: Control, found: Bridge) -> dict[str, Any]:
    """What kube-scheduler and the controller do for one stack."""
    server = control.server
    _emptied(server)
    _put(server, found.others)
    time.sleep(1 if found.claims else 0)  # for the default StorageClass to be known, which claims without one get
    _put(server, found.claims)
    for node in found.nodes:
        name = node["metadata"]["name"]
        _put(server, [{**node, "status": {}}])
        server.call(f"/api/v1/nodes/{name}/status", {"status": node["status"]}, "PATCH")
        server.call(f"/api/v1/nodes/{name}", {"spec": {"taints": node["spec"]["taints"]}}, "PATCH")
    _put(server, found.daemons)
    _put(server, found.running)
    for each in found.running:
        server.call(f"{_at('/api/v1/pods', each)}/status", {"status": {"phase": "Running"}}, "PATCH")
    _caught_up(control)
    _put(server, found.pods)
    _placed(control, found)
    unplaced = [each for each in _pods(server).values() if not each["spec"].get("nodeName")]
    _conditioned(server, unplaced, [])
    for each in (*found.overlays, *found.pools):
        put(server, each)
    # With overlays a pool can be left out at first, of which they have not been looked at yet.
    gates = f"NodeOverlay={'true' if found.overlays else 'false'},StaticCapacity=true"
    log = control.folder / "controller.log"
    with controlling(server, control.folder, found.types, FEATURE_GATES=gates, BATCH_IDLE_DURATION="2s") as process:
        until(lambda: ready(server) or process.poll() is not None, lambda: server.call(POOLS)[1])
        time.sleep(5 if found.overlays else 1)  # for what the controller watches to reach it
        mark = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "lastTransitionTime": now()}
        _conditioned(server, unplaced, [mark])
        claims, refused = _first_round(server, log, len(unplaced))
        assert process.poll() is None, log.read_text()[-2000:]
    pods = _pods(server)
    waiting = {each["metadata"]["namespace"] + "/" + each["metadata"]["name"]: key for key, each in pods.items()}
    order = sorted(pods, key=lambda key: (pods[key]["metadata"]["creationTimestamp"], pods[key]["metadata"]["uid"]))
    standing = {key: node for key in order if (node := pods[key]["spec"].get("nodeName"))}
    assert set(standing.values()) <= {each["metadata"]["name"] for each in found.nodes}, standing
    return {
        "order": order,
        "standing": standing,
        "claims": sorted(_claim(each) for each in claims),
        "waiting": {waiting[name]: why for name, why in sorted(refused.items()) if name in waiting},
    }


def _first_round(server: ApiServer, log: Path, pods: int) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The NodeClaims of one round for so many pods, and what it says of those that it could not place."""
    claims: list[dict[str, Any]] = []
    refused: dict[str, str] = {}
    began = last = time.monotonic()
    while time.monotonic() - last < _QUIET or (not claims and len(refused) < pods):
        there = server.call(CLAIMS)[1]["items"]
        refused = _refusals(log.read_text())
        if len(there) != len(claims):
            claims, last = there, time.monotonic()
        if time.monotonic() - began > _FIRST:
            break
        time.sleep(0.2)
    return claims, refused


def _claim(found: dict[str, Any]) -> list[Any]:
    asked = found["spec"]["resources"]["requests"]
    total = [amount(name, asked.get(name, 0)) for name in ("pods", "cpu", "memory")]
    pool = found["metadata"]["labels"]["karpenter.sh/nodepool"]
    values = {each["key"]: each for each in found["spec"]["requirements"]}
    return [pool, *total, *(_values(values.get(key)) for key in (ZONE, CAPACITY_TYPE, TYPE))]


def _values(requirement: Mapping[str, Any] | None) -> list[str] | None:
    if requirement is None:
        return None
    assert requirement["operator"] == "In", requirement
    return sorted(requirement["values"])


def _refusals(log: str) -> dict[str, str]:
    """What the controller says of pods that it could not place."""
    found = {}
    for line in log.splitlines():
        if "could not schedule pod" in line:
            said = json.loads(line)
            found[f"{said['Pod']['namespace']}/{said['Pod']['name']}"] = said["error"]
    return found


def test_the_same_nodes_are_launched(control: Control, request: pytest.FixtureRequest) -> None:
    update_golden = request.config.getoption("--update-golden")
    found: dict[str, Any] = {}
    part = Path(f"{LAUNCHED}.part")
    if update_golden and part.exists():  # what an earlier run has written, which was stopped
        found = json.loads(part.read_text())
    for name, file in stacks() if update_golden else islice(stacks(), 0, None, 10):
        if name not in found:
            plan = planned(name, file)
            found[name] = told(launched(control, bridge(plan)), plan)
            if update_golden:
                part.write_text(json.dumps(found))
    if update_golden:
        written(found)
        part.unlink()
    others = list(apart(found))
    assert len(others) <= len(found) // 20, "\n".join(others)


def test_all_that_was_recorded_is_said_still(control: Control) -> None:
    kept = recorded()
    others = list(apart(kept.stacks, kept.types))
    assert len(others) <= len(kept.stacks) // 20, "\n".join(others)
