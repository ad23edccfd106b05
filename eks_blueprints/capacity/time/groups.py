"""Managed groups and Auto Scaling groups over time, and Cluster Autoscaler, which adds nodes and takes them away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from eks_blueprints.capacity.time.draining import Draining
from eks_blueprints.capacity.time.pools import alike, launched_words, tell_launched
from eks_blueprints.capacity.time.start import host_of
from eks_blueprints.capacity.time.things import Host
from eks_blueprints.capacity.time.trial import foreseen
from eks_blueprints.capacity.time.world import World
from eks_blueprints.capacity.words import count
from eks_blueprints.provisioning.autoscaler.growing import scale_up
from eks_blueprints.provisioning.autoscaler.shrinking import Pace, Shrinking, scale_down
from eks_blueprints.provisioning.group_nodes import node_of, zones_of
from eks_blueprints.provisioning.machine import Machine
from eks_blueprints.provisioning.makers import Group
from eks_blueprints.scheduling.preemption import Budget

_PACE = Pace()
UNNEEDED = "unneeded"


class Groups:
    """All groups."""

    def __init__(self, world: World, draining: Draining) -> None:
        """The groups of a platform.

        Args:
            world: The world, which tells when pods wait.
            draining: What empties nodes.
        """
        self.world, self.draining = world, draining
        self.every: dict[str, Group] = {e.name: e for e in world.platform.groups if e.machines}
        self.sizes = {name: sum(host.maker == name for host in world.hosts.values()) for name in self.every}
        """How many nodes each is to have; those of which there are fewer launch others."""
        self._due = -1
        self._seen = (-1, -1)
        self._grown: int | None = None
        """When a node was added last."""
        self._marked: dict[str, int] = {}
        """Nodes that nothing needs, and since when."""
        self._told: set[str] = set()
        if self.every and world.platform.autoscaler is not None:
            world.watchers.append(self._watch)

    def forget(self) -> None:
        """What found no place is told again."""
        self._told.clear()

    def _watch(self) -> None:
        world = self.world
        if world.at_rest:
            self._grow()
            return
        if self._seen != (world.changes, world.room):
            self._seen = (world.changes, world.room)
            self._plan(world.delay("autoscaler_scan"))

    def _plan(self, seconds: int) -> None:
        due = self.world.now + seconds
        if self._due <= self.world.now or due < self._due:
            self._due = due
            self.world.after(seconds, lambda: self._scan(due))

    def _scan(self, due: int) -> None:
        if self._due == due:
            self._due = -1
            self._grow()
            self._shrink()

    def _grow(self) -> None:
        """Groups grow for pods that wait for no node yet."""
        world, platform = self.world, self.world.platform
        items = {each.name: each for each in world.asking}
        if not items or platform.autoscaler is None:
            return
        with foreseen(world) as cluster:
            trial = cluster.copy()
        for host in world.hosts.values():
            if host.leaving and host.name in trial.places:
                trial.close(trial.places[host.name])
        groups = [replace(e, zones=left) for e in self.every.values() if (left := self._zones(e))]
        pods = [each.pod for each in items.values()]
        growth = scale_up(trial, pods, groups, self.sizes, world.daemons, expansion=platform.autoscaler)
        made = []
        for each in growth.nodes:
            host = self._host(each.group, each.machine, each.zone)
            world.launch(host, [items[pod.name] for pod in each.pods if pod.name in items])
            self.sizes[each.group.name] += 1
            made.append(host)
        tell_launched(world, made)
        if made:
            self._grown = world.now
        fresh: Counter[tuple[str, str]] = Counter()
        for lone in growth.left:
            if lone.pod.name not in self._told and not platform.pools:
                self._told.add(lone.pod.name)
                why = lone.remedy or "; ".join(f"{e.group} {e.reason}" for e in lone.refused)
                fresh[items[lone.pod.name].work.short, why] += 1
        for (name, why), number in fresh.items():
            world.log("waiting", f"{count(number, 'pod')} of {name}", why)
        if made and world.at_rest:
            world.settle()

    def _host(self, group: Group, machine: Machine, zone: str) -> Host:
        node = node_of(group, machine, zone, self.world.name_for(group.name))
        return host_of(node, group.name, group.kind, machine, group.capacity_type, now=self.world.now)

    def _shrink(self) -> None:
        """Nodes go that nothing has needed for ten minutes."""
        world = self.world
        if self._grown is not None and (wait := self._grown + world.delay("after_scale_up") - world.now) > 0:
            self._plan(wait)
            return
        marked = self._unneeded()
        self._marked = {name: self._marked.get(name, world.now) for name in marked}
        times = {name: since + world.delay("unneeded") - world.now for name, since in self._marked.items()}
        due = [world.hosts[name] for name, left in times.items() if left <= 0]
        empty = [each for each in due if not each.items][: _PACE.parallel]
        going = empty or [each for each in due if each.items][: _PACE.drains]
        for host in going:
            del self._marked[host.name]
            self.sizes[host.maker] -= 1
            self.draining.drain(host, UNNEEDED)
        later = [left for left in times.values() if left > 0]
        if len(due) > len(going):
            self._plan(world.delay("autoscaler_scan"))
        elif later:
            self._plan(min(later))

    def _unneeded(self) -> Sequence[str]:
        world = self.world
        members = {h.name: h.maker for h in world.hosts.values() if h.maker in self.every and h.ready and not h.leaving}
        if not members:
            return ()
        items = {name for host in world.hosts.values() for name in host.items}
        daemons = {name for place in world.cluster.places.values() for name in place.pods if name not in items}
        budgets = [Budget(each.namespace, each.selector, each.allowed) for each in self.draining.budgets()]
        shrinking = Shrinking(
            groups=tuple(self.every.values()), members=members, daemons=daemons, budgets=budgets, pace=_PACE
        )
        turn = next(scale_down(world.cluster.copy(), shrinking), None)
        return turn.marked if turn else ()

    def lost(self, host: Host) -> None:
        """A node was lost, and its group launches another."""
        if (group := self.every.get(host.maker)) is not None:
            self.keep(group)

    def keep(self, group: Group) -> None:
        """A group launches what it lacks."""
        there = sum(each.maker == group.name for each in self.world.hosts.values())
        self.more(group, self.sizes[group.name] - there)

    def _zones(self, group: Group) -> tuple[str, ...]:
        """The zones in which a group can launch now."""
        return tuple(each for each in zones_of(group) if each not in self.world.lost_zones)

    def more(self, group: Group, number: int) -> None:
        """A group launches nodes, each in the zone in which it has the fewest."""
        zones, made = self._zones(group), []
        for _ in range(number if zones else 0):
            hosts = self.world.hosts.values()
            there = Counter(each.zone for each in hosts if each.maker == group.name and not each.leaving)
            zone = min(zones, key=lambda each: (there[each], zones.index(each)))
            host = self._host(group, group.machines[0], zone)
            self.world.launch(host)
            made.append(host)
        for hosts_alike in alike(made):
            self.world.log("nodes", launched_words(hosts_alike), f"{group.name} keeps its size")
