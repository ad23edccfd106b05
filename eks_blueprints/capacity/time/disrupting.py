"""Karpenter takes nodes away as time passes: empty ones, those whose pods fit elsewhere, drifted and old ones.

It looks every 10 seconds while something changed, and when a timer or a budget's window changes what it may do. Before
consolidation it waits 15 seconds and looks again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from eks_blueprints.capacity.time.draining import Draining
from eks_blueprints.capacity.time.holding import Holding
from eks_blueprints.capacity.time.pools import Pools, launched_words
from eks_blueprints.capacity.time.saving import Bound
from eks_blueprints.capacity.time.things import Host, Item
from eks_blueprints.capacity.time.trial import foreseen
from eks_blueprints.capacity.words import listed
from eks_blueprints.provisioning.karpenter.disruption.budgets import next_change
from eks_blueprints.provisioning.karpenter.disruption.command import Command
from eks_blueprints.provisioning.karpenter.disruption.drift import drifting
from eks_blueprints.provisioning.karpenter.disruption.expiry import AUTO_MODE_LONGEST
from eks_blueprints.provisioning.karpenter.disruption.looking import Look, look
from eks_blueprints.provisioning.karpenter.disruption.rules import Rules
from eks_blueprints.provisioning.karpenter.disruption.state import Owned, State, Traits
from eks_blueprints.provisioning.karpenter.disruption.trial import Trials
from eks_blueprints.provisioning.karpenter.packer import Ready
from eks_blueprints.provisioning.makers import Pool

_DAEMON = Traits(daemon=True)


class Disrupting:
    """Karpenter, as it looks for nodes to take away."""

    def __init__(self, pools: Pools, draining: Draining) -> None:
        """All pools.

        Args:
            pools: The pools.
            draining: What empties nodes.
        """
        self.world, self.pools, self.draining = pools.world, pools, draining
        self.rules: dict[str, Rules] = {name: pool.rules or Rules() for name, pool in pools.every.items()}
        self._seen = (-1, 0)
        self._by_pods = False
        """Whether a PodDisruptionBudget held a node back at the last look."""
        self._due: int | None = None
        self._bound: tuple[Ready, Bound] | None = None
        self._trials: tuple[Ready, Trials] | None = None
        self._busy = False
        """Whether it waits to see if what it decided still holds."""
        self.holding = Holding(self.world, self._mine, self.rules)
        if pools.every:
            self.world.watchers.append(self._watch)
            self.world.on_launch.append(self.launched)

    def launched(self, host: Host) -> None:
        """A node was launched: its pool's rules of this time hold for it, and it goes when it is too old."""
        rules = self.rules.get(host.maker)
        if rules is None:
            return
        host.stays = host.stays or rules.do_not_disrupt
        host.grace = None if rules.grace is None else int(rules.grace.total_seconds())
        end = AUTO_MODE_LONGEST if self.pools.every[host.maker].auto_mode else None
        ages = [each for each in (rules.expire_after, end) if each is not None]
        if ages:
            last = None if end is None else int((end - min(ages)).total_seconds())
            self.world.after(int(min(ages).total_seconds()), partial(self._expire, host, last))

    def _expire(self, host: Host, last: int | None) -> None:
        if not host.gone and not host.leaving:
            self.world.log("event", f"{host.name} is as old as expireAfter lets it be", host.maker)
            self.draining.drain(host, "Expired", by=last)

    def _watch(self) -> None:
        world = self.world
        # Where pods only came, nothing can be saved that could not be before; where a budget of pods held one, it may.
        seen = (world.room, world.changes if self._by_pods else 0)
        if world.at_rest or self._seen == seen:
            return
        self._seen = seen
        self._plan(world.delay("disruption_scan"))

    def _plan(self, seconds: int) -> None:
        """It looks again after some time, or sooner where that is planned already."""
        due = self.world.now + seconds
        if self._busy:
            return
        if self._due is None or due < self._due or self._due < self.world.now:
            self._due = due
            self.world.after(seconds, lambda: self._look_at(due))

    def _look_at(self, due: int) -> None:
        if self._due != due:
            return
        self._due = None
        if not (could := self._could_go()):
            self._later()
            return
        found = self._look(could)
        self.holding.note(found)
        self._by_pods = any("PodDisruptionBudget" in each.reason for each in found.held.values())
        if not found.commands:
            self._later()
            return
        for command in found.commands:
            if command.reason == "Drifted":
                self._do(command)
                self._plan(0 if command.replacements else self.world.delay("disruption_scan"))
            else:
                again = partial(self._validate, command, self.world.changes, self.world.moment)
                self.world.after(self.world.delay("validation"), again)
                self._busy = True

    def _validate(self, command: Command, changes: int, decided: datetime) -> None:
        self._busy = False
        windows = (next_change(each.budgets, decided) for each in self.rules.values())
        if self.world.changes != changes or any(each and each <= self.world.moment for each in windows):
            now = self._look(set(command.nodes)).commands
            command_now = next((e for e in now if (e.method, e.nodes) == (command.method, command.nodes)), None)
            if command_now is None:
                self._plan(self.world.delay("disruption_scan"))
                return
            command = command_now
        self._do(command)
        self._plan(self.world.delay("disruption_scan"))

    def _do(self, command: Command) -> None:
        """Nodes go, as soon as those that take their place are ready."""
        world = self.world
        hosts = [world.hosts[name] for name in command.nodes if name in world.hosts]
        for host in hosts:
            world.cordon(host, command.reason)
        made = [self.pools.host(e.template, e.requirements, e.launch()) for e in command.replacements]
        saved = f", saves {command.saved:.3f} $/h" if command.reason == "Underutilized" else ""
        names = listed([f"{each.name} ({each.machine})" for each in hosts])
        for host in made:
            world.launch(host)
        if made:
            world.log("nodes", launched_words(made), f"{made[0].maker}, in place of {names}: {command.reason}{saved}")

        def when_ready() -> None:
            if all(each.ready or each.gone or each.leaving for each in made):
                for host in hosts:
                    self.draining.drain(host, command.reason)

        if not made:
            if saved:
                world.log("gone", f"takes away {names}", f"{command.reason}{saved}")
            when_ready()
        else:
            world.after(world.delay("node_ready"), when_ready)

    def _look(self, could: set[str]) -> Look:
        with foreseen(self.world, planned=False):
            state = self._state(could)
            if self._trials is not None and self._trials[0] is state.ready:
                return look(state, self._trials[1])
            trials = Trials(state)
            self._trials = self.pools.ready, trials
            return look(state, trials)

    def drifting(self, pool: Pool, *, template: bool) -> dict[str, str]:
        """The nodes that a change of their pool makes drift, and why.

        Args:
            pool: The pool after the change.
            template: Whether what Karpenter hashes of it changes.
        """
        with foreseen(self.world, planned=False):
            state = replace(self._state(set()), pools=list(self.pools.every.values()))
            return drifting(state, pool, template=template)

    def _could_go(self) -> set[str]:
        """The nodes that a look could take away: drifted and empty ones, and those without which something is saved."""
        due = [each for each in self._mine() if self._is_due(each)]
        surely = {each.name for each in due if each.drifted is not None or not each.items}
        if self._bound is None or self._bound[0] is not self.pools.ready:
            self._bound = (self.pools.ready, Bound(self.pools.ready))
        return surely | self._bound[1].plausible([each for each in due if each.items], self.world.cluster)

    def _is_due(self, host: Host) -> bool:
        if not host.ready or host.leaving:
            return False
        after = self._after(host)
        return host.drifted is not None or (after is not None and host.touched + after <= self.world.now)

    def _state(self, could: set[str]) -> State:
        world = self.world
        items = {name: item for host in world.hosts.values() for name, item in host.items.items()}
        free = {name for name, item in items.items() if not (item.work.traits.keeps or item.work.traits.deletion_cost)}
        return State(
            now=world.moment,
            cluster=world.cluster,
            pools=self.pools.now,
            nodes={host.name: self._owned(host, host.name in could) for host in self._mine()},
            rules=self.rules,
            traits={
                name: _DAEMON if (item := items.get(name)) is None else _held(item, world.begins)
                for place in world.cluster.places.values()
                for name in place.pods
                if name not in free
            },
            daemons=[shape for _, shape in world.daemons],
            waiting=[each.pod for each in world.waiting.values() if each.work.profile is None],
            pod_budgets=self.draining.budgets(),
            ready=self.pools.ready,
        )

    def _owned(self, host: Host, could: bool) -> Owned:
        begins = self.world.begins
        touched = begins + timedelta(seconds=host.touched)
        return Owned(
            pool=host.maker,
            machine=host.machine,
            zone=host.zone,
            capacity_type=host.capacity_type,
            initialized=touched if host.ready else None,
            last_pod_event=touched,
            drifted=None if host.drifted is None else begins + timedelta(seconds=host.drifted),
            nominated_until=None if could else self.world.moment + timedelta(seconds=1),
            leaving=bool(host.leaving),
            ready=host.ready,
            do_not_disrupt=host.stays,
            grace=None if host.grace is None else timedelta(seconds=host.grace),
        )

    def _mine(self) -> Iterable[Host]:
        return [each for each in self.world.hosts.values() if each.maker in self.pools.every]

    def _after(self, host: Host) -> int | None:
        """The seconds without a pod that comes or goes after which a node is looked at."""
        after = self.rules[host.maker].consolidate_after
        return None if after is None else int(after.total_seconds())

    def _later(self) -> None:
        """It looks again when a timer ends, or a budget begins or ends to hold."""
        now, times = self.world.now, []
        for host in self._mine():
            after = self._after(host)
            if not host.ready or host.leaving:
                continue
            if after is not None and host.touched + after > now:
                times.append(host.touched + after - now)
        for work in self.world.works.values():
            if work.traits.keeps:
                untils = [each.kept_until for each in work.pods.values()]
                times += [each - now for each in untils if each is not None and each > now]
        for name in {each.maker for each in self._mine()}:
            change = next_change(self.rules[name].budgets, self.world.moment)
            if change is not None:
                times.append(int((change - self.world.moment).total_seconds()))
        if times:
            self._plan(min(times))


def _held(item: Item, begins: datetime) -> Traits:
    traits = item.work.traits
    if not isinstance(traits.keeps, timedelta):
        return traits
    return replace(traits, started=begins + timedelta(seconds=item.since))
