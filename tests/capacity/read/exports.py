"""Exports of a small cluster, as kubectl writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Manifest = dict[str, Any]


def node(name: str = "node-a", zone: str = "a", **parts: Any) -> Manifest:
    """A node of a managed group."""
    labels = {
        "kubernetes.io/hostname": name,
        "topology.kubernetes.io/zone": f"eu-west-1{zone}",
        "topology.kubernetes.io/region": "eu-west-1",
        "node.kubernetes.io/instance-type": "m7g.large",
        "eks.amazonaws.com/nodegroup": "nodes-1a2b3c4",
        "eks.amazonaws.com/capacityType": "SPOT",
        **parts.pop("labels", {}),
    }
    status = parts.pop("status", {"allocatable": {"cpu": "1930m", "memory": "7000Mi", "pods": "29"}})
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {k: v for k, v in labels.items() if v is not None}},
        "spec": parts.pop("spec", {}),
        "status": status,
    }


def pod(
    name: str, owner: tuple[str, str] | None = None, on: str | None = "node-a", phase: str = "Running", **spec: Any
) -> Manifest:
    """A pod of the namespace shop, that requests half a core unless it says otherwise."""
    references = [] if owner is None else [{"kind": owner[0], "name": owner[1], "controller": True}]
    labels = {"app": name.partition("-")[0], **spec.pop("labels", {})}
    requests = spec.pop("requests", {"cpu": "500m"})
    body: Manifest = {"containers": [{"name": "a", "image": "x", "resources": {"requests": requests}}], **spec}
    if on is not None:
        body["nodeName"] = on
    metadata = {"name": name, "namespace": "shop", "labels": labels, "ownerReferences": references}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": body, "status": {"phase": phase}}


def of_deployment(name: str, number: int, **more: Any) -> Manifest:
    """A pod of a Deployment."""
    labels = {"pod-template-hash": "5d9f8c", **more.pop("labels", {})}
    return pod(f"{name}-5d9f8c-{number}", ("ReplicaSet", f"{name}-5d9f8c"), labels=labels, **more)


def claim(name: str, volume: str) -> Manifest:
    """A claim that is bound."""
    metadata = {"name": name, "namespace": "shop"}
    return {"kind": "PersistentVolumeClaim", "metadata": metadata, "spec": {"volumeName": volume}}


def volume(name: str, zone: str) -> Manifest:
    """A volume of EBS."""
    expression = {"key": "topology.kubernetes.io/zone", "operator": "In", "values": [f"eu-west-1{zone}"]}
    affinity = {"required": {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}}
    spec = {"csi": {"driver": "ebs.csi.aws.com", "volumeHandle": "vol-1"}, "nodeAffinity": affinity}
    return {"kind": "PersistentVolume", "metadata": {"name": name}, "spec": spec}


def written(folder: Path, *objects: Manifest) -> Path:
    """An export as one List in JSON."""
    file = folder / "cluster.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)}), encoding="utf-8")
    return file
