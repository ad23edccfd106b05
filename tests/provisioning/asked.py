"""Pods that wait and groups that could grow for them, made at random from a number: the same objects each time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from eks_blueprints.karpenter.tolerating import taint_of
from eks_blueprints.provisioning.machine import Machine
from eks_blueprints.provisioning.makers import Group
from eks_blueprints.scheduling.amounts import amounts
from eks_blueprints.scheduling.cluster import Cluster
from eks_blueprints.scheduling.node import HOST, ZONE, node_of
from eks_blueprints.scheduling.pod import Pod, Shape, shape_of

_APPS = ("web", "api", "db")
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_Object = dict[str, Any]


@dataclass
class Case:
    """A cluster, groups, and pods that wait."""

    nodes: list[_Object] = field(default_factory=list)
    running: list[_Object] = field(default_factory=list)
    daemons: list[_Object] = field(default_factory=list)
    groups: dict[str, tuple[_Object, int]] = field(default_factory=dict)
    """A node of each, by name, and how many more it may have."""
    kinds: list[list[_Object]] = field(default_factory=list)
    """Pods by what makes them."""

    def objects(self) -> _Object:
        """It as Cluster Autoscaler reads it."""
        groups = [
            {
                "name": name,
                "node": node,
                "room": room,
                "daemons": [_on(each, name) for each in self.daemons if _takes(node, each)],
            }
            for name, (node, room) in self.groups.items()
        ]
        return {"nodes": self.nodes, "running": self.running, "groups": groups, "kinds": self.kinds}

    def cluster(self) -> Cluster:
        """The cluster as the library reads it."""
        found = Cluster(map(node_of, self.nodes))
        for each in self.running:
            found.add(Pod(each["metadata"]["name"], shape(each)), found.places[each["spec"]["nodeName"]])
        return found

    def makers(self) -> Iterator[tuple[Group, int]]:
        """The groups as the library reads them, and how many more nodes each may have."""
        for name, (node, room) in self.groups.items():
            labels = node["metadata"]["labels"]
            has = amounts(node["status"]["allocatable"])
            yield (
                Group(
                    name=name,
                    machines=(Machine(name="any", capacity=has, allocatable=has),),
                    labels={key: value for key, value in labels.items() if key != HOST},
                    taints=tuple(taint_of(e["key"], e.get("value"), e["effect"]) for e in node["spec"]["taints"]),
                    zones=(labels[ZONE],),
                ),
                room,
            )

    def pods(self) -> list[list[Pod]]:
        """The pods as the library reads them; those of one kind share a shape."""
        return [[Pod(each["metadata"]["name"], of) for each in kind] for kind in self.kinds for of in (shape(kind[0]),)]


def shape(pod: _Object) -> Shape:
    """A pod as the library reads it."""
    spec = {key: value for key, value in pod["spec"].items() if key != "nodeName"}
    return shape_of(spec, pod["metadata"]["labels"], pod["metadata"]["namespace"])


def case(number: int) -> Case:
    """One cluster."""
    dice = random.Random(number)  # noqa: S311
    found = Case()
    for index in range(dice.randint(0, 4)):
        found.nodes.append(_node(dice, f"old-{index}", []))
        for other in range(dice.randint(0, 3)):
            pod = _pod(dice, f"run-{index}-{other}", dice.choice(_APPS), {"cpu": "100m", "memory": "128Mi"}, plain=True)
            pod["spec"]["nodeName"] = f"old-{index}"
            found.running.append(pod)
    if dice.random() < 0.7:
        requests = {"cpu": dice.choice(("50m", "200m")), "memory": "200Mi"}
        found.daemons = [_pod(dice, "agent", "agent", requests, plain=True)]
        found.daemons[0]["spec"].pop("affinity", None)
    for index in range(dice.randint(2, 4)):
        taints = [{"key": "kept", "value": "x", "effect": "NoSchedule"}] if dice.random() < 0.2 else []
        node = _node(dice, f"group-{index}", taints)
        found.groups[f"group-{index}"] = node, dice.choice((2, 5, 30))
    for index in range(dice.randint(1, 5)):
        requests = {"cpu": dice.choice(("150m", "400m", "900m", "1700m", "3"))}
        if dice.random() < 0.8:
            requests["memory"] = dice.choice(("256Mi", "1Gi", "3Gi", "6Gi"))
        app = dice.choice(_APPS)
        pod = _pod(dice, f"kind-{index}", app, requests)
        count = dice.randint(1, 12)
        found.kinds.append(
            [{**pod, "metadata": {**pod["metadata"], "name": f"kind-{index}-{n}"}} for n in range(count)]
        )
    return found


def _node(dice: random.Random, name: str, taints: list[_Object]) -> _Object:
    labels = {HOST: name, ZONE: dice.choice("ab"), "pool": dice.choice(("general", "batch"))}
    room = {
        "cpu": dice.choice(("1930m", "3920m", "7910m")),
        "memory": dice.choice(("7143Mi", "15Gi", "30Gi")),
        "pods": str(dice.choice((4, 8, 29))),
    }
    status = {"capacity": room, "allocatable": room, "conditions": [{"type": "Ready", "status": "True"}]}
    metadata = {"name": name, "labels": labels}
    return {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": {"taints": taints}, "status": status}


def _pod(dice: random.Random, name: str, app: str, requests: dict[str, str], *, plain: bool = False) -> _Object:
    container: _Object = {"name": "main", "image": "registry.example/app:1", "resources": {"requests": requests}}
    spec: _Object = {"containers": [container]}
    if dice.random() < 0.3:
        spec["tolerations"] = [{"key": "kept", "operator": "Exists"}]
    if dice.random() < 0.2:
        spec["affinity"] = {"podAntiAffinity": {_REQUIRED: [_term(dice)]}}
    if not plain:
        if dice.random() < 0.2:
            spec["nodeSelector"] = {"pool": "general"}
        if dice.random() < 0.12:
            container["ports"] = [{"containerPort": 80, "hostPort": dice.choice((8080, 9090))}]
        if dice.random() < 0.12:
            spec.setdefault("affinity", {})["podAffinity"] = {_REQUIRED: [_term(dice)]}
        if dice.random() < 0.3:
            spread = {"maxSkew": dice.randint(1, 2), "topologyKey": dice.choice((HOST, ZONE))}
            spread |= {"whenUnsatisfiable": "DoNotSchedule", "labelSelector": _select(dice)}
            spec["topologySpreadConstraints"] = [spread]
    metadata = {"name": name, "namespace": "default", "labels": {"app": app}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def _select(dice: random.Random) -> _Object:
    return {"matchLabels": {"app": dice.choice(_APPS)}}


def _term(dice: random.Random) -> _Object:
    return {"topologyKey": dice.choice((HOST, HOST, ZONE)), "labelSelector": _select(dice)}


def _takes(node: _Object, pod: _Object) -> bool:
    return not node["spec"]["taints"] or bool(pod["spec"].get("tolerations"))


def _on(pod: _Object, name: str) -> _Object:
    named = {**pod["metadata"], "name": f"{pod['metadata']['name']}-{name}"}
    return {**pod, "metadata": named, "spec": {**pod["spec"], "nodeName": name}}
