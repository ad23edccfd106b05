"""Objects of workloads on a real API server: every field of every sort, in a namespace that enforces `restricted`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.recording import record_directory
from eks_blueprints.testing.recorded import Recorded
from tests import ROOT
from tests.workloads.every_field import NAMESPACE, cases, objects, pod_of
from tests.workloads.test_every_field import GROUND

from .started import ApiServer
from .test_manifests import objects as planned

ENFORCED = {"pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/enforce-version": "latest"}


@pytest.fixture(scope="module")
def strict(server: ApiServer) -> ApiServer:
    """The server, with namespaces whose pods have to be restricted."""
    for name in (NAMESPACE, "shop", "research", "agents"):
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": ENFORCED}}
        assert server.call("/api/v1/namespaces", namespace)[0] in (201, 409)
    priority = {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "high"}, "value": 1}
    assert server.call("/apis/scheduling.k8s.io/v1/priorityclasses", priority)[0] in (201, 409)
    return server


def refusals(made: list[dict[str, Any]], server: ApiServer) -> list[str]:
    """What the server says against objects, and against pods by their templates."""
    pods = [pod for each in made if (pod := pod_of(each)) is not None]
    return [f"{each['kind']}: {said}" for each in (*made, *pods) if (said := server.refusal(each))]


def test_the_namespace_enforces_the_standard(strict: ApiServer) -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": NAMESPACE}}
    said = strict.refusal({**pod, "spec": {"containers": [{"name": "a", "image": "b:1"}]}})
    assert 'violates PodSecurity "restricted:latest"' in said


@pytest.mark.parametrize(("kind", "name", "fields"), [pytest.param(*each, id=each[1]) for each in cases()])
def test_every_field_is_accepted(kind: str, name: str, fields: dict[str, Any], strict: ApiServer) -> None:
    assert refusals(objects(kind, fields, GROUND), strict) == []


def test_the_example_is_accepted(strict: ApiServer) -> None:
    found = Recorded(record_directory(Path(ROOT / "examples" / "workloads"), "prod"))
    made = [dict(manifest) for _, manifest in planned(found) if manifest["kind"] != "Namespace"]
    assert {"Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job"} <= {each["kind"] for each in made}
    assert refusals(made, strict) == []


@pytest.mark.parametrize(
    ("resources", "accepted"),
    [
        ({"requests": {"nvidia.com/gpu": 1}, "limits": {"nvidia.com/gpu": 1}}, True),
        ({"limits": {"nvidia.com/gpu": 1}}, True),
        ({"requests": {"nvidia.com/gpu": 1}}, False),
        ({"requests": {"nvidia.com/gpu": 1}, "limits": {"nvidia.com/gpu": 2}}, False),
        ({"limits": {"nvidia.com/gpu": "0.5"}}, False),
        ({"requests": {"CPU": 1}}, False),
        ({"requests": {"gpu": 1}, "limits": {"gpu": 1}}, False),
        ({"requests": {"hugepages-2Mi": "100Mi", "cpu": 1}, "limits": {"hugepages-2Mi": "100Mi"}}, True),
        ({"requests": {"hugepages-2Mi": "100Mi", "cpu": 1}}, False),
        ({"requests": {"storage": "1Gi"}}, False),
        ({"requests": {"kubernetes.io/batch-cpu": "1"}}, True),
        ({"requests": {"example.com/a_b": 1}, "limits": {"example.com/a_b": 1}}, True),
        ({"requests": {"requests.example.com/a": 1}, "limits": {"requests.example.com/a": 1}}, False),
    ],
)
def test_resources_are_judged_as_the_server_does(resources: dict[str, Any], accepted: bool, server: ApiServer) -> None:
    from tests.kubernetes.test_verdicts import refused

    container = {"name": "a", "image": "b:1", "resources": resources}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "a", "namespace": "default"},
        "spec": {"containers": [container]},
    }
    assert (server.refusal(pod) == "", not refused(pod)) == (accepted, accepted)


def test_claims_of_a_stateful_set_are_taken_over_and_grow(strict: ApiServer) -> None:
    """By server-side apply with force, as the provider sends objects with the annotation pulumi.com/patchForce."""
    fast = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "gp3"}}
    assert not strict.made({**fast, "provisioner": "ebs.csi.aws.com", "allowVolumeExpansion": True})
    fields = {"name": "db", "namespace": NAMESPACE, "image": "example.com/db:1", "replicas": 1}
    claim = {"size": "1Gi", "storage_class": "gp3"}

    def drawn(**more: Any) -> list[dict[str, Any]]:
        volumes = {"data": {"mount_path": "/data", "claim": {**claim, **more}}}
        return objects("stateful_set", {**fields, "volumes": volumes}, GROUND)

    (template,) = next(each for each in drawn() if each["kind"] == "StatefulSet")["spec"]["volumeClaimTemplates"]
    made = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "spec": template["spec"]}
    assert not strict.made({**made, "metadata": {"name": "data-db-0", "namespace": NAMESPACE}})
    path = f"/api/v1/namespaces/{NAMESPACE}/persistentvolumeclaims/data-db-0"
    bound = {"status": {"phase": "Bound", "capacity": {"storage": "1Gi"}}}
    assert strict.call(f"{path}/status", bound, "PATCH")[0] == 200
    grown = next(each for each in drawn(size="2Gi", created_with={"size": "1Gi"}) if each["kind"] == made["kind"])
    assert strict.apply(path, grown, force=False)[0] == 409
    status, found = strict.apply(path, grown, force=True)
    assert (status, found["spec"]["resources"]["requests"]["storage"]) == (200, "2Gi")
    status, said = strict.apply(path, {**grown, "spec": {**grown["spec"], **_request("1Gi")}}, force=True)
    assert status == 422
    assert "can not be less than" in said["message"] or "less than" in said["message"]


def _request(size: str) -> dict[str, Any]:
    return {"resources": {"requests": {"storage": size}}}
