"""Clusters with pods that wait, made at random from a number: the same objects each time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from eks_blueprints.scheduling.cluster import Cluster
from eks_blueprints.scheduling.node import node_of
from eks_blueprints.scheduling.pod import Pod, Shape, shape_of
from eks_blueprints.scheduling.volumes import Volumes

ZONE, HOST, TYPE = "topology.kubernetes.io/zone", "kubernetes.io/hostname", "node.kubernetes.io/instance-type"
DRIVER = "ebs.csi.aws.com"
_APPS, _SPACES = ("web", "api", "db"), ("default", "shop")
_DEVICE = "nvidia.com/gpu"
_Object = dict[str, Any]


@dataclass
class Case:
    """A cluster, and pods that wait."""

    nodes: list[_Object] = field(default_factory=list)
    limits: dict[str, int] = field(default_factory=dict)
    """Most EBS volumes by node, where it is limited."""
    volumes: list[_Object] = field(default_factory=list)
    claims: list[_Object] = field(default_factory=list)
    classes: list[_Object] = field(default_factory=list)
    running: list[_Object] = field(default_factory=list)
    waiting: list[_Object] = field(default_factory=list)

    def cluster(self) -> Cluster:
        """The cluster as the library reads it."""
        limits = {name: {DRIVER: most} for name, most in self.limits.items()}
        found = Cluster([node_of(each, limits.get(each["metadata"]["name"])) for each in self.nodes], NAMESPACES)
        for each in self.running:
            found.add(Pod(each["metadata"]["name"], self.shape(each)), found.places[each["spec"]["nodeName"]])
        return found

    def shape(self, pod: _Object) -> Shape:
        """A pod as the library reads it."""
        metadata = pod["metadata"]
        volumes = Volumes(
            {f"{e['metadata']['namespace']}/{e['metadata']['name']}": e for e in self.claims},
            {each["metadata"]["name"]: each for each in self.volumes},
            {each["metadata"]["name"]: each for each in self.classes},
        )
        mounted = volumes.of(pod["spec"], metadata["name"], metadata["namespace"])
        return shape_of(pod["spec"], metadata["labels"], metadata["namespace"], claims=mounted)


def in_turn(number: int) -> Case:
    """One cluster whose pods wait for no volume, and may be placed one after another."""
    found = case(number)
    found.waiting = [{**each, "spec": {**each["spec"], "volumes": []}} for each in found.waiting]
    return found


NAMESPACES = {"default": {"team": "a"}, "shop": {"team": "b"}}


def case(number: int) -> Case:
    """One cluster."""
    dice = random.Random(number)  # noqa: S311
    found = Case(classes=[_class("late", []), _class("late-a", ["eu-west-1a"]), _class("now", [], mode="Immediate")])
    for index in range(dice.randint(6, 14)):
        found.nodes.append(_node(dice, f"node-{index}"))
        if dice.random() < 0.5:
            found.limits[f"node-{index}"] = dice.randint(1, 3)
    for index in range(6):
        zone = dice.choice(("eu-west-1a", "eu-west-1b", "eu-west-1c"))
        found.volumes.append(_volume(dice, f"volume-{index}", zone))
        space = dice.choice(_SPACES)
        mode = dice.choice(("ReadWriteOnce", "ReadWriteOnce", "ReadWriteOncePod"))
        found.claims.append(_claim(f"bound-{index}", space, mode, "late", f"volume-{index}"))
        found.claims.append(_claim(f"open-{index}", space, mode, dice.choice(("late", "late-a", "now"))))
    for index in range(dice.randint(8, 30)):
        pod = _pod(dice, f"run-{index}", found, simple=True)
        pod["spec"]["nodeName"] = dice.choice(found.nodes)["metadata"]["name"]
        found.running.append(pod)
    found.waiting = [_pod(dice, f"wait-{index}", found) for index in range(20)]
    return found


def _node(dice: random.Random, name: str) -> _Object:
    labels = {HOST: name, "kubernetes.io/os": "linux", TYPE: dice.choice(("m5.large", "c5.xlarge", "g5.xlarge"))}
    if dice.random() < 0.92:
        labels[ZONE] = dice.choice(("eu-west-1a", "eu-west-1b", "eu-west-1c"))
    if dice.random() < 0.6:
        labels["pool"] = dice.choice(("general", "batch"))
    if dice.random() < 0.5:
        labels["rank"] = str(dice.randint(1, 9))
    taints = []
    if dice.random() < 0.3:
        effect = dice.choice(("NoSchedule", "NoExecute", "PreferNoSchedule"))
        taints.append({"key": "dedicated", "value": dice.choice(("batch", "gpu")), "effect": effect})
    room = {
        "cpu": dice.choice(("1930m", "3920m", "2")),
        "memory": dice.choice(("7143Mi", "15Gi", "3500000Ki")),
        "ephemeral-storage": dice.choice(("18Gi", "80Gi")),
        "pods": str(dice.choice((4, 8, 29))),
    }
    if labels[TYPE].startswith("g5"):
        room[_DEVICE] = str(dice.randint(1, 2))
    spec: _Object = {"taints": taints, **({"unschedulable": True} if dice.random() < 0.08 else {})}
    status = {"capacity": room, "allocatable": room, "conditions": [{"type": "Ready", "status": "True"}]}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "spec": spec,
        "status": status,
    }


def _class(name: str, zones: list[str], mode: str = "WaitForFirstConsumer") -> _Object:
    found: _Object = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name}}
    found |= {"provisioner": DRIVER, "volumeBindingMode": mode}
    if zones:
        found["allowedTopologies"] = [{"matchLabelExpressions": [{"key": ZONE, "values": zones}]}]
    return found


def _volume(dice: random.Random, name: str, zone: str) -> _Object:
    spec: _Object = {
        "capacity": {"storage": "5Gi"},
        "accessModes": ["ReadWriteOnce"],
        "csi": {"driver": DRIVER, "volumeHandle": name},
        "storageClassName": "late",
    }
    labels = {}
    if dice.random() < 0.6:
        term = {"matchExpressions": [{"key": ZONE, "operator": "In", "values": [zone]}]}
        spec["nodeAffinity"] = {"required": {"nodeSelectorTerms": [term]}}
    else:
        labels[ZONE] = zone
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name, "labels": labels},
        "spec": spec,
    }


def _claim(name: str, space: str, mode: str, of_class: str, volume: str | None = None) -> _Object:
    spec: _Object = {
        "accessModes": [mode],
        "storageClassName": of_class,
        "resources": {"requests": {"storage": "5Gi"}},
    }
    metadata: _Object = {"name": name, "namespace": space}
    if volume:
        spec["volumeName"] = volume
        metadata["annotations"] = {"pv.kubernetes.io/bind-completed": "yes"}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec}


def _pod(dice: random.Random, name: str, found: Case, *, simple: bool = False) -> _Object:
    space = dice.choice(_SPACES)
    labels = {"app": dice.choice(_APPS), "tier": dice.choice(("one", "two"))}
    spec: _Object = {"containers": [_container(dice, "main", small=simple)]}
    if dice.random() < 0.2:
        spec["containers"].append(_container(dice, "beside", small=simple))
    if dice.random() < 0.25:
        spec["initContainers"] = [_container(dice, "before", small=simple)]
        if dice.random() < 0.5:
            spec["initContainers"][0]["restartPolicy"] = "Always"
        if dice.random() < 0.5:
            spec["initContainers"].append(_container(dice, "last", small=simple))
    for field_name, value in _wishes(dice, simple=simple):
        spec[field_name] = value
    claims = [each["metadata"]["name"] for each in found.claims if each["metadata"]["namespace"] == space]
    if claims and dice.random() < 0.3:
        mounted = dice.sample(claims, min(len(claims), dice.randint(1, 2)))
        if simple:  # what runs has bound volumes
            mounted = [each for each in mounted if each.startswith("bound")]
        spec["volumes"] = [{"name": each, "persistentVolumeClaim": {"claimName": each}} for each in mounted]
    metadata = {"name": name, "namespace": space, "labels": labels}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def _container(dice: random.Random, name: str, *, small: bool) -> _Object:
    requests: dict[str, str] = {}
    limits: dict[str, str] = {}
    if dice.random() < 0.7:
        requests["cpu"] = dice.choice(("50m", "100m") if small else ("250m", "0.5", "900m", "1500m", "3"))
    if dice.random() < 0.6:
        requests["memory"] = dice.choice(("64Mi", "128M") if small else ("512Mi", "1.5Gi", "4Gi", "9000M"))
    if dice.random() < 0.15 and not small:
        requests["ephemeral-storage"] = dice.choice(("10Gi", "30G"))
    if dice.random() < 0.15 and not small:
        limits[_DEVICE] = str(dice.randint(1, 2))
    if dice.random() < 0.1 and "memory" not in requests:
        limits["memory"] = "256Mi"
    found: _Object = {"name": name, "image": "registry.example/app:1", "resources": {}}
    found["resources"] = {key: value for key, value in (("requests", requests), ("limits", limits)) if value}
    if dice.random() < 0.15:
        port: _Object = {"containerPort": 8080, "hostPort": dice.choice((8080, 9090))}
        if dice.random() < 0.4:
            port["hostIP"] = dice.choice(("10.0.0.1", "127.0.0.1"))
        if dice.random() < 0.3:
            port["protocol"] = "UDP"
        found["ports"] = [port]
    return found


def _wishes(dice: random.Random, *, simple: bool) -> Iterator[tuple[str, Any]]:
    if dice.random() < 0.6:
        operator = dice.choice(("Equal", "Exists"))
        toleration = {"key": "dedicated", "operator": operator}
        if operator == "Equal":
            toleration["value"] = dice.choice(("batch", "gpu"))
        if dice.random() < 0.5:
            toleration["effect"] = dice.choice(("NoSchedule", "NoExecute"))
        yield "tolerations", [toleration] if dice.random() < 0.8 else [{"operator": "Exists"}]
    affinity: _Object = {}
    if not simple:
        if dice.random() < 0.2:
            yield "nodeSelector", dict([dice.choice((("pool", "general"), (ZONE, "eu-west-1a"), (TYPE, "m5.large")))])
        if dice.random() < 0.3:
            affinity["nodeAffinity"] = {
                _REQUIRED: {"nodeSelectorTerms": [_node_term(dice) for _ in range(dice.randint(1, 2))]}
            }
        if dice.random() < 0.35:
            yield "topologySpreadConstraints", list(_spreads(dice))
        if dice.random() < 0.25:
            affinity["podAffinity"] = {_REQUIRED: [_pod_term(dice)]}
    if dice.random() < (0.2 if simple else 0.3):
        affinity["podAntiAffinity"] = {_REQUIRED: [_pod_term(dice) for _ in range(dice.randint(1, 2))]}
    for key, value in _preferred(dice):
        affinity.setdefault(key, {})[_PREFERRED] = value
    if affinity:
        yield "affinity", affinity


_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def _preferred(dice: random.Random) -> Iterator[tuple[str, list[_Object]]]:
    if dice.random() < 0.2:
        yield "nodeAffinity", [{"weight": dice.randint(1, 100), "preference": _node_term(dice)} for _ in range(2)]
    for key in ("podAffinity", "podAntiAffinity"):
        if dice.random() < 0.15:
            yield key, [{"weight": dice.randint(1, 100), "podAffinityTerm": _pod_term(dice)}]


_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def _node_term(dice: random.Random) -> _Object:
    choices: list[_Object] = [
        {"key": "pool", "operator": "In", "values": ["general", "batch"]},
        {"key": "pool", "operator": "NotIn", "values": ["batch"]},
        {"key": ZONE, "operator": "Exists"},
        {"key": "pool", "operator": "DoesNotExist"},
        {"key": "rank", "operator": "Gt", "values": ["4"]},
        {"key": "rank", "operator": "Lt", "values": ["7"]},
        {"key": TYPE, "operator": "In", "values": ["m5.large", "c5.xlarge"]},
    ]
    found: _Object = {"matchExpressions": dice.sample(choices, dice.randint(1, 2))}
    if dice.random() < 0.15:
        operator = dice.choice(("In", "NotIn"))
        found["matchFields"] = [
            {"key": "metadata.name", "operator": operator, "values": [f"node-{dice.randint(0, 5)}"]}
        ]
    return found


def _spreads(dice: random.Random) -> Iterator[_Object]:
    for key in dice.sample((ZONE, HOST, "pool"), dice.randint(1, 2)):
        when = dice.choice(("DoNotSchedule", "DoNotSchedule", "ScheduleAnyway"))
        found: _Object = {"maxSkew": dice.randint(1, 2), "topologyKey": key, "whenUnsatisfiable": when}
        found["labelSelector"] = _label_selector(dice)
        if when == "DoNotSchedule" and dice.random() < 0.2:
            found["minDomains"] = dice.randint(2, 4)
        if dice.random() < 0.2:
            found["nodeAffinityPolicy"] = dice.choice(("Honor", "Ignore"))
        if dice.random() < 0.2:
            found["nodeTaintsPolicy"] = dice.choice(("Honor", "Ignore"))
        if dice.random() < 0.2 and "matchLabels" in found["labelSelector"]:
            found["matchLabelKeys"] = ["tier"]
        yield found


def _label_selector(dice: random.Random) -> _Object:
    return dice.choice(
        (
            {"matchLabels": {"app": dice.choice(_APPS)}},
            {"matchLabels": {"app": dice.choice(_APPS)}},
            {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["db"]}]},
            {"matchExpressions": [{"key": "app", "operator": "Exists"}]},
            {},
        )
    )


def _pod_term(dice: random.Random) -> _Object:
    found: _Object = {"topologyKey": dice.choice((ZONE, HOST, "pool")), "labelSelector": _label_selector(dice)}
    if dice.random() < 0.2:
        found["namespaces"] = [dice.choice(_SPACES)]
    if dice.random() < 0.2:
        found["namespaceSelector"] = dice.choice(({}, {"matchLabels": {"team": "b"}}))
    if dice.random() < 0.15 and "matchLabels" in found["labelSelector"]:
        found[dice.choice(("matchLabelKeys", "mismatchLabelKeys"))] = ["tier"]
    return found
