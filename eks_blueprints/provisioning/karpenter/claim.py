"""A node that is about to be launched: the instance types that it could be, fewer with each pod that is put on it.

Source: `NodeClaim.CanAdd` in sigs.k8s.io/karpenter pkg/controllers/provisioning/scheduling, v1.14.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from eks_blueprints.karpenter.labels import CAPACITY_TYPE, ZONE
from eks_blueprints.provisioning.karpenter.asks import Ask
from eks_blueprints.provisioning.karpenter.catalogue import Types, numbers
from eks_blueprints.provisioning.karpenter.domains import Domains
from eks_blueprints.provisioning.karpenter.template import Template
from eks_blueprints.provisioning.karpenter.topology import Topology
from eks_blueprints.provisioning.karpenter.values import ANY, Requirements, both, clash, only
from eks_blueprints.provisioning.machine import Offering
from eks_blueprints.scheduling.amounts import PODS, added
from eks_blueprints.scheduling.node import HOST
from eks_blueprints.scheduling.pod import HostPort, Pod


class Refused(NamedTuple):
    """Why a pod cannot be put on a node that is about to be launched."""

    predicate: str
    reason: str
    lasting: bool = True
    """Whether it stays so, whatever other pods are put anywhere."""
    waits_for_reservation: bool = False


class Room(NamedTuple):
    """What a pod leaves of a node."""

    types: int
    requirements: Requirements
    reserved: tuple[Offering, ...] = ()


@dataclass(slots=True)
class Reservations:
    """How many instances capacity reservations have left, and which nodes hold one."""

    left: dict[str, int] = field(default_factory=dict)
    held: dict[str, set[str]] = field(default_factory=dict)
    """Reservations by node."""

    @classmethod
    def of(cls, catalogues: Iterable[Types], taken: Mapping[str, int]) -> Reservations:
        """The reservations of some instance types, without what is taken; of one that is told twice, the fewer."""
        found = cls()
        for catalogue in catalogues:
            for _, each in catalogue.reserved:
                left = each.left - taken.get(each.reservation, 0)
                found.left[each.reservation] = min(left, found.left.get(each.reservation, left))
        return found

    def can(self, node: str, offering: Offering) -> bool:
        """Whether a node holds an instance of a reservation, or could."""
        return offering.reservation in self.held.get(node, ()) or self.left[offering.reservation] > 0

    def hold(self, node: str, offerings: Iterable[Offering]) -> None:
        """A node holds an instance of these reservations, and of no others."""
        wanted = {each.reservation for each in offerings}
        there = self.held.setdefault(node, set())
        for each in wanted - there:
            self.left[each] -= 1
        for each in there - wanted:
            self.left[each] += 1
        self.held[node] = wanted


class Claim:
    """A node that is about to be launched."""

    def __init__(self, name: str, template: Template, types: int) -> None:
        """A node without pods.

        Args:
            name: Its name, for as long as it has no other.
            template: The pool that it is of.
            types: The instance types that the pool's limits leave.
        """
        self.name = name
        self.template = template
        self.types = types
        self.requirements: Requirements = {**template.requirements, HOST: only(name)}
        self.requests: dict[str, int] = {}
        self.pods: list[Pod] = []
        self.reserved: tuple[Offering, ...] = ()
        self._ports: list[HostPort] = []
        self._met: set[Ask] = set()
        """What it meets already, whatever is put on it besides."""

    def room(self, ask: Ask, topology: Topology, reservations: Reservations) -> Room | Refused:
        """What a pod would leave of it."""
        met = Room(self.types, self.requirements) if ask in self._met else self._meeting(ask)
        if isinstance(met, Refused):
            return met
        types = self._with_room(ask, met.types)
        if isinstance(types, Refused):
            return types
        refused = Refused("", "")
        for volumes in ask.volumes or ({},):
            requirements = both(met.requirements, volumes) if volumes else met.requirements
            found = self._placed(ask, types, requirements, topology)
            if isinstance(found, Room):
                return self._with_reservations(found, reservations)
            refused = found
        return refused

    def total(self) -> dict[str, int]:
        """What its pods request, and the least that pods of every node do on one of the instance types left."""
        kept = [self.template.rooms.kept[at] for at in numbers(self.types)]
        shared = set(kept[0]).intersection(*kept[1:]) if kept else set()
        return added(self.requests, {name: min(each[name] for each in kept) for name in shared})

    def take(
        self, pod: Pod, ask: Ask, room: Room, topology: Topology, reservations: Reservations | None = None
    ) -> None:
        """A pod is put on it."""
        shape = ask.shape
        self.pods.append(pod)
        self.types, self.requirements = room.types, room.requirements
        self.requests[PODS] = self.requests.get(PODS, 0) + 1
        for name, amount in shape.requests.items():
            self.requests[name] = self.requests.get(name, 0) + amount
        self._ports += shape.ports
        self._met.add(ask)
        topology.host(self.name)
        topology.recorded(ask, room.requirements, self.template.pool.taints)
        if reservations is not None:
            reservations.hold(self.name, room.reserved)
        self.reserved = room.reserved

    def _meeting(self, ask: Ask) -> Room | Refused:
        """What is left of it for pods that ask this, whatever is on it."""
        catalogue, template = self.template.catalogue, self.template
        if (taint := ask.keeping_off(template.pool.taints)) is not None:
            return Refused("TaintToleration", f"has the taint {taint.key}")
        if (key := clash(self.requirements, ask.requirements, template.known)) is not None:
            has = key in self.requirements
            return Refused(
                "NodeAffinity", f"has no {key} that the pod may have" if has else f"does not set the label {key}"
            )
        requirements, types = both(self.requirements, ask.requirements), self.types
        for key in ask.requirements:
            types &= catalogue.labelled(key, requirements[key])
        if not types:
            # What a node that has pods says is told to nobody.
            keys = () if self.pods else ask.requirements
            alone = (each for each in keys if not self.types & catalogue.labelled(each, requirements[each]))
            which = (
                f"with a {key} that the pod may have" if (key := next(alone, "")) else "that meets all labels together"
            )
            return Refused("NodeAffinity", f"has no instance type {which}")
        if not (types := types & catalogue.offered(requirements)):
            return Refused("offerings", "has no instance type that is offered in those zones")
        return Room(types, requirements)

    def _with_room(self, ask: Ask, types: int) -> int | Refused:
        """The types that have room for one more of such pods."""
        rooms, shape = self.template.rooms, ask.shape
        if shape.ports:
            taken = any(mine.clashes(each) for mine in shape.ports for each in self._ports)
            types &= 0 if taken else rooms.with_ports(shape.ports)
            if not types:
                return Refused("NodePorts", "has no free ports for the requested pod ports")
        if not (types := types & rooms.of(PODS, self.requests.get(PODS, 0) + 1)):
            return Refused("NodeResourcesFit", "has no instance type that takes so many pods")
        for name, amount in shape.requests.items():
            if amount and not (types := types & rooms.of(name, self.requests.get(name, 0) + amount)):
                return Refused("NodeResourcesFit", f"has no instance type with so much {name}")
        return types

    def _placed(self, ask: Ask, types: int, requirements: Requirements, topology: Topology) -> Room | Refused:
        catalogue, template = self.template.catalogue, self.template
        lasting = True
        if ask.volumes:
            for key in (ZONE, CAPACITY_TYPE, *(key for each in ask.volumes for key in each)):
                if (left := requirements.get(key)) is not None and left.values == frozenset():
                    return Refused("VolumeBinding", f"has no {key} in which the pod's volumes are")
        if topology.constrains(ask):
            narrowed = topology.narrowed(ask, requirements, template.known)
            if isinstance(narrowed, Domains):
                # A node keeps its pods: where one is too near, it stays; pods that are missing can still come.
                kept = narrowed.key == HOST and narrowed.kind != "near"
                return Refused(_PLUGIN[narrowed.kind], _SAID[narrowed.kind], lasting=kept)
            lasting = False
            requirements = narrowed
        changed = [key for key, values in requirements.items() if values is not self.requirements.get(key)]
        for key in changed:
            types &= catalogue.labelled(key, requirements[key])
        if changed:
            types &= catalogue.offered(requirements)
        if not types:
            return Refused("offerings", "has no instance type that is offered in those zones", lasting)
        if key := template.short_of(types) if template.pool.min_values else "":
            return Refused("minValues", f"leaves fewer values of {key} than minValues asks for", lasting)
        return Room(types, requirements)

    def _with_reservations(self, room: Room, reservations: Reservations) -> Room | Refused:
        catalogue = self.template.catalogue
        if not catalogue.reserved:
            return room
        zones, kinds = (room.requirements.get(key, ANY) for key in (ZONE, CAPACITY_TYPE))
        offered = [
            each
            for bit, each in catalogue.reserved
            if bit & room.types and each.zone in zones and each.capacity_type in kinds
        ]
        found = tuple(each for each in offered if reservations.can(self.name, each))
        if not found and (offered or self.reserved):
            reason = "has reserved capacity for the pod, and none of it is left now"
            return Refused("offerings", reason, lasting=False, waits_for_reservation=True)
        return room._replace(reserved=found)


_PLUGIN = {"spread": "PodTopologySpread", "near": "InterPodAffinity", "apart": "InterPodAffinity"}
_SAID = {
    "spread": "has no domain that keeps the pods spread",
    "near": "has no domain with the pods that it wants to be near",
    "apart": "has no domain without the pods that it must be apart from",
}
