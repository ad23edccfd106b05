"""What is worked out of where pods are: cost, share of spot, what is free, what fills nodes first, zones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from eks_blueprints.capacity.model import Doubt, Outcome, Placed, PlannedNode, Platform
from eks_blueprints.provisioning.machine import SPOT
from eks_blueprints.provisioning.makers import FARGATE, Group, Pool
from eks_blueprints.review.cost.prices import HOURS
from eks_blueprints.scheduling.amounts import CPU, DISK, MEMORY, PODS, Amounts

VOLUMES = "volumes"
"""The dimension of volumes that can be attached."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What nodes cost: US dollars an hour, a range where prices move (spot)."""

    low: float
    high: float
    unpriced: tuple[str, ...] = ()
    """Names of nodes that no table has a price of; they are in neither end."""

    @property
    def month(self) -> tuple[float, float]:
        """US dollars a month of 730 hours, least and most."""
        return self.low * HOURS, self.high * HOURS


def cost(nodes: Iterable[PlannedNode]) -> Cost:
    """The sum of the nodes' prices, each as its table has it."""
    nodes = tuple(nodes)
    priced = [each for each in nodes if each.price is not None]
    low, high = (_added(price(each) for each in priced) for price in (_cheapest, dearest))
    return Cost(low, high, tuple(each.name for each in nodes if each.price is None))


def _added(prices: Iterable[float | None]) -> float:
    # As decimals, which is what tables hold: a sum of floats depends on its order.
    return float(sum(Decimal(repr(price)) for price in prices if price is not None))


def _cheapest(node: PlannedNode) -> float | None:
    return node.price


def dearest(node: PlannedNode) -> float | None:
    """US dollars an hour that a node costs at most; None without a price."""
    return node.price if node.most is None else node.most


@dataclass(frozen=True, slots=True)
class Use:
    """How much of one dimension pods request."""

    dimension: str
    """`cpu`, `memory`, `pods`, `ephemeral-storage`, `volumes`, or the name of a device such as `nvidia.com/gpu`."""
    used: int
    most: int

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.used / self.most if self.most else 0.0


