"""What `upgrade plan --kubeconfig` sees on a real API server, through a real `kubectl`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.lifecycle.upgrade.planner import plan
from eks_blueprints.lifecycle.upgrade.seen.cluster import Connection, with_cluster
from tests.lifecycle.upgrade.situations_of import group, situation, told

from .started import ApiServer

SPACE = "upgraded"
_APP = {"app": "web"}
_POD = {"metadata": {"labels": _APP}, "spec": {"containers": [{"name": "web", "image": "web:1"}]}}


def _deployment(name: str, replicas: int) -> dict[str, Any]:
    spec = {"replicas": replicas, "selector": {"matchLabels": _APP}, "template": _POD}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}


def _webhook(name: str, policy: str = "Fail", resource: str = "pods") -> dict[str, Any]:
    return {
        "name": f"{name}.example.com",
        "failurePolicy": policy,
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "clientConfig": {"service": {"namespace": SPACE, "name": name}},
        # So that it is asked about nothing that another test makes.
        "namespaceSelector": {"matchLabels": {"nobody": "has-it"}},
        "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": [resource]}],
    }


def _slice(ready: bool) -> dict[str, Any]:
    labels = {"kubernetes.io/service-name": "answers" if ready else "silent"}
    endpoint = {"addresses": ["10.0.0.9" if ready else "10.0.0.8"], "conditions": {"ready": ready}}
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": f"slice-{str(ready).lower()}", "labels": labels},
        "addressType": "IPv4",
        "endpoints": [endpoint],
    }


@pytest.fixture(scope="module")
def minor(server: ApiServer) -> Iterator[int]:
    """The server's minor; nodes, a budget without room, workloads and webhooks are on it."""
    found = int(server.call("/version")[1]["minor"].rstrip("+"))
    space, core, apps = f"namespaces/{SPACE}", "/api/v1", "/apis/apps/v1"
    made = [(f"{core}/namespaces", {"metadata": {"name": SPACE}})]
    for name, age in (("new", 0), ("old", 3)):
        labels = {"eks.amazonaws.com/nodegroup": "shop-system-group-1a2b"}
        made.append((f"{core}/nodes", {"metadata": {"name": name, "labels": labels}}))
        status = {
            "nodeInfo": dict.fromkeys(
                ("architecture", "bootID", "containerRuntimeVersion", "kernelVersion", "kubeProxyVersion", "machineID",
                 "operatingSystem", "osImage", "systemUUID"), "x",
            ) | {"kubeletVersion": f"v1.{found - age}.1-eks-1"},
            "conditions": [{"type": "Ready", "status": "True", "reason": "x", "message": "x"}],
        }  # fmt: skip
        made.append((f"{core}/nodes/{name}/status", {"status": status}))
    made += [(f"{apps}/{space}/deployments", _deployment(name, count)) for name, count in (("one", 1), ("two", 2))]
    budget = {"metadata": {"name": "web"}, "spec": {"maxUnavailable": 0, "selector": {"matchLabels": _APP}}}
    seen = {"status": {"disruptionsAllowed": 0, "expectedPods": 1, "currentHealthy": 1, "desiredHealthy": 1}}
    made += [(f"/apis/policy/v1/{space}/poddisruptionbudgets", budget)]
    made += [(f"/apis/policy/v1/{space}/poddisruptionbudgets/web/status", seen)]
    made += [(f"/apis/discovery.k8s.io/v1/{space}/endpointslices", _slice(ready)) for ready in (True, False)]
    hooks = [_webhook("answers"), _webhook("silent"), _webhook("ignored", "Ignore"), _webhook("other", "Fail", "nodes")]
    path = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
    made += [(path, {"metadata": {"name": "upgraded"}, "webhooks": hooks})]
    for path, body in made:
        status, said = server.call(path, body, "PATCH" if path.endswith("/status") else None)
        assert status in (200, 201), said
    yield found
    for path, body in made:
        if not path.endswith("/status"):
            server.call(f"{path}/{body['metadata']['name']}", method="DELETE")


def test_a_cluster_says_what_is_in_the_way(server: ApiServer, minor: int, tmp_path: Path) -> None:
    if shutil.which("kubectl") is None:
        pytest.skip("no kubectl on the PATH")
    # The API server counts what clients ask for, by group, version and resource.
    assert server.call("/api/v1/componentstatuses")[0] == 200
    config = tmp_path / "config"
    config.write_text(server.kubeconfig)
    here = replace(situation(minor), nodes=(group(minor=None),))
    seen = with_cluster(here, Connection(config, "tests"))
    assert (seen.minor, [(each.minor, each.count) for each in seen.nodes]) == (minor, [(minor - 3, 2)])
    found = plan(seen)
    (skew,) = told(found, "node-skew")
    assert skew[0] == "blocker"
    assert told(found, "pdb-now") == [("blocker", f"these disruption budgets allow no eviction right now: {SPACE}/web")]
    ((level, alone),) = told(found, "single-pod-now")
    assert (level, f"{SPACE}/one" in alone, f"{SPACE}/two" in alone) == ("warning", True, False)
    ((level, silent),) = told(found, "webhook-silent")
    assert (level, "silent.example.com of upgraded" in silent) == ("blocker", True)
    ((level, closed),) = told(found, "webhook-closed")
    assert (level, "answers.example.com" in closed) == ("warning", True)
    assert not any(name in f"{silent} {closed}" for name in ("ignored", "other"))
    assert any("componentstatuses" in each.kind for each in seen.apis)
    assert told(found, "api-requests")
    assert told(found, "nodes-not-ready") == []
