"""kube-scheduler with settings of one's own beside an API server, and the clusters that it is asked about."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.scheduling.generated import DRIVER

from .started import ApiServer

_PATIENCE = 240


def put(server: ApiServer, manifest: dict[str, Any]) -> None:
    """An object that the server takes."""
    said = server.made(manifest)
    assert said == "", f"{manifest['kind']} {manifest['metadata']['name']}: {said}"


def put_nodes(server: ApiServer, nodes: Iterable[dict[str, Any]], limits: Mapping[str, int]) -> None:
    """Nodes, with the most EBS volumes of some."""
    for node in nodes:
        name = node["metadata"]["name"]
        put(server, {**node, "status": {}})
        server.call(f"/api/v1/nodes/{name}/status", {"status": node["status"]}, "PATCH")
        # Admission adds a taint that the node's kubelet would take away.
        server.call(f"/api/v1/nodes/{name}", {"spec": {"taints": node["spec"]["taints"]}}, "PATCH")
        if name in limits:
            driver = {"name": DRIVER, "nodeID": name, "allocatable": {"count": limits[name]}}
            found = {"apiVersion": "storage.k8s.io/v1", "kind": "CSINode", "metadata": {"name": name}}
            put(server, {**found, "spec": {"drivers": [driver]}})


def configuration(folder: Path, server: ApiServer, profile: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a scheduler that looks at all nodes and tries each pod once; its access is written to a folder."""
    (folder / "kubeconfig").write_text(server.kubeconfig)
    return {
        "apiVersion": "kubescheduler.config.k8s.io/v1",
        "kind": "KubeSchedulerConfiguration",
        "clientConnection": {"kubeconfig": str(folder / "kubeconfig"), "qps": 500, "burst": 500},
        "leaderElection": {"leaderElect": False},
        "percentageOfNodesToScore": 100,
        "podInitialBackoffSeconds": 3600,
        "podMaxBackoffSeconds": 3600,
        "profiles": [{"schedulerName": "default-scheduler", **profile}],
    }


@contextmanager
def scheduling(folder: Path, settings: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A scheduler that runs until the end of the block."""
    with (folder / "scheduler.log").open("wb") as log:
        command = ["kube-scheduler", f"--config={settings}", "--secure-port=0"]
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            process.terminate()
            process.wait()


def until(true: Callable[[], bool], process: subprocess.Popen[bytes], told: Callable[[], Any]) -> None:
    """Waits for something while a scheduler runs."""
    end = time.monotonic() + _PATIENCE
    while not true():
        assert process.poll() is None, "the scheduler has ended"
        assert time.monotonic() < end, told()
        time.sleep(0.2)


def written(file: Path, found: Mapping[str, Any]) -> None:
    """What was found, one line a case."""
    lines = [f'"{key}": {json.dumps(value, sort_keys=True)}' for key, value in found.items()]
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
