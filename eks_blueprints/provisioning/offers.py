"""What instance types offer a pool or a group: nodes with labels and amounts, in zones, at prices.

Sources: aws/karpenter-provider-aws, pkg/providers/instancetype/types.go and offering/, 2026-08;
kubernetes-sigs/aws-ebs-csi-driver, `getVolumesLimit` of pkg/driver/node.go, 2026-08.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from eks_blueprints.core.facts.instance_types import InstanceType, facts_of, instance_type
from eks_blueprints.core.facts.zone_offerings import date, main_zones, zones_offering
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
    REGION,
    WINDOWS_BUILD,
    ZONE,
    ZONE_ID,
    Flavor,
)
from eks_blueprints.provisioning.machine import ON_DEMAND, RESERVED, SPOT, Machine, Offering
from eks_blueprints.provisioning.node_amounts import NodeSettings, allocatable, capacity, pods
from eks_blueprints.provisioning.windows import windows_fee

CAPACITY_TYPE_OF_GROUPS = "eks.amazonaws.com/capacityType"
EBS = "ebs.csi.aws.com"
"""The driver of the EBS CSI add-on."""
EBS_OF_AUTO_MODE = "ebs.csi.eks.amazonaws.com"
"""The driver that EKS Auto Mode brings."""

_SHOWN = 3
_RESERVATION = "capacity-reservation-id"
_KIND_OF_RESERVATION = "capacity-reservation-type"
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
    kind: Literal["default", "capacity-block"] = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way(NodeSettings):
    """How one pool or group gets and runs its nodes."""

    region: str = ""
    """The region, such as `eu-central-1`; empty where nobody knows."""
    zones: tuple[str, ...] = ()
    """Names of the zones of its subnets, such as `eu-central-1a`."""
    zone_ids: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Ids of those zones by name, such as `euc1-az2`, as far as they are known: they differ by account."""
    capacity_types: tuple[str, ...] = (ON_DEMAND,)
    """How it may get instances: `on-demand`, `spot`, `reserved`."""
    hour: Callable[[str], float | None] = lambda _: None
    """US dollars an hour of an on-demand instance of a type; None without a price. One function for all pools and
    groups of a region lets them share their machines."""
    spot: tuple[float, float] = (1.0, 1.0)
    """What spot capacity costs as a share of the on-demand price, least and most, of types that `spot_of` does not
    know."""
    spot_of: Callable[[str], tuple[float, float] | None] = lambda _: None
    """The same of a type; like `hour`, best one function for all of a region."""
    fee: float = 0.0
    """What is charged on top, as a share of the on-demand price whatever the capacity type: Auto Mode's 0.12."""
    windows_fee: float = 0.0
    """US dollars an hour of a vCPU that Windows costs on top, whatever the capacity type (`windows.windows_fee`)."""
    reservations: tuple[Reservation, ...] = ()
    """Capacity reservations that it may use."""
    windows_build: str = ""
    """The build of Windows on its nodes, such as `10.0.20348`."""
    starting_volumes: int | None = None
    """EBS volumes that a node starts with, the root volume among them; None for those of its image: one, and two on
    Bottlerocket and EKS Auto Mode."""
    starting_interfaces: int = 2
    """Network interfaces that a node has when the EBS CSI driver counts: the VPC CNI puts a second one at once, as a
    reserve (`WARM_ENI_TARGET`)."""

    @property
    def flavor(self) -> Flavor:
        """Whose labels the nodes of a pool have."""
        return AUTO_MODE if self.kind == "auto_mode" else KARPENTER


def machines(names: Iterable[str], way: Way) -> tuple[Machine, ...]:
    """What instance types are as nodes of one pool or group, in the order given.

    Types that cannot be had that way are left out; `left_out` says which, and why. A zone whose id is not known counts
    as one that offers what its region offers; `doubts` says of which types that may be wrong. A group's type without a
    price is there, with offerings that are not `priced`; pools choose by price, so in these it is left out.

    Args:
        names: Instance types; of a managed group all that it has, since EKS gives all its nodes the number of pods
            that it recommends for the type with the fewest (aws/aws-cdk, issue 29418).
        way: How the pool or group gets and runs its nodes.

    Raises:
        ValueError: if a reservation or a threshold of kubelet's is no quantity.
    """
    return _machines(tuple(names), way)


@lru_cache(maxsize=1_000)  # pools that may launch the same types share them, and what a packer makes of them
def _machines(names: tuple[str, ...], way: Way) -> tuple[Machine, ...]:
    gone = left_out(names, way)
    way = _together(facts_of(names), way)
    return tuple(_machine(facts, way) for facts in facts_of(name for name in names if name not in gone))


def _together(types: Iterable[InstanceType], way: Way) -> Way:
    """The way of a managed group whose types have different numbers of pods by EKS's recommendation."""
    if way.kind != "managed_node_group" or way.max_pods is not None or way.windows or way.image == "CUSTOM":
        return way
    counts = {pods(facts, replace(way, pods_per_core=None)) for facts in types}
    return replace(way, max_pods=min(counts)) if len(counts) > 1 else way


def left_out(names: Iterable[str], way: Way) -> dict[str, str]:
    """Why types are not among `machines`: what follows the name in a sentence, by name."""
    return {name: reason for name in names if (reason := _reason(name, way))}


def unpriced(names: Iterable[str], way: Way) -> tuple[str, ...]:
    """Those of some types that have no price, in the order given."""
    return tuple(name for name in names if way.hour(name) is None)


