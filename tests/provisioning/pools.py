"""Pools and pods that wait, made at random from a number, and the instance types that they choose from."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from eks_blueprints.karpenter.requirements import Requirement, allowed
from eks_blueprints.karpenter.tolerating import taint_of
from eks_blueprints.provisioning.machine import Machine, Offering
from eks_blueprints.provisioning.makers import Pool
from eks_blueprints.scheduling.amounts import amounts
from eks_blueprints.scheduling.cluster import Cluster
from eks_blueprints.scheduling.node import HOST, ZONE, node_of
from eks_blueprints.scheduling.pod import Pod, Shape, shape_of

_Object = dict[str, Any]
GROUP = "karpenter.kwok.sh"
CAPACITY_TYPE, TYPE = "karpenter.sh/capacity-type", "node.kubernetes.io/instance-type"
ARCH, OS = "kubernetes.io/arch", "kubernetes.io/os"
FAMILY, SIZE, CPU = f"{GROUP}/instance-family", f"{GROUP}/instance-size", f"{GROUP}/instance-cpu"
ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")
_SIZES = {"large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32, "12xlarge": 48, "16xlarge": 64}
_PODS = {2: 29, 4: 58, 8: 58, 16: 234, 32: 234, 48: 234, 64: 737}
# GiB a core, dollars a core, and architecture
_FAMILIES = {
    "c5": (2, 0.0425, "amd64"),
    "m5": (4, 0.048, "amd64"),
    "r5": (8, 0.063, "amd64"),
    "m6g": (4, 0.0385, "arm64"),
    "c7g": (2, 0.0363, "arm64"),
    "r7g": (8, 0.0535, "arm64"),
    "g5": (4, 0.2515, "amd64"),
}


@dataclass(frozen=True)
class Type:
    """An instance type."""

    name: str
    cores: int
    memory: int
    """GiB."""
    arch: str
    gpus: int
    offerings: tuple[Offering, ...]

    @property
    def resources(self) -> dict[str, str]:
        """What it has."""
        found = {"cpu": str(self.cores), "memory": f"{self.memory}Gi", "pods": str(_PODS[self.cores])}
        found["ephemeral-storage"] = "20Gi"
        return {**found, "nvidia.com/gpu": str(self.gpus)} if self.gpus else found


@cache
def types() -> tuple[Type, ...]:
    """Every instance type: each family in each size, spot for most, and two families in two zones alone."""
    found = []
    for family, (ratio, price, arch) in _FAMILIES.items():
        for size, cores in _SIZES.items():
            zones = ZONES[:2] if family in ("r7g", "g5") else ZONES
            gpus = (1 if cores < 48 else 4 if cores == 48 else 0) if family == "g5" else 0
            if family == "g5" and cores == 64:
                continue
            offerings = []
            for number, zone in enumerate(zones):
                offerings.append(Offering(zone=zone, price=round(price * cores, 4)))
                if family != "g5" and (family, size) != ("m5", "large"):
                    # Not the same share everywhere, so that types come in another order as spot.
                    share = 0.3 + 0.02 * number + 0.01 * (len(size) % 5) + (0.06 if family in ("m5", "c7g") else 0)
                    offerings.append(Offering(zone=zone, capacity_type="spot", price=round(price * cores * share, 4)))
            found.append(Type(f"{family}.{size}", cores, cores * ratio, arch, gpus, tuple(offerings)))
    return tuple(found)


def types_of_kwok() -> list[_Object]:
    """The same as the file of instance types that Karpenter's controller for KWOK reads."""

    def offering(given: Offering) -> _Object:
        wanted = ((CAPACITY_TYPE, given.capacity_type), (ZONE, given.zone))
        asked = [{"key": key, "operator": "In", "values": [value]} for key, value in wanted]
        return {"Price": given.price, "Available": True, "Requirements": asked}

    return [
        {
            "name": each.name,
            "architecture": each.arch,
            "operatingSystems": ["linux"],
            "resources": each.resources,
            "offerings": [offering(one) for one in each.offerings],
        }
        for each in types()
    ]


@cache
def machines() -> tuple[Machine, ...]:
    """The same as the library reads them; KWOK's controller keeps 100m and 10Mi of each."""
    found = []
    for each in types():
        has = amounts(each.resources)
        family, _, size = each.name.partition(".")
        labels = {
            TYPE: (each.name,),
            ARCH: (each.arch,),
            OS: ("linux",),
            ZONE: {one.zone for one in each.offerings},
            CAPACITY_TYPE: {one.capacity_type for one in each.offerings},
            FAMILY: (family,),
            SIZE: (size,),
            CPU: (str(each.cores),),
            f"{GROUP}/instance-memory": (f"{each.memory}Gi",),
        }
        found.append(
            Machine(
                name=each.name,
                labels={key: frozenset(values) for key, values in labels.items()},
                capacity=has,
                allocatable={**has, "cpu": has["cpu"] - 100, "memory": has["memory"] - 10 * 2**20},
                offerings=each.offerings,
            )
        )
    return tuple(found)


