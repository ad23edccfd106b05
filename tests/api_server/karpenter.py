"""Karpenter's own controller, as its authors run it on KWOK, with the instance types of these tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.core import yaml_text
from tests.provisioning import pools

from .started import ApiServer, started
from .started import why_not as no_server

_CONTROLLER = "karpenter-kwok"
_KINDS = {
    "karpenter.sh/v1": ("NodePool", "NodeClaim"),
    "karpenter.sh/v1alpha1": ("NodeOverlay",),
    "karpenter.kwok.sh/v1alpha1": ("KWOKNodeClass",),
    "autoscaling.x-k8s.io/v1beta1": ("CapacityBuffer",),
}
_PATIENCE = 60


def why_not() -> str | None:
    """Why the controller cannot be run; None where it can."""
    return no_server() or (None if shutil.which(_CONTROLLER) else f"{_CONTROLLER} is not on the PATH")


@contextmanager
def controlled(folder: Path, **more: str) -> Iterator[ApiServer]:
    """An API server on which the controller runs, with more settings; or the test is skipped."""
    if reason := why_not():
        pytest.skip(reason)
    with started(folder) as server:
        define(server)
        with controlling(server, folder, pools.types_of_kwok(), **more):
            yield server


def define(server: ApiServer) -> None:
    """The controller's kinds, and the class of nodes that all pools of the tests are of.

    Where `KARPENTER_CRDS` names a folder with Karpenter's own definitions, pools are refused that break their rules.
    """
    for api_version, kinds in _KINDS.items():
        for kind in kinds:
            _define(server, api_version, kind)
    conditions = [{"type": "Ready", "status": "True", "reason": "Ready", "lastTransitionTime": now(), "message": ""}]
    put(server, {"apiVersion": "karpenter.kwok.sh/v1alpha1", "kind": "KWOKNodeClass", **named("default")})
    path = "/apis/karpenter.kwok.sh/v1alpha1/kwoknodeclasses/default/status"
    server.call(path, {"status": {"conditions": conditions}}, "PATCH")


@contextmanager
def controlling(
    server: ApiServer, folder: Path, types: list[dict[str, Any]], **more: str
) -> Iterator[subprocess.Popen[bytes]]:
    """The controller with some instance types and more settings; it writes to `controller.log` in a folder."""
    (folder / "kubeconfig").write_text(server.kubeconfig)
    (folder / "types.json").write_text(json.dumps(types))
    settings = {
        "KUBECONFIG": str(folder / "kubeconfig"),
        "INSTANCE_TYPES_FILE_PATH": str(folder / "types.json"),
        "DISABLE_LEADER_ELECTION": "true",
        "LOG_LEVEL": "error",
        "METRICS_PORT": "0",
        "HEALTH_PROBE_PORT": "0",
        "BATCH_IDLE_DURATION": "1s",
        "SYSTEM_NAMESPACE": "kube-system",
        **more,
    }
    with (folder / "controller.log").open("wb") as log:
        process = subprocess.Popen([_CONTROLLER], env={**os.environ, **settings}, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def named(name: str) -> dict[str, Any]:
    """Metadata of an object without a namespace."""
    return {"metadata": {"name": name}}


def now() -> str:
    """The time, as objects have it."""
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
    own = Path(os.environ.get("KARPENTER_CRDS", "."), f"{group}_{plural}.yaml")
    if own.is_file():
        crd = yaml_text.load(own.read_text())
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    assert server.call(path, crd)[0] == 201, kind
    until(lambda: server.call(f"/apis/{api_version}/{plural}")[0] == 200, lambda: kind)


def put(server: ApiServer, manifest: dict[str, Any]) -> None:
    """An object is created."""
    namespace = manifest["metadata"].get("namespace")
    home = f"/namespaces/{namespace}" if namespace else ""
    base = f"/apis/{manifest['apiVersion']}" if "/" in manifest["apiVersion"] else f"/api/{manifest['apiVersion']}"
    plural = f"{manifest['kind'].lower()}{'es' if manifest['kind'].endswith('s') else 's'}"
    status, said = server.call(f"{base}{home}/{plural}", manifest)
    assert status == 201, f"{manifest['kind']} {manifest['metadata']['name']}: {said.get('message')}"


def until(true: Callable[[], bool], told: Callable[[], Any]) -> None:
    """Waits until something holds, for a minute at most."""
    end = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < end, told()
        time.sleep(0.1)


CLAIMS, POOLS = "/apis/karpenter.sh/v1/nodeclaims", "/apis/karpenter.sh/v1/nodepools"
PODS, NODES = "/api/v1/namespaces/default/pods", "/api/v1/nodes"
DAEMONS = "/apis/apps/v1/namespaces/default/daemonsets"


def emptied(server: ApiServer) -> None:
    """Everything of the case before goes, pools first, so that nothing is launched again."""
    for path in (POOLS, DAEMONS, PODS, CLAIMS, NODES):
        for each in server.call(path)[1].get("items") or ():
            at = f"{path}/{each['metadata']['name']}"
            server.call(at, {"metadata": {"finalizers": None}}, "PATCH")
            server.call(f"{at}?gracePeriodSeconds=0", method="DELETE")
    for path in (POOLS, DAEMONS, PODS, CLAIMS, NODES):

        def gone(path: str = path) -> bool:
            left = server.call(path)[1].get("items") or ()
            for each in left:
                at = f"{path}/{each['metadata']['name']}"
                server.call(at, {"metadata": {"finalizers": None}}, "PATCH")
                server.call(f"{at}?gracePeriodSeconds=0", method="DELETE")
            return not left

        until(gone, lambda: server.call(path)[1])  # noqa: B023 - called at once


def ready(server: ApiServer) -> bool:
    """Whether all pools are ready."""
    found = server.call(POOLS)[1]["items"]
    conditions = [(each.get("status") or {}).get("conditions") or () for each in found]
    return all(any(e["type"] == "Ready" and e["status"] == "True" for e in each) for each in conditions)
