"""What is kept of a cluster as time passes: what changed, and how things stood."""

from __future__ import annotations

from dataclasses import replace

from eks_blueprints.capacity.time.clock import Clock
from eks_blueprints.capacity.time.record import Entry, Kind, Record, Sample
from eks_blueprints.capacity.time.scenario import Scenario
from eks_blueprints.capacity.time.things import Host, Item, Work
from eks_blueprints.capacity.words import listed


class Keeping(Clock):
    """Workloads, nodes and pods that wait, with a record of them."""

    def __init__(self, scenario: Scenario) -> None:
        """Nothing is there yet.

        Args:
            scenario: What happens.
        """
        super().__init__(scenario)
        self.record = Record()
        self.works: dict[str, Work] = {}
        self.hosts: dict[str, Host] = {}
        self.waiting: dict[str, Item] = {}
        self.joined: list[str] = []
        """Nodes that are ready since the last time that this was told."""
        self.went: dict[str, list[str]] = {}
        """Nodes that are gone since the last sample, by the reason."""
        self._fresh: list[Entry] = []

    def log(self, kind: Kind, what: str, why: str = "") -> None:
        """Something changed; how things stand then is known when all of this time has happened."""
        if self.joined and kind != "ready":
            self.say_joined()
        if not self.at_rest:
            self._fresh.append(Entry(at=self.now, kind=kind, what=what, why=why))

    def say_joined(self) -> None:
        """Nodes that are ready since the last time are told."""
        if self.joined:
            joined, self.joined = self.joined, []
            self.log("ready", f"ready: {listed(joined)}")

    def count(self, until: int) -> None:
        """The time that passes until then is counted."""
        for host in self.hosts.values() if until > self.now else ():
            self.record.hours[host.machine, host.capacity_type] += until - self.now

    def sample(self) -> None:
        """How things stand now is kept."""
        hosts = self.hosts.values()
        sample = Sample(
            at=self.now,
            nodes=len(self.hosts),
            waiting=len(self.waiting),
            pods=sum(each.ready for each in self.works.values()),
            rate=round(sum(each.price or 0 for each in hosts), 6),
            most=round(sum(each.price or 0 if each.most is None else each.most for each in hosts), 6),
        )
        for reason, names in self.went.items():
            self.log("gone", f"gone: {listed(names)}", reason)
        self.went.clear()
        for entry in self._fresh:
            entry.nodes, entry.waiting, entry.rate = sample.nodes, sample.waiting, sample.rate
        self.record.entries += self._fresh
        self._fresh = []
        if self.at_rest:
            return
        samples = self.record.samples
        if samples and samples[-1].at == self.now:
            samples[-1] = sample
        elif not samples or replace(sample, at=samples[-1].at) != samples[-1]:
            samples.append(sample)
