"""Groups, pods and clusters in few words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.capacity.model import Expansion
from eks_blueprints.provisioning.machine import Machine
from eks_blueprints.provisioning.makers import Group
from eks_blueprints.scheduling.amounts import Amounts
from eks_blueprints.scheduling.cluster import Cluster
from eks_blueprints.scheduling.node import Node
from eks_blueprints.scheduling.pod import Pod, Shape

GIB = 2**30
DEFAULT = Expansion()


def room(cpu: int, memory: float, pods: int = 58, **others: int) -> Amounts:
    """Thousandths of a core, and GiB."""
    return {"cpu": cpu, "memory": int(memory * GIB), "pods": pods, **others}


def machine(name: str, cpu: int = 1930, memory: float = 7.0, pods: int = 58, **others: int) -> Machine:
    """An instance type that gives pods what it has."""
    has = room(cpu, memory, pods, **others)
    labels = {"node.kubernetes.io/instance-type": frozenset({name})}
    return Machine(name=name, labels=labels, capacity=has, allocatable=has)


def group(name: str, most: int, *machines: Machine, zones: tuple[str, ...] = ("a",), **fields: Any) -> Group:
    """A group of m5.large, unless it says otherwise."""
    return Group(name=name, most=most, machines=machines or (machine("m5.large"),), zones=zones, **fields)


def shape(cpu: int, memory: float = 0.0, **fields: Any) -> Shape:
    """What replicas of a workload have alike."""
    requests = {"cpu": cpu, **({"memory": int(memory * GIB)} if memory else {}), **fields.pop("more", {})}
    return Shape(requests=requests, counted=requests, **fields)


def replicas(name: str, count: int, of: Shape, first: int = 0) -> list[Pod]:
    """Pods of a workload."""
    return [Pod(f"{name}-{number}", of) for number in range(first, first + count)]


def cluster(nodes: Mapping[str, Amounts], pods: Mapping[str, list[Pod]]) -> Cluster:
    """Nodes, and the pods on them."""
    found = Cluster(Node(name=name, labels=_labels(name), allocatable=has) for name, has in nodes.items())
    for name, mine in pods.items():
        for pod in mine:
            found.add(pod, found.places[name])
    return found


def _labels(name: str) -> dict[str, str]:
    return {"kubernetes.io/hostname": name, "topology.kubernetes.io/zone": "a"}


def running(found: Cluster) -> Iterator[str]:
    """The names of all pods that run."""
    for place in found.places.values():
        yield from place.pods
