"""What happens to a cluster: losses, interruptions, new images, upgrades, changes of pools, rollouts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from eks_blueprints.capacity.time.changing import PoolChange, changed, rules_after, same_template
from eks_blueprints.capacity.time.disrupting import Disrupting
from eks_blueprints.capacity.time.groups import Groups
from eks_blueprints.capacity.time.moments import length, part, percent
from eks_blueprints.capacity.time.pools import Gap
from eks_blueprints.capacity.time.record import Loss, Wave
from eks_blueprints.capacity.time.rollouts import Rolling
from eks_blueprints.capacity.time.scenario import Event, NodeLoss, Upgrade
from eks_blueprints.capacity.time.things import Host, Work
from eks_blueprints.capacity.time.updates import Updates
from eks_blueprints.capacity.time.words import took
from eks_blueprints.capacity.words import count, listed
from eks_blueprints.provisioning.group_nodes import zones_of
from eks_blueprints.provisioning.machine import SPOT
from eks_blueprints.provisioning.makers import Group, Pool


class Events:
    """Everything that happens."""

    def __init__(self, disrupting: Disrupting, groups: Groups, names: Mapping[int, str]) -> None:
        """The events of a scenario.

        Args:
            disrupting: Karpenter.
            groups: The groups.
            names: The workload of each rollout, by the place of its event in the scenario.
        """
        self.world, self.disrupting, self.groups = disrupting.world, disrupting, groups
        self.updates = Updates(groups)
        self.pools, self.draining = disrupting.pools, disrupting.draining
        self._names = names
        self._open: list[tuple[Loss, Work]] = []
        self.world.watchers.append(self._back)
        for index, event in enumerate(self.world.scenario.events):
            at = self.world.scenario.seconds(event.at)
            self.world.after(at, partial(self._happens, index, event))

    def _happens(self, index: int, event: Event) -> None:
        if event.node_loss is not None:
            self._lose(self._chosen(event.node_loss), "node loss")
        elif event.zone_loss is not None:
            self._lose_zone(event.zone_loss.zone, length(event.zone_loss.during))
        elif (spot := event.spot_interruption) is not None:
            self._interrupt(percent(spot.share), spot.pool, spot.zone)
        elif (none := event.no_capacity) is not None:
            gap = (none.type or "", none.capacity_type or "", none.zone or "")
            said = " ".join(filter(None, (none.type, none.capacity_type, none.zone and f"in {none.zone}")))
            self._gap(gap, length(none.during), f"no capacity: {said}")
        elif (image := event.new_image) is not None:
            self._drift(self._pools_of(image.pool, image.node_class), "new image")
            if image.node_class is None:
                self._update(
                    [g for n, g in self.groups.every.items() if image.pool in (None, n)], Upgrade(), "new image"
                )
        elif (upgrade := event.upgrade) is not None:
            self._drift(set(self.pools.every), "upgrade")
            self._update(list(self.groups.every.values()), upgrade, "upgrade")
        elif event.change_pool is not None:
            self._change(event.change_pool)
        elif event.rollout is not None:
            work = self.world.works[self._names[index]]
            Rolling(self.world, work, event.rollout).begin()

    # Losses

    def _hosts(self, *, maker: str | None = None, zone: str | None = None) -> list[Host]:
        hosts = self.world.hosts.values()
        return [e for e in hosts if maker in (None, e.maker) and zone in (None, e.zone)]

    def _chosen(self, loss: NodeLoss) -> list[Host]:
        if loss.node is not None:
            return [each for each in self._hosts() if each.name == loss.node]
        among = [each for each in self._hosts(maker=loss.pool, zone=loss.zone) if each.ready]
        many = min(len(among), part(loss.count, len(among), up=True))
        return sorted(self.world.random.sample(among, many), key=lambda each: each.name)

    def _lose(self, hosts: Sequence[Host], cause: str, delay: str = "node_lost") -> None:
        """Nodes answer no more: their pods are not ready at once, and come anew once that is noticed."""
        world = self.world
        if not hosts:
            world.log("event", f"{cause}: no such node is there")
            return
        lost: dict[str, int] = {}
        before = {name: work.ready for name, work in world.works.items()}
        for host in hosts:
            for item in list(host.items.values()):
                lost[item.work.name] = lost.get(item.work.name, 0) + item.ready
                world.unready(item)
            world.cordon(host, cause)
        taken = [f"{world.works[name].short} {number} of {before[name]}" for name, number in lost.items() if number]
        what = f"{cause}: {listed([each.name for each in hosts])}"
        world.log("event", what, f"ready pods lost: {listed(taken)}" if taken else "no pod was on it")
        for name, number in lost.items():
            if number:
                work = world.works[name]
                loss = Loss(at=world.now, cause=cause, workload=name, before=before[name], lost=number)
                loss.least = self.draining.least(work)
                world.record.losses.append(loss)
                self._open.append((loss, work))
        world.after(world.delay(delay), lambda: self._noticed(hosts, cause))

    def _noticed(self, hosts: Iterable[Host], cause: str) -> None:
        there = [each for each in hosts if not each.gone]
        for host in there:
            self.world.end_of(host, cause)
        for host in {each.maker: each for each in there}.values():
            self.groups.lost(host)

    def _back(self) -> None:
        """Workloads that have as many ready pods as before, or as they are to have now."""
        for loss, work in list(self._open):
            if work.ready >= min(loss.before, work.want):
                loss.back = self.world.now - loss.at
                self._open.remove((loss, work))

    def _lose_zone(self, zone: str, during: int) -> None:
        self._lose(self._hosts(zone=zone), f"loss of zone {zone}", "zone_lost")
        self.world.lost_zones.append(zone)
        self._gap(("", "", zone), during, "")

    def _interrupt(self, share: int, pool: str | None, zone: str | None) -> None:
        world = self.world
        among = [e for e in self._hosts(maker=pool, zone=zone) if e.capacity_type == SPOT and not e.leaving]
        hosts = world.random.sample(among, math.ceil(len(among) * share / 100))
        hosts.sort(key=lambda each: each.name)
        if not hosts:
            world.log("event", "spot interruption: no spot node is there")
            return
        world.log(
            "event",
            f"spot interruption: {listed([e.name for e in hosts])}",
            f"gone in {took(world.delay('spot_notice'))}",
        )
        for host in hosts:
            self.draining.drain(
                host, "spot interruption", by=world.delay("spot_notice"), then=partial(self.groups.lost, host)
            )

    def _gap(self, gap: Gap, during: int, said: str) -> None:
        """For some time there is no capacity of a kind."""
        self.pools.gaps.append(gap)
        self.pools.changed()
        if said:
            self.world.log("event", said)

        def ends() -> None:
            self.pools.gaps.remove(gap)
            self.pools.changed()
            self.world.log("event", f"{said} ends" if said else f"zone {gap[2]} is back")
            if not said:
                self.world.lost_zones.remove(gap[2])
                for group in self.groups.every.values():
                    self.groups.keep(group)

        self.world.after(during, ends)

    # Nodes that are to be replaced

    def _pools_of(self, pool: str | None, node_class: str | None) -> set[str]:
        found = {name for name in self.pools.every if pool in (None, name)}
        if node_class is None:
            return found
        return {name for name in found if node_class in _classes(self.pools.every[name])}

    def _drift(self, pools: set[str], cause: str) -> None:
        hosts = [each for each in self.world.hosts.values() if each.maker in pools]
        self._drifted(hosts, cause, listed(sorted(pools)))

    def _drifted(self, hosts: Iterable[Host], cause: str, why: str) -> None:
        """Nodes are no longer what their pool asks for."""
        hosts = [each for each in hosts if not each.leaving]
        for host in hosts:
            host.drifted = self.world.now if host.drifted is None else host.drifted
        if hosts:
            self._wave(hosts, cause)
            self.world.log("event", f"{cause}: {count(len(hosts), 'node')} drift", why)
        self.world.changes += 1
        self.world.room += 1

    def _wave(self, hosts: Sequence[Host], cause: str) -> None:
        self.world.record.waves.append(
            Wave(at=self.world.now, cause=cause, nodes=len(hosts), left={each.name for each in hosts})
        )

    def _update(self, groups: Iterable[Group], upgrade: Upgrade, cause: str) -> None:
        for group in groups:
            size = self.groups.sizes[group.name]
            if group.kind != "managed_node_group" or not size:
                continue
            if group.name in self.updates.running:
                self.world.log("event", f"{cause}: EKS refuses it for {group.name}", "another update of it runs")
                continue
            hosts = self._hosts(maker=group.name)
            self._wave(hosts, f"{cause} of {group.name}")
            most = max(1, part(upgrade.max_unavailable, size, up=True))
            surge = max(2 * len(zones_of(group)), most) if upgrade.surge is None else upgrade.surge
            what = f"{cause}: {group.name} replaces {count(len(hosts), 'node')}"
            self.world.log("event", what, f"{most} at once, with {surge} more meanwhile")
            self.updates.begin(group, most, surge, cause)

    def _change(self, change: PoolChange) -> None:
        name, said = change.pool, listed(sorted(change.model_fields_set - {"pool"}))
        self.world.log("event", f"NodePool {name} changes: {said}")
        before = self.pools.every[name], self.disrupting.rules[name]
        after = changed(before[0], change), rules_after(before[1], change)
        drifted = self.disrupting.drifting(after[0], template=not same_template(before, after))
        self.pools.every[name], self.disrupting.rules[name] = after
        self.pools.changed()
        hosts = [self.world.hosts[each] for each in drifted]
        self._drifted(hosts, f"change of {name}", listed(sorted(set(drifted.values()))))


def _classes(pool: Pool) -> set[str]:
    return {value for key, value in pool.labels.items() if key.endswith("nodeclass")}
