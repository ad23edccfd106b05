"""Small platforms, and scenarios that are played on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from eks_blueprints.capacity.model import Daemon, Demand, Expansion, Platform
from eks_blueprints.capacity.time.names import names_of
from eks_blueprints.capacity.time.past import Past
from eks_blueprints.capacity.time.record import Entry
from eks_blueprints.capacity.time.scenario import Scenario
from eks_blueprints.capacity.time.simulate import Simulation, simulate
from eks_blueprints.karpenter.requirements import Requirement, allowed
from eks_blueprints.provisioning.karpenter.disruption.pod_budgets import Count, PodBudget
from eks_blueprints.provisioning.karpenter.disruption.rules import Rules
from eks_blueprints.provisioning.machine import ON_DEMAND, Machine, Offering
from eks_blueprints.provisioning.makers import Group, Pool
from eks_blueprints.scheduling.pod import Shape, Spread
from eks_blueprints.scheduling.selectors import selector

GIB = 2**30
ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")
AGENT = Daemon(name="kube-system/DaemonSet/agent", shape=Shape(requests={"cpu": 100}))
CAPACITY = "karpenter.sh/capacity-type"
NEVER = Rules(consolidate_after=None, expire_after=None)


def machine(name: str, cores: int, price: float, kinds: Sequence[str] = (ON_DEMAND,)) -> Machine:
    """A type with 4 GiB a core, of which pods may request all."""
    amounts = {"cpu": cores * 1000, "memory": cores * 4 * GIB, "pods": 110}
    prices = {kind: price * (0.4 if kind == "spot" else 1) for kind in kinds}
    offerings = tuple(Offering(zone=z, capacity_type=k, price=cost) for z in ZONES for k, cost in prices.items())
    labels = {
        "node.kubernetes.io/instance-type": frozenset({name}),
        "topology.kubernetes.io/zone": frozenset(ZONES),
        CAPACITY: frozenset(kinds),
    }
    return Machine(name=name, labels=labels, capacity=amounts, allocatable=amounts, offerings=offerings)


LARGE, XLARGE = machine("m5.large", 2, 0.1), machine("m5.xlarge", 4, 0.2)


def pool(name: str = "default", machines: Sequence[Machine] = (LARGE, XLARGE), **changes: Any) -> Pool:
    """A pool that nothing consolidates, unless its rules say so."""
    kinds = {each.capacity_type for m in machines for each in m.offerings}
    only = allowed([Requirement(key=CAPACITY, operator="In", values=tuple(sorted(kinds)))])
    labels = {"karpenter.k8s.aws/ec2nodeclass": "usual"}
    given: dict[str, Any] = {"rules": NEVER, "requirements": only, "labels": labels} | changes
    return Pool(name=name, machines=tuple(machines), **given)


def group(name: str = "workers", *, start: int = 2, least: int = 1, most: int = 10) -> Group:
    return Group(name=name, least=least, start=start, most=most, machines=(LARGE,), zones=ZONES)


def web(count: int = 4, name: str = "web", *, cpu: int = 900, most: int | None = None, spread: bool = False) -> Demand:
    labels = {"app": name}
    over = Spread(1, "kubernetes.io/hostname", hard=True, selector=selector({"matchLabels": labels}))
    requests = {"cpu": cpu, "memory": GIB // 2}
    shape = Shape(namespace="shop", labels=labels, requests=requests, spread=(over,) if spread else ())
    scaled = f"HorizontalPodAutoscaler {name}" if most else ""
    target = 50 if most else None
    return Demand(
        name=f"shop/Deployment/{name}", shape=shape, least=count, most=most or count, scaled_by=scaled, target=target
    )


def keeps(name: str = "web", *, least: Count | None = None, missing: Count | None = None) -> PodBudget:
    chosen = selector({"matchLabels": {"app": name}})
    return PodBudget(
        name=name, namespace="shop", selector=chosen, allowed=0, min_available=least, max_unavailable=missing
    )


def rules(after: int = 0, **changes: Any) -> Rules:
    return Rules(consolidate_after=timedelta(seconds=after), expire_after=None, **changes)


def platform(*demands: Demand, **parts: Any) -> Platform:
    return Platform(name="shop", region="eu-west-1", demands=demands, **{"daemons": (AGENT,), **parts})


def scenario(*events: Mapping[str, Any], duration: str = "4h", **fields: Any) -> Scenario:
    start = fields.pop("start", "2026-03-02T00:00:00Z")
    return Scenario.model_validate({"start": start, "duration": duration, "events": list(events), **fields})


def play(on: Platform, what: Scenario, past: Past | None = None) -> Simulation:
    return simulate(on, what, names_of(what, on), past or Past())


def told(found: Simulation, *kinds: str) -> list[tuple[int, str]]:
    """When and what, of some kinds of entries."""
    return [(each.at, each.what) for each in _of(found, kinds)]


def _of(found: Simulation, kinds: Sequence[str]) -> list[Entry]:
    return [each for each in found.record.entries if each.kind in kinds]


SCALED = Expansion(expanders=("least-waste",))
