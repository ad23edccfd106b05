"""What holds at every moment of any scenario: a few random ones are played, and looked at as time passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any
from unittest.mock import patch

import pytest

from eks_blueprints.capacity.model import Demand, Platform
from eks_blueprints.capacity.time.json_form import to_data
from eks_blueprints.capacity.time.simulate import Simulation
from eks_blueprints.capacity.time.things import Host, Item
from eks_blueprints.capacity.time.world import World
from eks_blueprints.core.printed import document
from eks_blueprints.karpenter.disruption import Budget
from eks_blueprints.provisioning.karpenter.disruption.budgets import limit
from eks_blueprints.provisioning.karpenter.disruption.rules import Rules
from eks_blueprints.provisioning.karpenter.disruption.state import Traits
from eks_blueprints.provisioning.makers import Profile
from tests.capacity.time.worlds import SCALED, ZONES, group, keeps, machine, platform, play, pool, scenario, web

MIXED = [machine("m5.large", 2, 0.1, ("spot", "on-demand")), machine("m5.xlarge", 4, 0.2, ("spot", "on-demand"))]
PRICES = {
    **{(each.name, offer.capacity_type): offer.price for each in MIXED for offer in each.offerings},
    ("Fargate 0.5 vCPU 1 GB", "on-demand"): 0.025,
    ("Fargate 1 vCPU 2 GB", "on-demand"): 0.05,
}
FARGATE = Profile(name="fargate", selectors=(("shop", {"app": "web"}),), zones=ZONES, rates=(0.03, 0.01, 0.0))
CALENDAR = Budget(nodes="0", schedule="*/30 * * * *", duration="10m")
VOLUNTARY = {"Drifted", "Underutilized", "Empty"}
KEPT: list[bool | timedelta] = [False, False, True, timedelta(minutes=30)]
NAMES = ("web", "api", "data", "job")


def _rules(random: Random) -> Rules:
    return Rules(
        consolidate_after=random.choice([None, timedelta(0), timedelta(minutes=5)]),
        budgets=random.choice([(Budget(nodes="1"),), (Budget(nodes="50%"), CALENDAR), (Budget(nodes="100%"),)]),
        expire_after=random.choice([None, timedelta(hours=2)]),
        grace=random.choice([None, timedelta(minutes=20)]),
    )


def _platform(random: Random) -> Platform:
    demands = []
    for name in NAMES:
        traits = Traits(keeps=random.choice(KEPT), grace=timedelta(seconds=random.choice([0, 30, 300])))
        kind = random.choice(["Deployment", "StatefulSet"])
        one: Demand = web(random.randint(1, 5), name, cpu=random.choice([300, 900]), spread=random.random() < 0.3)
        demands.append(replace(one, name=f"shop/{kind}/{name}", traits=traits))
    pools = tuple(
        pool(name, machines=MIXED, rules=_rules(random), weight=weight) for name, weight in (("one", 10), ("two", 0))
    )
    return platform(
        *demands,
        pools=pools[: random.randint(1, 2)],
        groups=(group(start=2, most=4),) if random.random() < 0.5 else (),
        autoscaler=SCALED,
        profiles=(FARGATE,) if random.random() < 0.4 else (),
        pod_budgets=tuple(keeps(name, missing=1) for name in random.sample(NAMES, 2)),
    )


def _events(random: Random) -> Iterator[dict[str, Any]]:
    of_pool = {"key": "node.kubernetes.io/instance-type", "operator": "In", "values": [random.choice(MIXED).name]}
    every: list[dict[str, Any]] = [
        {"node_loss": {"count": "30%"}},
        {"zone_loss": {"zone": random.choice(ZONES), "during": "20m"}},
        {"spot_interruption": {"share": "60%"}},
        {"no_capacity": {"capacity_type": "spot", "during": "1h"}},
        {"new_image": {}},
        {"upgrade": {}},
        {"change_pool": {"pool": "one", "requirements": [of_pool]}},
        {"change_pool": {"pool": "one", "limits": {"cpu": "6"}, "expire_after": "90m"}},
    ]
    for happens in random.sample(every, 4):
        yield {"at": f"{random.randint(0, 170)}m", **happens}


@contextmanager
def _looked_at(on: Platform) -> Iterator[list[int]]:
    """Worlds are looked at whenever something has happened."""
    looks = [0]
    sample, cordon, requeue = World.sample, World.cordon, World.requeue

    def sampled(world: World) -> None:
        sample(world)
        looks[0] += 1
        there: Counter[str] = Counter()
        for work in world.works.values():
            assert len(work.pods) == work.want
            assert work.ready == sum(each.ready for each in work.pods.values())
            for item in work.pods.values():
                assert (item.node is None) == (item.name in world.waiting)
                assert item.node is None or world.hosts[item.node.name].items[item.name] is item
                there[item.name] += item.node is not None
        assert set(there.values()) <= {0, 1}
        for name, place in world.cluster.places.items():
            used: Counter[str] = Counter()
            for pod in place.pods.values():
                used.update({**pod.shape.requests, "pods": 1})
            assert all(count <= place.node.allocatable[of] for of, count in used.items())
            assert world.hosts[name].items.keys() <= place.pods.keys()

    def cordoned(world: World, host: Host, reason: str) -> None:
        begins = not host.leaving and reason in VOLUNTARY
        cordon(world, host, reason)
        if begins:
            mine = [each for each in world.hosts.values() if each.maker == host.maker and each.ready]
            rules = next(each for each in on.pools if each.name == host.maker).rules
            assert rules is not None
            reasons: Any = reason
            assert sum(bool(each.leaving) for each in mine) <= limit(rules.budgets, len(mine), reasons, world.moment)

    def requeued(world: World, item: Item, reason: str) -> None:
        counts = item.ready and reason in VOLUNTARY and item.node is not None and item.node.grace is None
        requeue(world, item, reason)
        if counts:
            for each in on.pod_budgets:
                if each.of(item.pod):
                    assert item.work.ready >= item.work.want - 1

    with patch.multiple(World, sample=sampled, cordon=cordoned, requeue=requeued):
        yield looks


def _played(seed: int) -> tuple[Simulation, int]:
    random = Random(seed)  # noqa: S311 - cases, not secrets
    on = _platform(random)
    load = [{"workload": "api", "replicas": {"0h": 3, "1h": random.randint(0, 20), "2h": 2}}]
    what = scenario(*_events(random), load=load, duration="3h", seed=seed)
    with _looked_at(on) as looks:
        return play(on, what), looks[0]


@pytest.mark.parametrize("seed", range(8))
def test_pods_nodes_budgets_and_costs_add_up_at_every_moment(seed: int) -> None:
    found, looks = _played(seed)
    assert looks > 10
    paid = sum(seconds / 3600 * PRICES[kind] for kind, seconds in found.record.hours.items())
    assert found.cost[0] == pytest.approx(paid, rel=1e-4)
    assert found.record.samples[0].at == 0


def test_the_same_seed_comes_out_the_same_byte_for_byte() -> None:
    first, second = (document(to_data(_played(3)[0], stack="a")) for _ in range(2))
    assert first == second
