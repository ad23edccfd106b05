"""What a node of an instance type is and costs, as a provisioner sees it before there is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from eks_blueprints.karpenter.labels import ZONE, ZONE_ID
from eks_blueprints.scheduling.amounts import Amounts

ON_DEMAND = "on-demand"
SPOT = "spot"
RESERVED = "reserved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offering:
    """One way of getting an instance of a type."""

    zone: str
    zone_id: str = ""
    """The zone's id, such as `use1-az1`, which is the same in every account; empty where it is not known."""
    capacity_type: str = ON_DEMAND
    """`on-demand`, `spot` or `reserved`."""
    price: float = 0.0
    """US dollars an hour; of spot capacity the least that it costs as a rule. A reservation is paid for whether it is
    used or not; its instances have the on-demand price here, though Karpenter takes them for free."""
    priced: bool = True
    """Whether the price is known; where it is not, `price` is 0."""
    most: float | None = None
    """US dollars an hour that it costs at most; None where it costs `price`."""
    reservation: str = ""
    """The id of the capacity reservation that it is taken from."""
    left: int = 0
    """How many instances that reservation has left."""

    @property
    def dearest(self) -> float:
        """US dollars an hour that it costs at most."""
        return self.price if self.most is None else self.most


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """An instance type, as nodes of one pool or group get it."""

    name: str
    """The instance type, such as `m7g.large`."""
    labels: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Values that its nodes have, or may be given, of labels; no value where they do not have the label at all.

    Zone and capacity type are among them, with the values that its offerings have.
    """
    capacity: Amounts = field(default_factory=dict)
    """What it has of each resource, which limits of pools count."""
    allocatable: Amounts = field(default_factory=dict)
    """What pods may request of it, `pods` among it."""
    offerings: tuple[Offering, ...] = ()
    volumes: Mapping[str, int] = field(default_factory=dict)
    """Most volumes that can be attached, by CSI driver."""

    def labels_in(self, zone: str) -> dict[str, str]:
        """The labels of a node in a zone, as far as it has no choice of their values."""
        found = {key: next(iter(values)) for key, values in self.labels.items() if len(values) == 1}
        known = next((each.zone_id for each in self.offerings if each.zone == zone), "")
        return found | ({ZONE: zone} if zone else {}) | ({ZONE_ID: known} if known else {})