@dataclass
class Case:
    """Pools, nodes that are there, pods of every node, and pods that wait."""

    pools: list[_Object] = field(default_factory=list)
    daemons: list[_Object] = field(default_factory=list)
    nodes: list[_Object] = field(default_factory=list)
    running: list[_Object] = field(default_factory=list)
    waiting: list[_Object] = field(default_factory=list)

    def read(self, order: Sequence[str] = ()) -> tuple[list[Pool], list[Shape], Cluster, list[Pod]]:
        """The same as the library reads it; pods in an order, where one is said."""
        cluster = Cluster([node_of(each) for each in self.nodes])
        shapes = Shapes()
        for each in self.running:
            name = each["metadata"]["name"]
            cluster.add(Pod(name, shapes.of(each)), cluster.places[each["spec"]["nodeName"]])
        daemons = [shapes.of({**e["spec"]["template"], "kind": "Pod"}) for e in self.daemons]
        places = {name: at for at, name in enumerate(order)}
        waiting = sorted(self.waiting, key=lambda each: places.get(each["metadata"]["name"], 0))
        pods = [Pod(each["metadata"]["name"], shapes.of(each)) for each in waiting]
        return [pool_of(each) for each in self.pools], daemons, cluster, pods


class Shapes:
    """Pods with the same words share a shape."""

    def __init__(self) -> None:
        self._found: dict[str, Shape] = {}

    def of(self, pod: _Object) -> Shape:
        labels = pod["metadata"].get("labels") or {}
        spec = {key: value for key, value in pod["spec"].items() if key != "nodeName"}
        key = repr((labels, spec))
        if key not in self._found:
            self._found[key] = shape_of(spec, labels)
        return self._found[key]


def pool_of(given: _Object) -> Pool:
    spec = given["spec"]
    template = spec["template"]
    asked = [
        Requirement.model_construct(key=e["key"], operator=e["operator"], values=tuple(e.get("values") or ()))
        for e in template["spec"]["requirements"]
    ]
    return Pool(
        name=given["metadata"]["name"],
        weight=spec.get("weight") or 0,
        requirements=allowed(asked),
        min_values={e["key"]: e["minValues"] for e in template["spec"]["requirements"] if "minValues" in e},
        labels=template.get("metadata", {}).get("labels") or {},
        taints=tuple(taint_of(e["key"], e.get("value"), e["effect"]) for e in template["spec"].get("taints") or ()),
        limits=amounts(spec.get("limits")),
        machines=machines(),
    )


def case(number: int) -> Case:
    """One cluster."""
    dice = random.Random(number)  # noqa: S311
    found = Case()
    for index in range(dice.choice((1, 1, 2, 2, 3, 4))):
        found.pools.append(_node_pool(dice, f"pool-{'abcd'[index]}"))
    for index in range(dice.choice((0, 1, 1, 2, 3))):
        found.daemons.append(_daemon(dice, f"daemon-{index}"))
    if dice.random() < 0.3:
        for index in range(dice.randint(1, 3)):
            found.nodes.append(_node(dice, f"node-{index}"))
            for number_of in range(dice.randint(0, 3)):
                pod = _pod(dice, f"run-{index}-{number_of}", _workload(dice, running=True))
                pod["spec"]["nodeName"] = f"node-{index}"
                found.running.append(pod)
    for index in range(dice.randint(1, 5)):
        workload = _workload(dice)
        for replica in range(dice.choice((1, 2, 3, 3, 4, 6, 6, 9, 12))):
            found.waiting.append(_pod(dice, f"wait-{index}-{replica}", workload))
    return found


def _asked(dice: random.Random) -> Iterator[_Object]:
    if dice.random() < 0.45:
        families = dice.sample(sorted(_FAMILIES), dice.randint(1, 4))
        yield {"key": FAMILY, "operator": dice.choice(("In", "In", "NotIn")), "values": families}
    if dice.random() < 0.3:
        sizes = dice.sample(sorted(_SIZES), dice.randint(1, 4))
        yield {"key": SIZE, "operator": dice.choice(("In", "NotIn")), "values": sizes}
    if dice.random() < 0.3:
        yield {"key": CPU, "operator": dice.choice(("Gt", "Lt")), "values": [dice.choice(("4", "8", "16"))]}
    if dice.random() < 0.5:
        kinds = dice.choice((["on-demand"], ["spot"], ["spot", "on-demand"]))
        yield {"key": CAPACITY_TYPE, "operator": "In", "values": kinds}
    if dice.random() < 0.4:
        yield {"key": ZONE, "operator": "In", "values": dice.sample(ZONES, dice.randint(1, 3))}
    if dice.random() < 0.4:
        yield {"key": ARCH, "operator": "In", "values": dice.choice((["amd64"], ["arm64"], ["amd64", "arm64"]))}