class Figures:
    """The figures of one outcome, each worked out when it is asked for."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self._volumes = _Volumes(outcome.platform)
        self._uses: dict[str, dict[str, Use]] = {}

    @cached_property
    def cost(self) -> Cost:
        """What all nodes cost."""
        return cost(self.outcome.nodes)

    @cached_property
    def pods(self) -> int:
        """Pods that have a node, without those of DaemonSets."""
        return sum(not pod.daemon for node in self.outcome.nodes for pod in node.pods)

    @cached_property
    def waiting(self) -> int:
        """Pods that nothing takes."""
        return sum(each.count for each in self.outcome.waiting)

    @cached_property
    def new(self) -> int:
        """Nodes that a provisioner adds for the pods."""
        return sum(each.new for each in self.outcome.nodes)

    @cached_property
    def spot(self) -> tuple[int, float]:
        """Nodes that are spot instances, and their share of all cores, from 0 to 1."""
        nodes = [each for each in self.outcome.nodes if each.capacity_type == SPOT]
        return len(nodes), _ratio(_sum(nodes, CPU), _sum(self.outcome.nodes, CPU))

    @cached_property
    def free(self) -> Mapping[str, float]:
        """The share of all cores and of all memory that no pod requests, from 0 to 1; empty without nodes."""
        return {name: 1 - self.total[name].share for name in (CPU, MEMORY) if name in self.total}

    @cached_property
    def total(self) -> Mapping[str, Use]:
        """The use of each dimension by all nodes that have it."""
        used, most = Counter[str](), Counter[str]()
        for node in self.outcome.nodes:
            for name, use in self.uses(node).items():
                used[name] += use.used
                most[name] += use.most
        return {name: Use(name, used[name], most[name]) for name in most}

    @cached_property
    def binding(self) -> Use | None:
        """What fills most nodes first, and how much of it is used on all together; None where nothing is used.

        Which dimension has the largest share of all nodes says less: one node whose only GPU is taken has all of them.
        """
        name = max(self.bound, key=lambda name: (self.bound[name], self.total[name].share), default=None)
        return None if name is None else self.total[name]

    @cached_property
    def bound(self) -> Mapping[str, int]:
        """How many nodes each dimension is the fullest of, the most frequent first."""
        return dict(Counter(use.dimension for each in self.outcome.nodes if (use := self.fullest(each))).most_common())

    def uses(self, node: PlannedNode) -> Mapping[str, Use]:
        """What pods request of a node, by dimension."""
        if (known := self._uses.get(node.name)) is None:
            used = sums(node.pods)
            known = {
                name: Use(name, len(node.pods) if name == PODS else used.get(name, 0), most)
                for name, most in node.allocatable.items()
                if most and not (name == PODS and node.kind == FARGATE)
            }
            if (volumes := self._volumes.use(node)) is not None:
                known[VOLUMES] = volumes
            self._uses[node.name] = known
        return known

    def fullest(self, node: PlannedNode) -> Use | None:
        """The dimension of a node of which the largest share is used; None of an empty node."""
        return _fullest(self.uses(node))

    @cached_property
    def zones(self) -> Mapping[str, int]:
        """Nodes by zone; those whose zone nothing decides are under an empty name."""
        return _by_zone((each.zone, 1) for each in self.outcome.nodes)

    def zones_of(self, demand: str) -> Mapping[str, int]:
        """Pods of a demand by the zone of their node, as in `zones`."""
        return self._pods_by_zone.get(demand, {})

    @cached_property
    def _pods_by_zone(self) -> Mapping[str, Mapping[str, int]]:
        found: dict[str, Counter[str]] = {}
        for node in self.outcome.nodes:
            for pod in node.pods:
                if not pod.daemon:
                    found.setdefault(pod.name, Counter())[node.zone] += 1
        return {name: _by_zone(each.items()) for name, each in found.items()}

    @cached_property
    def in_one_zone(self) -> tuple[str, ...]:
        """Demands of two or more pods that are all in one zone, where the nodes are in several."""
        if len([zone for zone in self.zones if zone]) < 2:
            return ()
        return tuple(
            name
            for name, zones in self._pods_by_zone.items()
            if len(zones) == 1 and "" not in zones and max(zones.values()) > 1
        )

    @cached_property
    def kinds(self) -> tuple[Alike, ...]:
        """The nodes by what makes them and what they are, the most nodes of a maker first."""
        found: dict[tuple[str, str, str, str], list[PlannedNode]] = {}
        for node in self.outcome.nodes:
            found.setdefault((node.kind, node.maker, node.machine, node.capacity_type), []).append(node)
        makers = Counter((node.kind, node.maker) for node in self.outcome.nodes)
        rows = sorted(found, key=lambda key: (-makers[key[:2]], key[:2], -len(found[key]), key))
        return tuple(Alike(tuple(found[key])) for key in rows)

    @cached_property
    def unsure(self) -> tuple[str, ...]:
        """What is not known and could change where pods are, in sentences without a full stop."""
        platform = self.outcome.platform
        asked = (f"{each.name}: {each.asked}" for each in platform.demands if each.asked)
        return tuple(dict.fromkeys((*(each for each in platform.unknown if not isinstance(each, Doubt)), *asked)))

    @cached_property
    def doubts(self) -> tuple[str, ...]:
        """What is not known and could change which instance types are taken alone."""
        return tuple(each for each in self.outcome.platform.unknown if isinstance(each, Doubt))


@dataclass(frozen=True, slots=True)
class Alike:
    """Nodes of one type that one pool, group or profile makes."""

    nodes: tuple[PlannedNode, ...]

    @property
    def first(self) -> PlannedNode:
        """One of them, which speaks for all."""
        return self.nodes[0]

    @property
    def zones(self) -> tuple[str, ...]:
        """Zones that they are in, or could be in where nothing decides it."""
        return tuple(sorted({zone for node in self.nodes for zone in ((node.zone,) if node.zone else node.zones)}))

    @property
    def decided(self) -> bool:
        """Whether the zone of each is known."""
        return all(node.zone for node in self.nodes)


def sums(pods: Iterable[Placed]) -> Amounts:
    """What pods request together."""
    found = Counter[str]()
    for pod in pods:
        found.update(pod.requests)
    return found


class _Volumes:
    """How many volumes pods attach to a node, and how many it takes."""

    def __init__(self, platform: Platform) -> None:
        self._claims = {each.name: each.shape.claims for each in platform.demands if each.shape.claims}
        makers: list[Pool | Group] = [*platform.pools, *platform.groups]
        self._machines = {(each.name, m.name): m.volumes for each in makers for m in each.machines if m.volumes}
        self._running = {each.node.name: each.node.volumes for each in platform.running if each.node.volumes}

    def use(self, node: PlannedNode) -> Use | None:
        """The driver of whose volumes the largest share is attached; None where no limit is known."""
        limits = self._running.get(node.name) or self._machines.get((node.maker, node.machine)) or {}
        attached: dict[str, set[object]] = {driver: set() for driver in limits}
        for pod in node.pods:
            for claim in self._claims.get(pod.name, ()):
                if claim.driver in attached:
                    attached[claim.driver].add((claim.name, pod.number if claim.own else None))
        found = [Use(VOLUMES, len(attached[driver]), most) for driver, most in limits.items() if most]
        return max(found, key=lambda use: use.share, default=None)


def _fullest(uses: Mapping[str, Use]) -> Use | None:
    # Where two are as full, the one that is named first: pods are seldom what anyone meant to buy.
    order = {CPU: 0, MEMORY: 1, DISK: 3, VOLUMES: 4, PODS: 5}
    found = max(uses.values(), key=lambda use: (use.share, -order.get(use.dimension, 2)), default=None)
    return found if found is not None and found.used else None


def _by_zone(counts: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    found = Counter[str]()
    for zone, count in counts:
        found[zone] += count
    return {zone: found[zone] for zone in sorted(found, key=lambda zone: (not zone, zone))}


def _sum(nodes: Iterable[PlannedNode], name: str) -> int:
    return sum(each.allocatable.get(name, 0) for each in nodes)


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
