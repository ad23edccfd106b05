"""Clusters that are full, and a pod that may evict others: made at random from a number, the same objects each time.

All cases can be in one cluster at once: each has nodes, zones and a namespace of its own, and its pod asks for its
nodes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from eks_blueprints.scheduling.cluster import Cluster
from eks_blueprints.scheduling.node import node_of
from eks_blueprints.scheduling.pod import Pod, shape_of
from eks_blueprints.scheduling.preemption import Budget
from eks_blueprints.scheduling.selectors import selector
from eks_blueprints.scheduling.volumes import Volumes

from .generated import DRIVER, HOST, ZONE

CLASSES = {"idle": -10, "low": 10, "middle": 100, "high": 1000, "patient": 1000, "": 0}
"""Priorities by class; pods of `patient` evict none."""
_NEVER = "patient"
_RUNNING = ("idle", "low", "low", "middle", "")
_BEGAN = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_Object = dict[str, Any]


@dataclass
class Case:
    """A cluster, and a pod that waits."""

    nodes: list[_Object] = field(default_factory=list)
    limits: dict[str, int] = field(default_factory=dict)
    """Most EBS volumes by node, where it is limited."""
    volumes: list[_Object] = field(default_factory=list)
    claims: list[_Object] = field(default_factory=list)
    alone: set[str] = field(default_factory=set)
    """Claims of one pod alone that a pod mounts already."""
    running: list[_Object] = field(default_factory=list)
    since: dict[str, float] = field(default_factory=dict)
    """When each pod that runs began, in seconds since 1970."""
    budgets: list[_Object] = field(default_factory=list)
    waiting: _Object = field(default_factory=dict)

    def cluster(self) -> Cluster:
        """The cluster as the library reads it."""
        limits = {name: {DRIVER: most} for name, most in self.limits.items()}
        found = Cluster([node_of(each, limits.get(each["metadata"]["name"])) for each in self.nodes])
        for each in self.running:
            found.add(self.pod(each), found.places[each["spec"]["nodeName"]])
        return found

    def pod(self, manifest: _Object) -> Pod:
        """A pod as the library reads it."""
        metadata, spec = manifest["metadata"], manifest["spec"]
        volumes = Volumes(
            {f"{e['metadata']['namespace']}/{e['metadata']['name']}": e for e in self.claims},
            {each["metadata"]["name"]: each for each in self.volumes},
        )
        shape = shape_of(
            spec,
            metadata["labels"],
            metadata["namespace"],
            claims=volumes.of(spec, metadata["name"], metadata["namespace"]),
            priority=CLASSES[spec.get("priorityClassName", "")],
        )
        return Pod(metadata["name"], shape, self.since.get(metadata["name"], 0.0))

    def allowed(self) -> Iterator[Budget]:
        """The budgets as the library reads them."""
        for each in self.budgets:
            allowed = each["status"]["disruptionsAllowed"]
            yield Budget(each["metadata"]["namespace"], selector(each["spec"]["selector"]), allowed)


def case(number: int) -> Case:
    """One cluster."""
    dice = random.Random(number)  # noqa: S311
    found, space = Case(), f"case-{number}"
    for index in range(dice.randint(3, 6)):
        node = _node(dice, number, f"n{number}-{index}")
        found.nodes.append(node)
        if dice.random() < 0.3:
            found.limits[node["metadata"]["name"]] = dice.randint(1, 2)
    for index in range(3):
        mode = dice.choice(("ReadWriteOnce", "ReadWriteOncePod"))
        found.volumes.append(_volume(f"v{number}-{index}", mode))
        found.claims.append(_claim(f"c-{index}", space, mode, f"v{number}-{index}"))
    for node in found.nodes:
        for index, pod in enumerate(list(_filling(dice, node, space))):
            _mount(dice, pod, found, 0.15)
            found.running.append(pod)
            # Of two pods of one node, the scheduler would take either if they had begun at once.
            found.since[pod["metadata"]["name"]] = _BEGAN + 60 * dice.randint(0, 3) + index
    found.waiting = _waiting(dice, number, space)
    found.alone.clear()
    _mount(dice, found.waiting, found, 0.3)
    if dice.random() < 0.6:
        found.budgets = [_budget(dice, space, f"b-{index}") for index in range(dice.randint(1, 3))]
    return found


def _node(dice: random.Random, number: int, name: str) -> _Object:
    labels = {HOST: name, "case": str(number), ZONE: f"{number}-{dice.choice('abc')}"}
    taints = [{"key": "kept", "effect": "NoSchedule"}] if dice.random() < 0.1 else []
    room = {"cpu": dice.choice(("2", "3", "4")), "memory": "16Gi", "pods": str(dice.choice((3, 5, 8, 8)))}
    status = {"capacity": room, "allocatable": room, "conditions": [{"type": "Ready", "status": "True"}]}
    metadata = {"name": name, "labels": labels}
    return {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": {"taints": taints}, "status": status}


def _volume(name: str, mode: str) -> _Object:
    spec = {
        "capacity": {"storage": "5Gi"},
        "accessModes": [mode],
        "csi": {"driver": DRIVER, "volumeHandle": name},
        "storageClassName": "bound",
    }
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}, "spec": spec}


def _claim(name: str, space: str, mode: str, volume: str) -> _Object:
    annotations = {"pv.kubernetes.io/bind-completed": "yes"}
    metadata = {"name": name, "namespace": space, "annotations": annotations}
    spec = {"accessModes": [mode], "storageClassName": "bound", "volumeName": volume}
    spec["resources"] = {"requests": {"storage": "5Gi"}}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec}


def _mount(dice: random.Random, pod: _Object, found: Case, chance: float) -> None:
    if dice.random() < chance:
        claim = dice.choice(found.claims)
        name = claim["metadata"]["name"]
        if name in found.alone:  # no two pods run with a volume that one pod alone can use
            return
        if "nodeName" in pod["spec"] and claim["spec"]["accessModes"] == ["ReadWriteOncePod"]:
            found.alone.add(name)
        pod["spec"]["volumes"] = [{"name": name, "persistentVolumeClaim": {"claimName": name}}]


def _filling(dice: random.Random, node: _Object, space: str) -> Iterator[_Object]:
    """Pods that leave less of a node than any that waits asks for."""
    name, left = node["metadata"]["name"], int(node["status"]["capacity"]["cpu"]) * 1000
    for index in range(int(node["status"]["capacity"]["pods"])):
        cpu = min(left, dice.choice((100, 250, 500, 800, 1200)))
        if left - cpu < 200 or index == int(node["status"]["capacity"]["pods"]) - 1:
            cpu = left
        left -= cpu
        pod = _pod(dice, f"{name}-p{index}", space, dice.choice(_RUNNING), cpu)
        pod["spec"]["nodeName"] = name
        yield pod
        if not left:
            return


def _waiting(dice: random.Random, number: int, space: str) -> _Object:
    cpu = dice.choice((300, 600, 1000, 1500, 2500))
    pod = _pod(dice, f"w{number}", space, dice.choice(("low", "middle", "high", "high", "high", _NEVER)), cpu)
    spec = pod["spec"]
    spec["nodeSelector"] = {"case": str(number)}
    if spec["priorityClassName"] == _NEVER:
        spec["preemptionPolicy"] = "Never"
    if dice.random() < 0.15:
        spec["nodeSelector"][ZONE] = f"{number}-a"
    if dice.random() < 0.3:
        constraint = {"maxSkew": 1, "topologyKey": dice.choice((ZONE, HOST)), "whenUnsatisfiable": "DoNotSchedule"}
        spec["topologySpreadConstraints"] = [{**constraint, "labelSelector": _select(dice)}]
    return pod


def _pod(dice: random.Random, name: str, space: str, of_class: str, cpu: int) -> _Object:
    container: _Object = {"name": "main", "image": "registry.example/app:1"}
    container["resources"] = {"requests": {"cpu": f"{cpu}m", "memory": dice.choice(("128Mi", "1Gi"))}}
    if dice.random() < 0.15:
        container["ports"] = [{"containerPort": 8080, "hostPort": dice.choice((8080, 9090))}]
    spec: _Object = {"containers": [container]}
    if of_class:
        spec["priorityClassName"] = of_class
    affinity: _Object = {}
    if dice.random() < 0.15:
        affinity["podAntiAffinity"] = {_REQUIRED: [_term(dice, HOST, ZONE)]}
    if dice.random() < 0.08:
        affinity["podAffinity"] = {_REQUIRED: [_term(dice, ZONE)]}
    if affinity:
        spec["affinity"] = affinity
    metadata = {"name": name, "namespace": space, "labels": {"app": dice.choice(("web", "api", "db"))}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def _select(dice: random.Random) -> _Object:
    return {"matchLabels": {"app": dice.choice(("web", "api", "db"))}}


def _term(dice: random.Random, *keys: str) -> _Object:
    return {"topologyKey": dice.choice(keys), "labelSelector": _select(dice)}


def _budget(dice: random.Random, space: str, name: str) -> _Object:
    allowed = dice.choice((0, 0, 1, 2))
    counts = {"currentHealthy": 9, "desiredHealthy": 9 - allowed, "expectedPods": 9}
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": name, "namespace": space},
        "spec": {"maxUnavailable": allowed, "selector": {} if dice.random() < 0.1 else _select(dice)},
        "status": {"disruptionsAllowed": allowed, **counts},
    }