def _node_pool(dice: random.Random, name: str) -> _Object:
    asked = list(_asked(dice))
    if asked and dice.random() < 0.2:
        chosen = dice.choice(asked)
        if chosen["operator"] == "In":
            chosen["minValues"] = dice.randint(1, len(chosen["values"]))
    if dice.random() < 0.15:
        asked.append({"key": FAMILY, "operator": "Exists", "minValues": dice.randint(2, 4)})
    if dice.random() < 0.15:
        asked.append({"key": "example.com/rack", "operator": "In", "values": ["r1", "r2"]})
    template: _Object = {"metadata": {"labels": {}}, "spec": {"requirements": asked}}
    if dice.random() < 0.4:
        template["metadata"]["labels"] = {"team": dice.choice(("a", "b"))}
    template["spec"]["nodeClassRef"] = {"group": GROUP, "kind": "KWOKNodeClass", "name": "default"}
    if dice.random() < 0.3:
        effect = dice.choice(("NoSchedule", "NoSchedule", "NoExecute", "PreferNoSchedule"))
        template["spec"]["taints"] = [{"key": "dedicated", "value": dice.choice(("gpu", "batch")), "effect": effect}]
    if dice.random() < 0.2:
        template["spec"]["startupTaints"] = [{"key": "starting", "effect": "NoSchedule"}]
    spec: _Object = {"template": template, "disruption": {"consolidateAfter": "Never"}}
    if dice.random() < 0.5:
        spec["weight"] = dice.randint(1, 100)
    if dice.random() < 0.35:
        spec["limits"] = {"cpu": str(dice.choice((8, 20, 64, 200, 1000)))}
        if dice.random() < 0.3:
            spec["limits"]["memory"] = dice.choice(("64Gi", "300Gi"))
    return {"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": name}, "spec": spec}


def _daemon(dice: random.Random, name: str) -> _Object:
    requests = {"cpu": dice.choice(("25m", "100m", "250m")), "memory": dice.choice(("64Mi", "256Mi", "1Gi"))}
    spec: _Object = {"containers": [{"name": "main", "image": "example/agent:1", "resources": {"requests": requests}}]}
    if dice.random() < 0.5:
        spec["tolerations"] = [{"operator": "Exists"}]
    if dice.random() < 0.3:
        spec["nodeSelector"] = dict([dice.choice(((ARCH, "arm64"), ("team", "a"), (OS, "linux"), (FAMILY, "m5")))])
    elif dice.random() < 0.3:
        terms = [
            {"matchExpressions": [{"key": FAMILY, "operator": "In", "values": ["g5"]}]},
            {"matchExpressions": [{"key": CPU, "operator": "Gt", "values": ["8"]}]},
        ]
        spec["affinity"] = {"nodeAffinity": {_REQUIRED: {"nodeSelectorTerms": terms[: dice.randint(1, 2)]}}}
    if dice.random() < 0.2:
        spec["containers"][0]["ports"] = [{"containerPort": 9100, "hostPort": 9100, "protocol": "TCP"}]
    labels = {"daemon": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": spec}},
    }


def _node(dice: random.Random, name: str) -> _Object:
    labels = {HOST: name, OS: "linux", ARCH: dice.choice(("amd64", "arm64")), ZONE: dice.choice(ZONES)}
    room = {"cpu": dice.choice(("1", "2", "4")), "memory": dice.choice(("4Gi", "8Gi")), "pods": "20"}
    room["ephemeral-storage"] = "18Gi"
    status = {"capacity": room, "allocatable": room, "conditions": [{"type": "Ready", "status": "True"}]}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "spec": {},
        "status": status,
    }


_APPS = ("web", "api", "db")
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def _pod(dice: random.Random, name: str, workload: _Object) -> _Object:
    metadata = {"name": name, "namespace": "default", "labels": workload["labels"]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {**workload["spec"]}}


