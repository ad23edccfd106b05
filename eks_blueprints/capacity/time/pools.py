"""Karpenter's pools, and EKS Auto Mode's: nodes for pods that wait, in rounds, as time passes.

A round begins when no pod has come for a second, and at the latest ten seconds after the first one. What a round
refused is asked again when there may be more room.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from eks_blueprints.capacity.time.things import Host, Item
from eks_blueprints.capacity.time.trial import foreseen
from eks_blueprints.capacity.time.world import World
from eks_blueprints.capacity.words import count, listed
from eks_blueprints.karpenter.labels import CAPACITY_TYPE, ZONE_ID
from eks_blueprints.provisioning.karpenter.claim import Claim
from eks_blueprints.provisioning.karpenter.launch import Launch, launch, node_of
from eks_blueprints.provisioning.karpenter.packer import Packed, Packer, Ready
from eks_blueprints.provisioning.karpenter.template import Template
from eks_blueprints.provisioning.karpenter.values import Requirements
from eks_blueprints.provisioning.machine import Machine
from eks_blueprints.provisioning.makers import Pool
from eks_blueprints.scheduling.amounts import Amounts, added
from eks_blueprints.scheduling.node import ZONE

Gap = tuple[str, str, str]
"""Instance type or family with wildcards, capacity type and zone of which there is no capacity; empty means any."""


class Pools:
    """All pools, as they are at a time."""

    def __init__(self, world: World) -> None:
        """The pools of a platform.

        Args:
            world: The world, which tells when pods wait.
        """
        self.world = world
        self.every: dict[str, Pool] = {each.name: each for each in world.platform.pools}
        self.gaps: list[Gap] = []
        self._ready: Ready | None = None
        self._launches: dict[Hashable, Launch] = {}
        self._first: int | None = None
        """When the first pod came of those that are gathered now."""
        self._due: int | None = None
        self._known: set[str] = set()
        self._refused: tuple[int, set[str]] = (-1, set())
        self._told: set[str] = set()
        if self.every:
            world.watchers.append(self._watch)

    @property
    def ready(self) -> Ready:
        """The pools, ready for pods, with what can be launched now."""
        if self._ready is None:
            self._ready = Ready(self.now, [shape for _, shape in self.world.daemons])
        return self._ready

    @property
    def now(self) -> list[Pool]:
        """The pools, with the instance types of which there is capacity now."""
        found = self.every.values()
        if not self.gaps:
            return list(found)
        kept = {id(each.machines): self._available(each.machines) for each in found}
        return [replace(each, machines=kept[id(each.machines)]) for each in found]

    def changed(self) -> None:
        """Pools, or what can be launched, are not what they were."""
        self._ready = None
        self._launches.clear()
        self.world.room += 1

    def forget(self) -> None:
        """What was refused is asked again, and told."""
        self._refused = (-1, set())
        self._told.clear()

    def _available(self, machines: Sequence[Machine]) -> tuple[Machine, ...]:
        found = []
        for each in machines:
            left = tuple(
                offer
                for offer in each.offerings
                if not any(
                    fnmatchcase(each.name, kind or "*")
                    and capacity in ("", offer.capacity_type)
                    and zone in ("", offer.zone)
                    for kind, capacity, zone in self.gaps
                )
            )
            if len(left) == len(each.offerings):
                found.append(each)
            elif left:
                labels = dict(each.labels)
                for key, values in ((ZONE, {e.zone for e in left}), (CAPACITY_TYPE, {e.capacity_type for e in left})):
                    if key in labels:
                        labels[key] = frozenset(values)
                found.append(replace(each, offerings=left, labels=labels))
        return tuple(found)

    def pack(self, items: Iterable[Item]) -> Packed:
        """What a round does for some pods."""
        every = list(items)
        with foreseen(self.world, tried=every) as there:
            starting = {host.name for host in self.world.hosts.values() if not host.ready}
            packer = Packer((), cluster=there, used=self._used(), ready=self.ready, starting=starting)
            return packer.pack([each.pod for each in every])

    def _used(self) -> dict[str, Amounts]:
        """What the nodes of each pool have that has limits."""
        found: dict[str, Amounts] = {}
        for host in self.world.hosts.values():
            if host.maker in self.every and self.every[host.maker].limits:
                has = host.of.capacity if host.of else host.node.allocatable
                found[host.maker] = added(found.get(host.maker, {}), {**has, "nodes": 1})
        return found

    def _watch(self) -> None:
        world = self.world
        refused = self._refused[1] if self._refused[0] == world.room else set()
        lone = world.asking
        asking = {each.name for each in lone if each.name not in refused}
        if not asking:
            self._first = self._due = None
            self._known = set()
            return
        if world.at_rest:
            self.round()
            return
        idle, most = world.delay("batch_idle"), world.delay("batch_most")
        if self._first is None:
            self._first = world.now
        if asking - self._known:
            self._due = min(world.now + idle, self._first + most)
            world.after(self._due - world.now, self._when_due)
        self._known = asking

    def _when_due(self) -> None:
        if self._due is not None and self.world.now >= self._due:
            self.round()

    def round(self) -> None:
        """Nodes are launched for the pods that wait for none yet."""
        world = self.world
        self._first = self._due = None
        self._known = set()
        items = {each.name: each for each in world.asking}
        packed = self.pack(items.values())
        for name, node in packed.placed.items():
            if not world.hosts[node].ready:
                world.plan(items[name], world.hosts[node])
        self.launch_all(packed.claims, items)
        room = world.room
        self._refused = (room, set(packed.waiting))
        if fresh := [items[name] for name in packed.waiting if name not in self._told]:
            self._told |= {each.name for each in fresh}
            self._say_refused(fresh, packed)
        self._told &= set(world.waiting)
        if world.at_rest and packed.claims:
            world.settle()

    def _say_refused(self, items: Sequence[Item], packed: Packed) -> None:
        by_work: dict[str, list[Item]] = {}
        for each in items:
            by_work.setdefault(each.work.short, []).append(each)
        for name, found in by_work.items():
            why = "; ".join(f"{pool} {said.reason}" for pool, said in packed.waiting[found[0].name].items())
            self.world.log("waiting", f"{count(len(found), 'pod')} of {name}", why)

    def launch_all(self, claims: Iterable[Claim], items: Mapping[str, Item]) -> None:
        """Nodes that a round asks for are launched, each with the pods that wait for it."""
        made = []
        for claim in claims:
            launched = self._launch(claim)
            host = self.host(claim.template, claim.requirements, launched)
            self.world.launch(host, [items[each.name] for each in claim.pods])
            made.append(host)
        tell_launched(self.world, made)

    def _launch(self, claim: Claim) -> Launch:
        """What a claim becomes, which is the same for claims that are alike."""
        if claim.reserved:
            return launch(claim.template, claim.types, claim.requirements, claim.reserved)
        decides = (claim.requirements.get(ZONE), claim.requirements.get(ZONE_ID), claim.requirements.get(CAPACITY_TYPE))
        key = (claim.template, claim.types, *decides)
        if key not in self._launches:
            self._launches[key] = launch(claim.template, claim.types, claim.requirements)
        return self._launches[key]

    def host(self, template: Template, requirements: Requirements, launched: Launch) -> Host:
        """A node that is launched; of several zones that are as good, the seed chooses one."""
        world, pool = self.world, template.pool
        name, zone = world.name_for(pool.name), world.random.choice(launched.zones)
        return Host(
            node=node_of(pool, launched, requirements, name, zone),
            maker=pool.name,
            kind=pool.kind,
            machine=launched.machine.name,
            zone=zone,
            capacity_type=launched.capacity_type,
            born=world.now,
            touched=world.now,
            price=launched.price,
            most=launched.most,
            of=launched.machine,
        )


def alike(hosts: Iterable[Host]) -> list[list[Host]]:
    """Nodes by their maker, instance type and capacity type."""
    found: dict[tuple[str, str, str], list[Host]] = {}
    for host in hosts:
        found.setdefault((host.maker, host.machine, host.capacity_type), []).append(host)
    return list(found.values())


def launched_words(hosts: Sequence[Host]) -> str:
    """Nodes that are launched, as timelines tell them."""
    zones = listed(sorted({each.zone for each in hosts if each.zone}))
    return f"+{len(hosts)} {hosts[0].machine} {hosts[0].capacity_type}" + (f" in {zones}" if zones else "")


def tell_launched(world: World, made: Iterable[Host]) -> None:
    """A timeline tells which nodes are launched, and for which pods."""
    for hosts in alike(made):
        pods = [each.work.short for host in hosts for each in host.planned.values()]
        why = f"{hosts[0].maker}, for {count(len(pods), 'pod')} of {listed(sorted(set(pods)))}"
        world.log("nodes", launched_words(hosts), why)
