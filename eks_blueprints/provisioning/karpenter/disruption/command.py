"""What Karpenter decides to do with some nodes: delete them, or launch others first and delete them then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from eks_blueprints.karpenter.disruption import Reason
from eks_blueprints.karpenter.labels import CAPACITY_TYPE, ZONE
from eks_blueprints.provisioning.karpenter.catalogue import numbers
from eks_blueprints.provisioning.karpenter.claim import Claim
from eks_blueprints.provisioning.karpenter.disruption.state import price
from eks_blueprints.provisioning.karpenter.launch import Launch, launch
from eks_blueprints.provisioning.karpenter.template import Template
from eks_blueprints.provisioning.karpenter.values import ANY, Requirements
from eks_blueprints.provisioning.machine import ON_DEMAND, RESERVED, SPOT, Machine, Offering
from eks_blueprints.scheduling.pod import Pod

Method = Literal["emptiness", "static_drift", "drift", "multi_node", "single_node"]
_WORST = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replacement:
    """A node that is launched before others go."""

    template: Template
    types: int
    """The instance types that it can be, as bits of the pool's."""
    requirements: Requirements
    """What is left of its labels."""
    pods: tuple[Pod, ...] = ()
    """The pods that it is for."""
    reserved: tuple[Offering, ...] = ()

    @classmethod
    def of(cls, claim: Claim) -> Replacement:
        """What a round of the packer would launch."""
        return cls(
            template=claim.template,
            types=claim.types,
            requirements=claim.requirements,
            pods=tuple(claim.pods),
            reserved=claim.reserved,
        )

    @property
    def machines(self) -> tuple[Machine, ...]:
        """The instance types that it can be, the cheapest first."""
        return tuple(self.template.pool.machines[at] for at in self.by_price())

    def by_price(self) -> list[int]:
        """The numbers of its instance types, the cheapest first."""
        every = self.template.pool.machines
        return sorted(numbers(self.types), key=lambda at: (cheapest(every[at], self.requirements), every[at].name))

    def launch(self) -> Launch:
        """What EC2 launches for it."""
        return launch(self.template, self.types, self.requirements, self.reserved)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Command:
    """What is done at once."""

    method: Method
    reason: Reason
    nodes: tuple[str, ...]
    """The nodes that go; they are tainted at once, and deleted when what replaces them is ready for pods."""
    replacements: tuple[Replacement, ...] = ()
    moves: Mapping[str, str] = field(default_factory=dict)
    """Pods that find room on nodes that are there, as Karpenter plans: the node."""
    saved: float = 0.0
    """US dollars an hour that it saves, as Karpenter estimates; less than 0 where it costs more."""


def offered(machine: Machine, requirements: Requirements) -> Iterator[tuple[str, float]]:
    """The capacity types and prices at which an instance type is to be had under some requirements."""
    zones, kinds = requirements.get(ZONE, ANY), requirements.get(CAPACITY_TYPE, ANY)
    for each in machine.offerings:
        if each.zone in zones and each.capacity_type in kinds and (each.capacity_type != RESERVED or each.left > 0):
            yield each.capacity_type, price(machine, each.zone, each.capacity_type)


def cheapest(machine: Machine, requirements: Requirements) -> float:
    """The least price of an instance type under some requirements; infinite where it is not to be had."""
    return min((cost for _, cost in offered(machine, requirements)), default=_WORST)


def worst(machine: Machine, requirements: Requirements) -> float:
    """The highest price of an instance type as it is launched: reserved if there is any, else spot, else on-demand."""
    found = list(offered(machine, requirements))
    for kind in (RESERVED, SPOT, ON_DEMAND):
        if prices := [cost for each, cost in found if each == kind]:
            return max(prices)
    return _WORST


def saving(paid: float, replacements: tuple[Replacement, ...]) -> float:
    """US dollars an hour that are saved where some nodes make way for others."""
    found = [cheapest(machines[0], each.requirements) for each in replacements if (machines := each.machines)]
    return paid - sum(each for each in found if each != _WORST)