def _workload(dice: random.Random, *, running: bool = False) -> _Object:
    labels = {"app": dice.choice(_APPS), "tier": dice.choice(("one", "two"))}
    requests: dict[str, str] = {}
    small = {"cpu": ("50m", "100m"), "memory": ("64Mi", "128Mi")}
    large = {"cpu": ("100m", "500m", "1", "1500m", "3", "7"), "memory": ("256Mi", "1Gi", "3Gi", "6Gi", "20Gi")}
    for resource, choices in (small if running else large).items():
        if dice.random() < 0.9:
            requests[resource] = dice.choice(choices)
    container: _Object = {"name": "main", "image": "example/app:1", "resources": {"requests": requests}}
    spec: _Object = {"containers": [container]}
    if not running and dice.random() < 0.08:
        container["resources"]["limits"] = {"nvidia.com/gpu": "1"}
    if dice.random() < 0.08:
        container["ports"] = [{"containerPort": 8080, "hostPort": dice.choice((8080, 9100)), "protocol": "TCP"}]
    if dice.random() < 0.15:
        before = {"cpu": dice.choice(("50m", "2")), "memory": "512Mi"}
        spec["initContainers"] = [{"name": "before", "image": "example/app:1", "resources": {"requests": before}}]
    for key, value in _wishes(dice, labels, running=running):
        spec[key] = value
    return {"labels": labels, "spec": spec}


def _wishes(dice: random.Random, labels: dict[str, str], *, running: bool) -> Iterator[tuple[str, Any]]:
    if dice.random() < 0.5:
        toleration = {"key": "dedicated", "operator": "Equal", "value": dice.choice(("gpu", "batch"))}
        yield "tolerations", [toleration] if dice.random() < 0.7 else [{"operator": "Exists"}]
    own = {"labelSelector": {"matchLabels": {"app": labels["app"]}}}
    apart: _Object = {}
    if dice.random() < 0.15:
        apart[_REQUIRED] = [{"topologyKey": dice.choice((HOST, HOST, ZONE)), **own}]
    if running:
        if apart:
            yield "affinity", {"podAntiAffinity": apart}
        return
    if dice.random() < 0.25:
        choices = ((ZONE, "eu-west-1a"), (ARCH, "arm64"), (CAPACITY_TYPE, "spot"), ("team", "a"), (TYPE, "m5.xlarge"))
        yield "nodeSelector", dict([dice.choice(choices)])
    affinity: _Object = {}
    if dice.random() < 0.2:
        terms = [_node_term(dice) for _ in range(dice.randint(1, 2))]
        affinity["nodeAffinity"] = {_REQUIRED: {"nodeSelectorTerms": terms}}
    if dice.random() < 0.2:
        preferred = [{"weight": weight, "preference": _node_term(dice)} for weight in dice.sample(range(1, 100), 2)]
        affinity.setdefault("nodeAffinity", {})[_PREFERRED] = preferred
    if dice.random() < 0.12:
        affinity["podAffinity"] = {_REQUIRED: [{"topologyKey": dice.choice((HOST, ZONE)), **_others(dice)}]}
    if not apart and dice.random() < 0.12:
        term = {"topologyKey": dice.choice((HOST, ZONE)), **_others(dice)}
        apart[_PREFERRED] = [{"weight": dice.randint(1, 100), "podAffinityTerm": term}]
    if apart:
        affinity["podAntiAffinity"] = apart
    if affinity:
        yield "affinity", affinity
    if dice.random() < 0.35:
        yield "topologySpreadConstraints", list(_spreads(dice, own))


def _spreads(dice: random.Random, own: _Object) -> Iterator[_Object]:
    for key in dice.sample((ZONE, HOST, CAPACITY_TYPE), dice.choice((1, 1, 2))):
        when = dice.choice(("DoNotSchedule", "DoNotSchedule", "ScheduleAnyway"))
        found = {"maxSkew": dice.randint(1, 2), "topologyKey": key, "whenUnsatisfiable": when, **own}
        if when == "DoNotSchedule" and dice.random() < 0.15:
            found["minDomains"] = dice.randint(2, 4)
        if dice.random() < 0.15:
            found["nodeTaintsPolicy"] = "Honor"
        yield found


def _others(dice: random.Random) -> _Object:
    return {"labelSelector": {"matchLabels": {"app": dice.choice(_APPS)}}}


def _node_term(dice: random.Random) -> _Object:
    choices: list[_Object] = [
        {"key": FAMILY, "operator": "In", "values": dice.sample(sorted(_FAMILIES), 2)},
        {"key": FAMILY, "operator": "NotIn", "values": dice.sample(sorted(_FAMILIES), 2)},
        {"key": CPU, "operator": "Gt", "values": [dice.choice(("2", "8"))]},
        {"key": CPU, "operator": "Lt", "values": [dice.choice(("16", "40"))]},
        {"key": ZONE, "operator": "In", "values": dice.sample(ZONES, 2)},
        {"key": CAPACITY_TYPE, "operator": "In", "values": ["on-demand"]},
        {"key": "team", "operator": dice.choice(("Exists", "DoesNotExist"))},
        {"key": "example.com/rack", "operator": "In", "values": ["r1"]},
        {"key": SIZE, "operator": "Exists"},
    ]
    return {"matchExpressions": dice.sample(choices, dice.choice((1, 1, 2)))}
