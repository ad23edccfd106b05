"""The example's workloads on Kubernetes' own scheduler and controllers: they run, scale, keep their zones and drain."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from eks_blueprints.recording import record_directory
from eks_blueprints.testing.recorded import Recorded
from tests import ROOT

from .running import Nodes, running, why_not
from .test_manifests import objects

_PATIENCE = 240
_FIRST = ("Namespace", "StorageClass", "ServiceAccount", "ConfigMap", "Role", "RoleBinding")
GENERAL, GPU = {"pool": "general"}, {"pool": "gpu"}
METRICS = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {
        "name": "pods.metrics.k8s.io",
        "annotations": {"api-approved.kubernetes.io": "unapproved, only for tests"},
    },
    "spec": {
        "group": "metrics.k8s.io",
        "scope": "Namespaced",
        "names": {"kind": "PodMetrics", "plural": "pods"},
        "versions": [
            {
                "name": "v1beta1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
            }
        ],
    },
}
"""What pods use, as objects that a test writes; a metrics server answers for the same address."""
TAINT = {"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """The example's platform, with two nodes in each zone and one that has a GPU."""
    if reason := why_not():
        pytest.skip(reason)
    with running(tmp_path_factory.mktemp("running")) as found:
        for zone in "abc":
            for number in (1, 2):
                found.add(f"general-{zone}{number}", f"eu-west-1{zone}", GENERAL, [])
        found.add("gpu-1", "eu-west-1a", GPU, [TAINT], **{"nvidia.com/gpu": "1"})
        plan = Recorded(record_directory(ROOT / "examples" / "workloads", "prod"))
        made = [dict(manifest) for _, manifest in objects(plan)]
        for manifest in sorted(made, key=lambda each: each["kind"] not in _FIRST):
            said = found.server.made(manifest)
            assert said == "" or "already exists" in said, f"{manifest['kind']}: {said}"
        yield found


def pods(nodes: Nodes, name: str, namespace: str = "shop") -> list[dict[str, Any]]:
    """The pods of a workload that are ready, or have succeeded."""
    path = f"/api/v1/namespaces/{namespace}/pods?labelSelector=app.kubernetes.io/name%3D{name}"
    found: list[dict[str, Any]] = nodes.server.call(path)[1].get("items") or []
    return [each for each in found if each["status"]["phase"] in ("Running", "Succeeded")]


def until(true: Callable[[], bool], told: Callable[[], Any]) -> None:
    """Wait for something that controllers do in their own time."""
    end = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < end, told()
        time.sleep(0.5)


def ready(nodes: Nodes, count: int, name: str, namespace: str = "shop") -> list[dict[str, Any]]:
    """The pods of a workload when there are as many as that."""

    def told() -> Any:
        events = nodes.server.call(f"/api/v1/namespaces/{namespace}/events")[1].get("items") or ()
        return [each.get("message") for each in events][-12:]

    until(lambda: len(pods(nodes, name, namespace)) == count, told)
    return pods(nodes, name, namespace)


def zones(nodes: Nodes, found: list[dict[str, Any]]) -> list[str]:
    return sorted(nodes.zones[each["spec"]["nodeName"]] for each in found)


def test_the_web_service_has_a_pod_in_each_zone(nodes: Nodes) -> None:
    """The autoscaler makes three of one: it lets there be no fewer."""
    assert zones(nodes, ready(nodes, 3, "web")) == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]


def test_each_pod_of_the_database_keeps_its_disk_and_zone(nodes: Nodes) -> None:
    before = {each["metadata"]["name"]: each for each in ready(nodes, 3, "db")}
    assert zones(nodes, list(before.values())) == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    old = before["db-1"]
    nodes.server.call("/api/v1/namespaces/shop/pods/db-1", method="DELETE")
    uid = old["metadata"]["uid"]
    until(lambda: all(each["metadata"]["uid"] != uid for each in pods(nodes, "db")), lambda: "db-1 is still there")
    (new,) = (each for each in ready(nodes, 3, "db") if each["metadata"]["name"] == "db-1")
    assert nodes.zones[new["spec"]["nodeName"]] == nodes.zones[old["spec"]["nodeName"]]
    claims = nodes.server.call("/api/v1/namespaces/shop/persistentvolumeclaims")[1]["items"]
    assert sorted(each["metadata"]["name"] for each in claims) == ["data-db-0", "data-db-1", "data-db-2"]


def test_the_agent_is_on_every_node_and_the_gpu_job_on_its_own(nodes: Nodes) -> None:
    assert {each["spec"]["nodeName"] for each in ready(nodes, 7, "agent", "agents")} == set(nodes.zones)
    (train,) = ready(nodes, 1, "train", "research")
    assert train["spec"]["nodeName"] == "gpu-1"
    path = "/apis/batch/v1/namespaces/research/jobs/train"
    until(lambda: nodes.server.call(path)[1]["status"].get("succeeded") == 1, lambda: nodes.server.call(path)[1])


def test_a_drain_takes_one_pod_at_a_time(nodes: Nodes) -> None:
    first, second, _ = ready(nodes, 3, "web")
    budget = "/apis/policy/v1/namespaces/shop/poddisruptionbudgets/web"
    until(
        lambda: nodes.server.call(budget)[1].get("status", {}).get("disruptionsAllowed") == 1,
        lambda: nodes.server.call(budget)[1],
    )
    nodes.still.set()
    try:
        assert evict(nodes, first) == 201
        assert evict(nodes, second) == 429
    finally:
        nodes.still.clear()
    uid = first["metadata"]["uid"]
    until(lambda: all(each["metadata"]["uid"] != uid for each in pods(nodes, "web")), lambda: "it is still there")
    ready(nodes, 3, "web")


def evict(nodes: Nodes, pod: dict[str, Any]) -> int:
    """The status of the answer to an eviction."""
    metadata = {key: pod["metadata"][key] for key in ("name", "namespace")}
    path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}/eviction"
    return nodes.server.call(path, {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": metadata})[0]


def test_the_nightly_job_is_started_by_hand_as_by_the_clock(nodes: Nodes) -> None:
    """Its template makes a Job that runs to its end."""
    cron = nodes.server.call("/apis/batch/v1/namespaces/shop/cronjobs/backup")[1]
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "now", "namespace": "shop"}}
    assert nodes.server.made({**job, "spec": cron["spec"]["jobTemplate"]["spec"]}) == ""
    (pod,) = ready(nodes, 1, "backup")
    assert pod["spec"]["serviceAccountName"] == "backup"


def test_the_autoscaler_adds_pods_by_what_they_use(nodes: Nodes) -> None:
    """Three pods use 500m each, twice what they request; 1500m at 70 % of 250m is 8.6 pods."""
    assert nodes.server.made(METRICS) == ""
    path = "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods"
    until(lambda: nodes.server.call(path)[0] == 200, lambda: "no such kind")
    for pod in ready(nodes, 3, "web"):
        metadata = {key: pod["metadata"][key] for key in ("name", "namespace", "labels")}
        used = {"containers": [{"name": "web", "usage": {"cpu": "500m", "memory": "100Mi"}}]}
        at = {"timestamp": pod["status"]["startTime"], "window": "30s"}
        kind = {"apiVersion": "metrics.k8s.io/v1beta1", "kind": "PodMetrics"}
        assert nodes.server.call(path, {**kind, "metadata": metadata, **at, **used})[0] == 201
    ready(nodes, 9, "web")
