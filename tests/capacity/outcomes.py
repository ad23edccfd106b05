"""Outcomes that are written down by hand, each with the platform that it is of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from eks_blueprints.capacity.model import Daemon, Demand, Outcome, Placed, PlannedNode, Platform, Refusal, Waiting
from eks_blueprints.provisioning.machine import Machine, Offering
from eks_blueprints.provisioning.makers import Group, Pool
from eks_blueprints.scheduling.pod import Shape

GIB = 2**30
ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")
LARGE = {"cpu": 1930, "memory": 7 * GIB, "pods": 29, "ephemeral-storage": 18 * GIB}
XLARGE = {"cpu": 3920, "memory": 14 * GIB, "pods": 58, "ephemeral-storage": 18 * GIB}
AGENT = Daemon(name="kube-system/DaemonSet/aws-node", shape=Shape(requests={"cpu": 50}))


def demand(name: str, least: int, cpu: int, memory: int, *, most: int | None = None, asked: str = "") -> Demand:
    """A Deployment in the namespace shop, with what a pod requests in millicores and MiB."""
    shape = Shape(namespace="shop", requests={"cpu": cpu, "memory": memory * 2**20})
    scaled = f"HorizontalPodAutoscaler {name}" if most else ""
    whole = f"shop/Deployment/{name}"
    return Demand(name=whole, shape=shape, least=least, most=most or least, scaled_by=scaled, asked=asked)


def pods(of: Demand, count: int, start: int = 0) -> tuple[Placed, ...]:
    return tuple(Placed(name=of.name, number=start + n, requests=of.shape.requests) for n in range(count))


def agent(number: int) -> Placed:
    return Placed(name=AGENT.name, number=number, requests=AGENT.shape.requests, daemon=True)


WEB, API, CACHE = demand("web", 6, 500, 512, most=20), demand("api", 3, 700, 2048), demand("cache", 2, 200, 5120)


def small() -> Outcome:
    """Four nodes of a pool and one of a group, with pods of three workloads."""
    offerings = tuple(Offering(zone=zone, price=0.0913) for zone in ZONES)
    large = Machine(name="m7g.large", allocatable=LARGE, offerings=offerings)
    xlarge = Machine(
        name="m7g.xlarge", allocatable=XLARGE, offerings=tuple(replace(each, price=0.1826) for each in offerings)
    )
    pool = Pool(name="default", weight=10, machines=(large, xlarge))
    group = Group(name="system", least=1, start=1, most=2, machines=(large,), zones=ZONES)
    platform = Platform(
        name="shop", region="eu-west-1", demands=(WEB, API, CACHE), daemons=(AGENT,), pools=(pool,), groups=(group,)
    )
    nodes = [
        _node(0, ZONES[0], (*pods(WEB, 3), agent(0))),
        _node(1, ZONES[1], (*pods(WEB, 3, 3), agent(1))),
        _node(2, ZONES[2], (*pods(API, 2), agent(2))),
        _node(3, ZONES[0], (*pods(API, 1, 2), *pods(CACHE, 1), agent(3)), machine="m7g.xlarge", price=0.1826),
        PlannedNode(
            name="system-1",
            maker="system",
            kind="managed_node_group",
            machine="m7g.large",
            zone=ZONES[1],
            capacity_type="on-demand",
            allocatable=LARGE,
            pods=(*pods(CACHE, 1, 1), agent(4)),
            price=0.0913,
            new=False,
        ),
    ]
    return Outcome(platform=platform, nodes=tuple(nodes))


def _node(
    number: int, zone: str, on: Sequence[Placed], *, machine: str = "m7g.large", price: float = 0.0913
) -> PlannedNode:
    return PlannedNode(
        name=f"default-{number}",
        maker="default",
        kind="karpenter",
        machine=machine,
        zone=zone,
        capacity_type="on-demand",
        allocatable=LARGE if machine == "m7g.large" else XLARGE,
        pods=tuple(on),
        alternatives=(machine, "m7i.large", "m6a.large"),
        zones=ZONES,
        price=price,
    )


def waiting() -> Outcome:
    """No node at all: nothing takes either workload."""
    shape = Shape(namespace="ml", requests={"cpu": 4000, "nvidia.com/gpu": 1})
    gpu = Demand(name="ml/Job/train", shape=shape, least=2, most=2)
    platform = Platform(
        name="shop", region="eu-west-1", demands=(WEB, gpu), unknown=("the pods of chart x are not known",)
    )
    group = "managed_node_group"
    full = Refusal(where="workers", kind=group, predicate="limits", reason="max_size 3 is reached")
    taint = Refusal(where="gpu", kind=group, predicate="TaintToleration", reason="node(s) had untolerated taint(s)")
    none = [
        Refusal(where=name, kind=group, predicate="NodeResourcesFit", reason="Insufficient nvidia.com/gpu")
        for name in ("workers", "batch")
    ]
    return Outcome(
        platform=platform,
        waiting=(
            Waiting(name=WEB.name, count=6, refusals=(full, taint), remedy="set max_size of workers to 7"),
            Waiting(name=gpu.name, count=2, refusals=(*none, taint)),
        ),
        notes=("Cluster Autoscaler is not installed, so that groups keep their size",),
    )


def spot() -> Outcome:
    """Spot instances, whose price is a range and whose zone nothing decides, one without any price, and Fargate."""
    base = small()
    nodes = [
        replace(each, capacity_type="spot", price=0.03, most=0.065, zone="") if each.maker == "default" else each
        for each in base.nodes
    ]
    odd = replace(nodes[0], name="odd-0", maker="odd", machine="z9.large", price=None, most=None, pods=pods(WEB, 1, 6))
    small_pod = demand("batch", 1, 200, 400)
    fargate = PlannedNode(
        name="fargate-0",
        maker="jobs",
        kind="fargate",
        machine="0.25 vCPU, 1 GB",
        zone="",
        capacity_type="on-demand",
        allocatable={"cpu": 250, "memory": GIB, "pods": 1},
        pods=pods(small_pod, 1),
        zones=ZONES,
        price=0.0152,
    )
    web = replace(WEB, least=7, asked="the request for memory is an Output, and was taken for nothing")
    platform = replace(base.platform, demands=(web, API, CACHE, small_pod))
    return replace(base, platform=platform, nodes=(*nodes, odd, fargate), evicted=((WEB.name, API.name, 2),))


def empty() -> Outcome:
    """A platform without pods and nodes."""
    return Outcome(platform=Platform(name="bare", region="eu-west-1"))


def many(count: int = 200) -> Outcome:
    """So many nodes of two pools and a group, filled by thirty workloads in turn; the same each time."""
    demands = [demand(f"service-{n:02}", 0, 100 + 37 * (n * 7 % 11), 128 + 97 * (n * 5 % 13)) for n in range(30)]
    used = dict.fromkeys(range(30), 0)
    nodes = []
    for number in range(count):
        kind, maker, machine, price, allocatable = _MAKERS[number % 5 // 2]
        on: list[Placed] = []
        for turn in _turns(number):
            each = demands[turn]
            room = all(
                sum(pod.requests.get(name, 0) for pod in on) + amount < allocatable[name] - 50
                for name, amount in each.shape.requests.items()
            )
            if room:
                on += pods(each, 1, used[turn])
                used[turn] += 1
        nodes.append(
            PlannedNode(
                name=f"{maker}-{number}",
                maker=maker,
                kind=kind,
                machine=machine,
                zone=ZONES[number % 3],
                capacity_type="spot" if maker == "spot" else "on-demand",
                allocatable=allocatable,
                pods=(*on, agent(number)),
                price=price,
                most=price * 2 if maker == "spot" else None,
                new=kind == "karpenter",
            )
        )
    demands = [replace(each, least=used[n], most=used[n]) for n, each in enumerate(demands)]
    platform = Platform(name="fleet", region="eu-west-1", demands=tuple(demands), daemons=(AGENT,))
    return Outcome(platform=platform, nodes=tuple(nodes))


_MAKERS = (
    ("karpenter", "default", "m7g.xlarge", 0.1826, XLARGE),
    ("karpenter", "spot", "m7i.large", 0.035, LARGE),
    ("managed_node_group", "base", "m7g.large", 0.0913, LARGE),
)


def _turns(number: int) -> Iterator[int]:
    """Which workloads come to a node, in which order: many nodes repeat others."""
    for turn in range(4 + number % 9):
        yield (number // 18 * 3 + turn * 7) % 30
