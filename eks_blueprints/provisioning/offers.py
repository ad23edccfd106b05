"""What instance types offer a pool or a group: nodes with labels and amounts, in zones, at prices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from eks_blueprints.core.facts.instance_types import InstanceType, instance_type
from eks_blueprints.karpenter import instances
from eks_blueprints.karpenter.labels import (
    ARCHITECTURE,
    AUTO_MODE,
    CAPACITY_TYPE,
    INSTANCE_TYPE,
    KARPENTER,
    LINUX,
    OLD_NAMES,
    OPERATING_SYSTEM,
    WINDOWS_BUILD,
    ZONE,
)
from eks_blueprints.provisioning.machine import ON_DEMAND, RESERVED, SPOT, Machine, Offering
from eks_blueprints.provisioning.node_amounts import NodeSettings, allocatable, capacity

REGION = "topology.kubernetes.io/region"
ZONE_ID = "topology.k8s.aws/zone-id"
CAPACITY_TYPE_OF_GROUPS = "eks.amazonaws.com/capacityType"
EBS = "ebs.csi.aws.com"
"""The driver of the EBS CSI add-on."""
EBS_OF_AUTO_MODE = "ebs.csi.eks.amazonaws.com"
"""The driver that EKS Auto Mode brings."""

_IN_GROUPS = {ON_DEMAND: "ON_DEMAND", SPOT: "SPOT", RESERVED: "CAPACITY_BLOCK"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """A capacity reservation that a pool may use."""

    id: str
    machine: str
    """The instance type that it holds."""
    zone: str
    left: int = 0
    """How many instances of it are free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way(NodeSettings):
    """How one pool or group gets and runs its nodes."""

    region: str = ""
    """The region, such as `eu-central-1`; empty where nobody knows."""
    zones: tuple[str, ...] = ()
    """Names of the zones of its subnets, such as `eu-central-1a`."""
    zone_ids: Mapping[str, str] = field(default_factory=dict)
    """Ids of those zones by name, such as `euc1-az2`, as far as they are known: they differ by account."""
    capacity_types: tuple[str, ...] = (ON_DEMAND,)
    """How it may get instances: `on-demand`, `spot`, `reserved`."""
    hour: Callable[[str], float | None] = lambda _: None
    """US dollars an hour of an on-demand instance of a type; None without a price."""
    spot: tuple[float, float] = (1.0, 1.0)
    """What spot capacity costs as a share of the on-demand price: least and most."""
    fee: float = 0.0
    """What is charged on top, as a share of the on-demand price whatever the capacity type: Auto Mode's 0.12."""
    reservations: tuple[Reservation, ...] = ()
    """Capacity reservations that it may use."""
    windows_build: str = ""
    """The build of Windows on its nodes, such as `10.0.20348`."""


def machines(names: Iterable[str], way: Way) -> tuple[Machine, ...]:
    """What instance types are as nodes of one pool or group, in the order given.

    Types of which nothing is known, that have no price, or that its controller does not launch are left out;
    `left_out` says which, and why.

    Raises:
        ValueError: if a reservation of kubelet's is no quantity.
    """
    asked = list(names)
    gone = left_out(asked, way)
    return tuple(_machine(facts, way) for name in asked if name not in gone and (facts := instance_type(name)))


def left_out(names: Iterable[str], way: Way) -> dict[str, str]:
    """Why types are not among `machines`: what follows the name in a sentence, by name."""
    return {name: reason for name in names if (reason := _reason(name, way))}


def _reason(name: str, way: Way) -> str:
    facts = instance_type(name)
    if facts is None:
        return "has no facts in the table of instance types"
    if way.estimated:
        flavor = AUTO_MODE if way.kind == "auto_mode" else KARPENTER
        if name not in instances.launchable(flavor):
            return f"is never launched by {flavor.name}"
    if way.image == "WINDOWS" and "x86_64" not in facts.architectures:
        return "does not run Windows"
    if way.hour(name) is None:
        return "has no price in the table"
    return ""


def _machine(facts: InstanceType, way: Way) -> Machine:
    offerings = tuple(_offerings(facts, way))
    has = capacity(facts, way)
    return Machine(
        name=facts.name,
        labels=_labels(facts, way, offerings),
        capacity=has,
        allocatable=allocatable(facts, way, has),
        offerings=offerings,
        volumes={EBS_OF_AUTO_MODE if way.kind == "auto_mode" else EBS: _volumes(facts)},
    )


def _offerings(facts: InstanceType, way: Way) -> Iterator[Offering]:
    hour = way.hour(facts.name) or 0.0
    fee = hour * way.fee
    low, high = way.spot
    for zone in way.zones:
        if ON_DEMAND in way.capacity_types:
            yield Offering(zone=zone, price=hour + fee)
        if SPOT in way.capacity_types and "spot" in facts.flags:
            yield Offering(zone=zone, capacity_type=SPOT, price=hour * low + fee, most=hour * high + fee)
    if RESERVED in way.capacity_types:
        for each in way.reservations:
            if each.machine == facts.name and each.zone in way.zones:
                yield Offering(
                    zone=each.zone, capacity_type=RESERVED, price=hour + fee, reservation=each.id, left=each.left
                )


def _labels(facts: InstanceType, way: Way, offerings: Iterable[Offering]) -> dict[str, frozenset[str]]:
    windows = way.image == "WINDOWS"
    own = {
        OPERATING_SYSTEM: frozenset({"windows" if windows else LINUX}),
        ZONE: frozenset(each.zone for each in offerings),
        REGION: frozenset({way.region} if way.region else ()),
        ZONE_ID: frozenset(way.zone_ids[each.zone] for each in offerings if each.zone in way.zone_ids),
        WINDOWS_BUILD: frozenset({way.windows_build} if windows and way.windows_build else ()),
    }
    types = frozenset(each.capacity_type for each in offerings)
    if way.estimated:
        flavor = AUTO_MODE if way.kind == "auto_mode" else KARPENTER
        return {**instances.labels_of(flavor, facts.name), **own, CAPACITY_TYPE: types}
    of_type = instances.labels_of(KARPENTER, facts.name)
    found = {**own, INSTANCE_TYPE: of_type[INSTANCE_TYPE], ARCHITECTURE: of_type[ARCHITECTURE]}
    if way.kind == "managed_node_group":
        found[CAPACITY_TYPE_OF_GROUPS] = frozenset(_IN_GROUPS[each] for each in types)
    return found | {old: found[new] for old, new in OLD_NAMES.items()}


def _volumes(facts: InstanceType) -> int:
    return 25 if facts.on_nitro else 38
