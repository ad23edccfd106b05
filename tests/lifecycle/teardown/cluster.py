"""A cluster in memory, which answers as kubectl does; what its controllers do is done between two looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from eks_blueprints.live.kubectl import Kubectl

CLAIMS, VOLUMES, PODS = "persistentvolumeclaims", "persistentvolumes", "pods"


class Cluster(Kubectl):
    """Objects by plural. A controller is called after each command with the cluster."""

    def __init__(self, *controllers: Callable[[Cluster], None]) -> None:
        self.there: dict[str, list[dict[str, Any]]] = {}
        self.commands: list[str] = []
        self._controllers = controllers

    def add(self, plural: str, name: str, namespace: str | None = None, **fields: Any) -> dict[str, Any]:
        metadata = {"name": name, **({"namespace": namespace} if namespace else {}), **fields.pop("metadata", {})}
        made = {"metadata": metadata, **fields}
        self.there.setdefault(plural, []).append(made)
        return made

    def volume(
        self, name: str, handle: str, namespace: str = "shop", policy: str = "Delete", driver: str = "ebs.csi.aws.com"
    ) -> None:
        self.add(
            VOLUMES,
            f"pv-{name}",
            spec={"persistentVolumeReclaimPolicy": policy, "csi": {"driver": driver, "volumeHandle": handle}},
        )
        self.add(CLAIMS, name, namespace, spec={"volumeName": f"pv-{name}"})

    def objects(self, kind: str, *options: str) -> list[Mapping[str, Any]]:
        for controller in self._controllers:
            controller(self)
        home = options[options.index("--namespace") + 1] if "--namespace" in options else None
        return [
            each
            for plural in kind.split(",")
            for each in self.there.get(plural, ())
            if home is None or each["metadata"]["namespace"] == home
        ]

    def do(self, *words: str) -> str:
        self.commands.append(" ".join(words))
        verb, plural, name = words[:3]
        home = words[words.index("--namespace") + 1] if "--namespace" in words else None
        for each in [
            each
            for kind in plural.split(",")
            for each in self.there.get(kind, ())
            if name in ("--all", each["metadata"]["name"]) and home == each["metadata"].get("namespace")
        ]:
            if verb == "delete":
                each["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
            elif verb == "scale":
                each["spec"]["replicas"] = 0
            elif verb == "patch":
                each["spec"]["persistentVolumeReclaimPolicy"] = "Retain"
        return ""

    def remove(self, plural: str, which: Callable[[dict[str, Any]], bool]) -> None:
        self.there[plural] = [each for each in self.there.get(plural, ()) if not which(each)]


def deleted(thing: Mapping[str, Any]) -> bool:
    return "deletionTimestamp" in thing["metadata"]


def finalizers(cluster: Cluster) -> None:
    """What takes deleted objects away, as their controllers run."""
    for plural in cluster.there:
        if plural != CLAIMS:
            cluster.remove(plural, deleted)


def workloads(cluster: Cluster) -> None:
    """Pods of what is scaled to nothing end."""
    for plural in ("deployments.apps", "statefulsets.apps"):
        for each in cluster.there.get(plural, ()):
            if each["spec"]["replicas"] == 0:
                each["status"] = {}
                name = each["metadata"]["name"]
                cluster.remove(PODS, lambda pod, name=name: pod["metadata"]["name"].startswith(f"{name}-"))  # type: ignore[misc]


def driver(cluster: Cluster) -> None:
    """A claim goes when no pod uses it, and its volume with it unless that is to be retained."""
    if cluster.there.get(PODS):
        return
    gone = {each["spec"]["volumeName"] for each in cluster.there.get(CLAIMS, ()) if deleted(each)}
    cluster.remove(CLAIMS, deleted)
    cluster.remove(
        VOLUMES,
        lambda each: each["metadata"]["name"] in gone and each["spec"]["persistentVolumeReclaimPolicy"] == "Delete",
    )