def doubts(names: Iterable[str], way: Way) -> tuple[str, ...]:
    """What is not known of where types are offered, in sentences without a full stop."""
    if not way.region or all(zone in way.zone_ids for zone in way.zones):
        return ()
    main = main_zones(way.region)
    if not main:
        return (f"which instance types {way.region} offers, and in which zones, is not known",)
    few: dict[frozenset[str], list[str]] = {}
    for name in dict.fromkeys(names):
        zones = zones_offering(name, way.region)
        if zones and not main <= zones:
            few.setdefault(zones, []).append(name)
    return tuple(
        f"{_some(types)} {'is' if len(types) == 1 else 'are'} offered in {', '.join(sorted(zones))} alone, as of "
        f"{date()}; whether {', '.join(way.zones)} are these is not known"
        for zones, types in few.items()
    )


def _some(names: list[str]) -> str:
    shown = names[:_SHOWN]
    rest = len(names) - len(shown)
    return f"{', '.join(shown)} and {rest} more" if rest else ", ".join(shown)


def _reason(name: str, way: Way) -> str:
    facts = instance_type(name)
    if facts is None:
        return "has no facts in the table of instance types"
    if way.estimated and name not in instances.launchable(way.flavor):
        return f"is never launched by {way.flavor.name}"
    if way.windows and "x86_64" not in facts.architectures:
        return "does not run Windows"
    if way.image == "AL2023" and facts.family == "a1":
        return "does not run Amazon Linux 2023"
    if (way.efa_interfaces or 0) > len(facts.efa_cards):
        return f"takes no {way.efa_interfaces} EFA interfaces"
    if way.estimated and way.hour(name) is None:
        return "has no price in the table"
    if way.zones and not any(_offers(zone, name, way) for zone in way.zones):
        return f"is offered in none of its zones, as of {date()}"
    return ""


def _offers(zone: str, name: str, way: Way) -> bool:
    zones = zones_offering(name, way.region)
    if zones is None:
        return True
    known = way.zone_ids.get(zone)
    return bool(zones) if known is None else known in zones


@lru_cache(maxsize=20_000)  # pools of one node class have the same types, each with all that it has
def _machine(facts: InstanceType, way: Way) -> Machine:
    offerings = tuple(_offerings(facts, way))
    has = capacity(facts, way)
    return Machine(
        name=facts.name,
        labels=_labels(facts, way, offerings),
        capacity=has,
        allocatable=allocatable(facts, way, has),
        offerings=offerings,
        volumes={EBS_OF_AUTO_MODE if way.kind == "auto_mode" else EBS: _volumes(facts, way)},
    )


def _offerings(facts: InstanceType, way: Way) -> Iterator[Offering]:
    hour = way.hour(facts.name)
    priced, hour = hour is not None, hour or 0.0
    on_top = windows_fee(facts, way.windows_fee) if way.windows else (0.0, 0.0)
    fee, most_fee = (hour * way.fee + each for each in on_top)
    dearest = hour + most_fee if most_fee > fee else None
    low, high = way.spot_of(facts.name) or way.spot
    zones = [zone for zone in way.zones if _offers(zone, facts.name, way)]
    for zone in zones:
        known = way.zone_ids.get(zone, "")
        if ON_DEMAND in way.capacity_types:
            yield Offering(zone=zone, zone_id=known, price=hour + fee, most=dearest, priced=priced)
        if SPOT in way.capacity_types and "spot" in facts.flags:
            least, most = hour * low + fee, hour * high + most_fee
            yield Offering(zone=zone, zone_id=known, capacity_type=SPOT, price=least, most=most, priced=priced)
    for each in way.reservations if RESERVED in way.capacity_types else ():
        if each.machine == facts.name and each.zone in zones:
            yield Offering(
                zone=each.zone,
                zone_id=way.zone_ids.get(each.zone, ""),
                capacity_type=RESERVED,
                price=hour + fee,
                most=dearest,
                priced=priced,
                reservation=each.id,
                left=each.left,
            )


def _labels(facts: InstanceType, way: Way, offerings: Iterable[Offering]) -> dict[str, frozenset[str]]:
    zones = {each.zone for each in offerings}
    types = frozenset(each.capacity_type for each in offerings)
    own = {
        OPERATING_SYSTEM: frozenset({"windows" if way.windows else LINUX}),
        ZONE: frozenset(zones),
        ZONE_ID: frozenset(way.zone_ids[zone] for zone in zones if zone in way.zone_ids),
        REGION: frozenset({way.region} if way.region else ()),
        WINDOWS_BUILD: frozenset({way.windows_build} if way.windows and way.windows_build else ()),
    }
    if way.estimated:
        taken = {each.reservation for each in offerings if each.reservation}
        kinds = frozenset(each.kind for each in way.reservations if each.id in taken)
        reserved = {_RESERVATION: frozenset(taken), _KIND_OF_RESERVATION: kinds}
        own |= {f"{way.flavor.group}/{label}": values for label, values in reserved.items()}
        return {**instances.labels_of(way.flavor, facts.name), **own, CAPACITY_TYPE: types}
    of_type = instances.labels_of(KARPENTER, facts.name)
    found = {**own, INSTANCE_TYPE: of_type[INSTANCE_TYPE], ARCHITECTURE: of_type[ARCHITECTURE]}
    if way.kind == "managed_node_group":
        found[CAPACITY_TYPE_OF_GROUPS] = frozenset(_IN_GROUPS[each] for each in types)
    return found | {old: found[new] for old, new in OLD_NAMES.items()}


def _volumes(facts: InstanceType, way: Way) -> int:
    """How many volumes the EBS CSI driver says that pods can have, at least 1."""
    two = way.image == "BOTTLEROCKET" or way.kind == "auto_mode"
    taken = way.starting_volumes if way.starting_volumes is not None else 1 + two
    if "volumes_of_its_own" not in facts.flags:
        taken += (1 if way.windows else min(way.starting_interfaces, facts.network_interfaces)) - 1
    return max(facts.volumes - taken, 1)
