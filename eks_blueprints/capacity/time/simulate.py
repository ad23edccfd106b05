"""A scenario is played on a platform."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from eks_blueprints.capacity.model import Platform
from eks_blueprints.capacity.time.blocked import blocked
from eks_blueprints.capacity.time.disrupting import Disrupting
from eks_blueprints.capacity.time.draining import Draining
from eks_blueprints.capacity.time.events import Events
from eks_blueprints.capacity.time.fargate import Fargate
from eks_blueprints.capacity.time.groups import Groups
from eks_blueprints.capacity.time.loads import at_begin, follow
from eks_blueprints.capacity.time.moments import instant
from eks_blueprints.capacity.time.names import Names
from eks_blueprints.capacity.time.past import Past
from eks_blueprints.capacity.time.pools import Pools
from eks_blueprints.capacity.time.record import Record, Sample
from eks_blueprints.capacity.time.scenario import Scenario
from eks_blueprints.capacity.time.start import at_start, begin, pods
from eks_blueprints.capacity.time.world import World

_NO_PAST = Past()


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What came of a scenario."""

    platform: Platform
    scenario: Scenario
    record: Record
    seconds: int
    """How long it was."""

    @property
    def cost(self) -> tuple[float, float]:
        """US dollars of all nodes over the period, least and most."""
        low = high = 0.0
        for sample, until in spans(self.record.samples, self.seconds):
            hours = (until - sample.at) / 3600
            low, high = low + sample.rate * hours, high + sample.most * hours
        return low, high


def spans(samples: Iterable[Sample], end: int) -> Iterable[tuple[Sample, int]]:
    """Each sample, and until when it holds."""
    found = list(samples)
    return zip(found, [*(e.at for e in found[1:]), end], strict=True)


def simulate(platform: Platform, scenario: Scenario, names: Names, past: Past = _NO_PAST) -> Simulation:
    """Play a scenario.

    Args:
        platform: The platform.
        scenario: What happens to it.
        names: What the names in the scenario stand for.
        past: Pods of the past, which are among those of the platform. Default: none.
    """
    world = World(platform, scenario)
    begin(world)
    pools = Pools(world)
    draining = Draining(world)
    groups = Groups(world, draining)
    Fargate(world)
    pods(world, platform.demands, {**past.at_begin(), **at_begin(scenario, names.loads)})
    world.settle()
    at_start(world)
    for each in (pools, groups):
        each.forget()
    world.record.notes += blocked(platform, instant(scenario.start))
    disrupting = Disrupting(pools, draining)
    for host in world.hosts.values():
        disrupting.launched(host)
    follow(world, names.loads)
    past.follow(world)
    Events(disrupting, groups, names.rollouts)
    world.settle()
    world.run()
    for work in world.works.values():
        work.kept.still = sum(each.node is None for each in work.pods.values())
        for item in work.pods.values():
            if item.node is None and (waited := world.end - item.since) > work.kept.longest:
                work.kept.longest, work.kept.longest_at = waited, item.since
    disrupting.holding.close()
    return Simulation(platform=platform, scenario=scenario, record=world.record, seconds=world.end)
