"""How many pods workloads have over time: as the scenario says, or as a HorizontalPodAutoscaler makes of their load.

The autoscaler asks for `ceil(pods × use / target)`, leaves alone what is within a tenth of the target, at most doubles
the pods or adds 4 at a time, whichever is more, and goes down only to the largest number that it asked for in the last
5 minutes. When it scales up, pods that are not ready count as using nothing. Source: k8s.io/kubernetes
pkg/controller/podautoscaler, 1.36, with the default behaviour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import partial
from typing import TypeVar

from eks_blueprints.capacity.time.moments import length, percent
from eks_blueprints.capacity.time.scenario import Load, Scenario
from eks_blueprints.capacity.time.things import Item, Work
from eks_blueprints.capacity.time.world import World
from eks_blueprints.capacity.words import count
from eks_blueprints.scheduling.amounts import CPU, amount

T = TypeVar("T")

_TOLERANCE = Fraction(1, 10)
_DOUBLES, _ADDS = 2, 4


def desired(pods: int, use: Fraction, target: int, *, least: int, most: int) -> int:
    """How many pods a HorizontalPodAutoscaler asks for, within its bounds.

    Args:
        pods: How many there are.
        use: What they use of the cores that they request, in per cent.
        target: The use at which it aims.
        least: Its fewest pods.
        most: Its most pods.
    """
    ratio = use / target
    wanted = pods if abs(ratio - 1) <= _TOLERANCE else -(-pods * ratio.numerator // ratio.denominator)
    return min(max(wanted, least), most)


def at_begin(scenario: Scenario, names: Mapping[int, str]) -> dict[str, int]:
    """How many pods workloads have when the scenario begins, where it says so."""
    found = {}
    for index, load in enumerate(scenario.load):
        for moment, number in (load.replicas or {}).items():
            if scenario.seconds(moment) <= 0:
                found[names[index]] = number
    return found


def resize(world: World, work: Work, number: int, why: str) -> None:
    """A workload is to have so many pods."""
    if number == work.want:
        return
    world.log("scale", f"{work.short} {work.want} → {count(number, 'pod')}", why)
    work.want = number
    fit(world, work)


def fit(world: World, work: Work) -> None:
    """Pods are made or removed, so that there are as many as there are to be."""
    while len(work.pods) < work.want + work.surge:
        world.add(work)
    extra = len(work.pods) - work.want - work.surge
    if extra > 0:
        for item in _first_to_go(work, extra):
            world.remove(item)


def _first_to_go(work: Work, many: int) -> list[Item]:
    """Some pods in the order in which they go: those that wait, those not ready, where most are, the youngest."""
    mates: dict[str, int] = {}
    for item in work.pods.values():
        if item.node is not None:
            mates[item.node.name] = mates.get(item.node.name, 0) + 1

    def rank(item: Item) -> tuple[bool, bool, int, int, int]:
        crowd = mates[item.node.name] if item.node is not None else 0
        return item.node is not None, item.ready, -crowd, -item.since, -int(item.name.rpartition("#")[2] or 0)

    found: list[Item] = []
    left = list(work.pods.values())
    while left and len(found) < many:
        item = min(left, key=rank)  # a pod that goes makes its node less crowded
        left.remove(item)
        found.append(item)
        if item.node is not None:
            mates[item.node.name] -= 1
    return found


def follow(world: World, names: Mapping[int, str]) -> None:
    """Workloads follow the load of the scenario.

    Args:
        world: The world, whose workloads are there.
        names: The workload that each load is of, by its place in the scenario.
    """
    for index, load in enumerate(world.scenario.load):
        work = world.works[names[index]]
        if load.replicas is not None:
            for at, number in steps(world.scenario, load, load.replicas.items()):
                if at > 0:
                    world.after(at, partial(resize, world, work, number, "scenario"))
        else:
            _Scaler(world, work, load).begin()


def steps(scenario: Scenario, load: Load, figures: Iterable[tuple[str, T]]) -> list[tuple[int, T]]:
    """When each figure begins to hold, again and again where the load repeats."""
    once = sorted(((scenario.seconds(moment), figure) for moment, figure in figures), key=lambda each: each[0])
    if load.every is None:
        return once
    period, end = length(load.every), length(scenario.duration)
    return [(at + turn * period, figure) for turn in range(end // period + 1) for at, figure in once]


class _Scaler:
    """A HorizontalPodAutoscaler, and what its pods use."""

    def __init__(self, world: World, work: Work, load: Load) -> None:
        demand = work.demand
        self.world, self.work, self.load = world, work, load
        self.target = percent(load.target) if load.target else demand.target or 0
        self.least = demand.least if load.min_replicas is None else load.min_replicas
        self.most = demand.most if load.max_replicas is None else load.max_replicas
        self.request = work.shape.requests.get(CPU, 0)
        self.used = Fraction(0)
        """Thousandths of a core that all pods use together."""
        self._asked: list[tuple[int, int]] = []
        """What it asked for, and when."""
        self._planned = False

    def begin(self) -> None:
        """It looks whenever the load changes, and again until all is as it wants."""
        load, world = self.load, self.world
        for moment, text in steps(world.scenario, load, (load.cpu or {}).items()):
            world.after(max(0, moment), partial(self._load, percent(text), None))
        for moment, text in steps(world.scenario, load, (load.cores or {}).items()):
            world.after(max(0, moment), partial(self._load, None, amount(CPU, text)))

    def _load(self, share: int | None, cores: int | None) -> None:
        # Until now it asked for what it asked for last, look after look.
        self._asked.append((self.world.now, self._wanted() if self.used else self.work.want))
        if share is not None:
            self.used = Fraction(share * self.request * self.work.want, 100)
        else:
            self.used = Fraction(cores or 0)
        self._plan(0)

    @property
    def _use(self) -> Fraction:
        """What its pods use of the cores that they request, in per cent."""
        return self.used * 100 / (max(1, self.work.want) * self.request)

    def _wanted(self) -> int:
        return desired(self.work.want, self._use, self.target, least=self.least, most=self.most)

    def _plan(self, seconds: int) -> None:
        if not self._planned:
            self._planned = True
            self.world.after(seconds, self._sync)

    def _sync(self) -> None:
        self._planned = False
        world, work = self.world, self.work
        if work.want == 0:
            return
        wanted = self._wanted()
        down = world.delay("hpa_down")
        self._asked = [(at, number) for at, number in self._asked if at > world.now - down]
        self._asked.append((world.now, wanted))
        if wanted > work.want:
            now = min(wanted, max(work.want * _DOUBLES, work.want + _ADDS))
        else:
            now = min(work.want, max(number for _, number in self._asked))
        said = f"HorizontalPodAutoscaler: {float(self._use):.0f}% of the request, target {self.target}%"
        resize(world, work, now, said)
        if now < wanted:
            self._plan(world.delay("hpa_sync"))
        elif wanted < now:
            until = max(at for at, number in self._asked if number == now) + down - world.now
            sync = world.delay("hpa_sync")
            self._plan(max(sync, -(-until // sync) * sync))
