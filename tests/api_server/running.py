"""Kubernetes' own scheduler and controllers beside an API server, on nodes that are there by name alone.

What a node's kubelet and a volume's driver would do is done here: pods that have a node become ready, those of Jobs
succeed, those that are deleted end, and a claim that waits for its pod's node gets a volume in the zone of that. Where
KWOK is asked for, it does what concerns nodes and pods.
"""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .started import ApiServer, started
from .started import why_not as no_server

NEEDED = ("kube-scheduler", "kube-controller-manager")
ZONE = "topology.kubernetes.io/zone"


def why_not() -> str | None:
    """Why none can be started; None where they can."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    return no_server() or (f"nothing schedules here: {', '.join(missing)} not on the PATH" if missing else None)


class Nodes(threading.Thread):
    """What kubelets and drivers of volumes would do."""

    def __init__(self, server: ApiServer, *, kwok: bool) -> None:
        super().__init__(daemon=True)
        self.server = server
        self.kwok = kwok
        self.still = threading.Event()
        """While it is set, nothing changes."""
        self.ended = threading.Event()
        self.zones: dict[str, str] = {}

    def add(self, name: str, zone: str, labels: Mapping[str, str], taints: list[Any], **devices: str) -> None:
        """A node that is ready."""
        self.zones[name] = zone
        marks = {**labels, ZONE: zone, "kubernetes.io/hostname": name, "kubernetes.io/os": "linux"}
        node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": marks}}
        assert self.server.made(node) == ""
        room = {"cpu": "4", "memory": "16Gi", "pods": "58", "ephemeral-storage": "80Gi", **devices}
        status = {"capacity": room, "allocatable": room, "conditions": [{"type": "Ready", "status": "True"}]}
        self._patch(f"/api/v1/nodes/{name}/status", {"status": status})
        self._patch(f"/api/v1/nodes/{name}", {"spec": {"taints": taints}})

    def run(self) -> None:
        while not self.ended.wait(0.5):
            if self.still.is_set():
                continue
            for pod in self.server.call("/api/v1/pods")[1].get("items") or () if not self.kwok else ():
                self._pod(pod)
            for claim in self.server.call("/api/v1/persistentvolumeclaims")[1].get("items") or ():
                self._claim(claim)

    def _pod(self, pod: Mapping[str, Any]) -> None:
        metadata, status = pod["metadata"], pod.get("status") or {}
        path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}"
        if metadata.get("deletionTimestamp"):
            self.server.call(f"{path}?gracePeriodSeconds=0", method="DELETE")
        elif pod["spec"].get("nodeName") and status.get("phase") == "Pending":
            ends = any(owner["kind"] == "Job" for owner in metadata.get("ownerReferences") or ())
            now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            ready = {"type": "Ready", "status": "False" if ends else "True", "lastTransitionTime": now}
            phase = {"phase": "Succeeded" if ends else "Running", "conditions": [ready], "startTime": now}
            self._patch(f"{path}/status", {"status": phase})

    def _claim(self, claim: Mapping[str, Any]) -> None:
        metadata, spec = claim["metadata"], claim["spec"]
        node = (metadata.get("annotations") or {}).get("volume.kubernetes.io/selected-node")
        if node is None or spec.get("volumeName") or (claim.get("status") or {}).get("phase") == "Bound":
            return
        term = {"matchExpressions": [{"key": ZONE, "operator": "In", "values": [self.zones[node]]}]}
        name = f"pv-{metadata['name']}"
        volume = {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": name},
            "spec": {
                "capacity": spec["resources"]["requests"],
                "accessModes": spec["accessModes"],
                "storageClassName": spec["storageClassName"],
                "claimRef": {key: metadata[key] for key in ("name", "namespace", "uid")},
                "csi": {"driver": "ebs.csi.aws.com", "volumeHandle": name},
                "nodeAffinity": {"required": {"nodeSelectorTerms": [term]}},
            },
        }
        self.server.made(volume)

    def _patch(self, path: str, body: Mapping[str, Any]) -> None:
        self.server.call(path, body, "PATCH")


@contextmanager
def running(folder: Path, *, kwok: bool = False) -> Iterator[Nodes]:
    """A control plane without nodes, which can be added; `kwok` lets KWOK do what their kubelets would."""
    with started(folder) as server:
        access = folder / "kubeconfig"
        access.write_text(server.kubeconfig)
        common = [f"--kubeconfig={access}", "--leader-elect=false", "--secure-port=0"]
        scheduler = ["kube-scheduler", *common]
        controllers = ["kube-controller-manager", *common, "--controllers=*,-node-lifecycle-controller"]
        controllers += [f"--service-account-private-key-file={folder / 'accounts.key'}"]
        controllers += ["--horizontal-pod-autoscaler-sync-period=2s"]
        controllers += ["--horizontal-pod-autoscaler-initial-readiness-delay=0s"]
        controllers += ["--horizontal-pod-autoscaler-cpu-initialization-period=0s"]
        commands = [scheduler, controllers]
        if kwok:
            stages = f"--config={Path(__file__).with_name('kwok.yaml')}"
            commands.append(["kwok", f"--kubeconfig={access}", stages, "--manage-all-nodes=true"])
        processes = []
        nodes = Nodes(server, kwok=kwok)
        try:
            for command in commands:
                with (folder / f"{command[0]}.log").open("wb") as log:
                    processes.append(subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT))
            nodes.start()
            yield nodes
        finally:
            nodes.ended.set()
            nodes.join(60)
            for process in processes:
                process.kill()
                process.wait()
