"""A cluster at one moment of a simulation, and what can be done to it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import replace

from eks_blueprints.capacity.model import Platform
from eks_blueprints.capacity.placing import Placing
from eks_blueprints.capacity.time.keeping import Keeping
from eks_blueprints.capacity.time.scenario import Scenario
from eks_blueprints.capacity.time.things import Host, Item, Work
from eks_blueprints.capacity.time.tracked import Tracked, cordoned
from eks_blueprints.capacity.time.words import took
from eks_blueprints.provisioning.group_nodes import daemon_pods
from eks_blueprints.provisioning.karpenter.disruption.state import DISRUPTED
from eks_blueprints.scheduling.filters import exclusion
from eks_blueprints.scheduling.pod import Pod


class World(Keeping):
    """A cluster, its pods and nodes, and the clock."""

    def __init__(self, platform: Platform, scenario: Scenario) -> None:
        """A cluster with nothing in it.

        Args:
            platform: What it is made of.
            scenario: What happens to it.
        """
        super().__init__(scenario)
        self.platform = platform
        self.random = random.Random(scenario.seed)  # noqa: S311 - what is left to chance must come out the same again
        self.cluster = Tracked(platform.namespaces)
        self.room = 0
        """Counts how often there may be more room than before."""
        self.lost_zones: list[str] = []
        """Zones in which nothing can be launched now."""
        self.changes = 0
        """Counts how often pods or nodes changed."""
        self._ids = random.Random(scenario.seed)  # noqa: S311 - as above
        self.on_launch: list[Callable[[Host], None]] = []
        """Called for each node that is launched."""
        self.watchers: list[Callable[[], None]] = []
        """Called after each time at which something changed."""
        self.daemons = [(each.name, each.shape) for each in platform.daemons]
        self._numbers: dict[str, int] = {}
        self._tried: tuple[int, set[str]] = (-1, set())
        self._seen: dict[str, Work] = {}

    def settle(self) -> None:
        """Pods are placed, those who watch are told, and what there is now is kept."""
        self.say_joined()
        self._place()
        for each in self.watchers:
            each()
        for work in self._seen.values():
            if not self.at_rest:
                work.kept.see(work.ready, work.want, self.now)
        self._seen.clear()
        self.sample()

    # Pods

    def add(self, work: Work) -> Item:
        """A workload has a pod more, which waits."""
        item = Item(Pod(f"{work.name}#{work.born}", work.shape, self._turn()), work, since=self.now)
        work.born += 1
        work.pods[item.name] = item
        self.waiting[item.name] = item
        self.changes += 1
        self._seen[work.name] = work
        return item

    def _turn(self) -> float:
        """When a pod that is made now has its turn: Karpenter orders pods of one second by their random UIDs."""
        return self.now + self._ids.random()

    def remove(self, item: Item) -> None:
        """A pod is no more."""
        self.waiting.pop(item.name, None)
        self.plan(item, None)
        self._leave(item)
        del item.work.pods[item.name]

    def requeue(self, item: Item, reason: str) -> None:
        """A pod has lost its node, and waits for another."""
        self._leave(item)
        item.since, item.ending = self.now, False
        item.pod = replace(item.pod, since=self._turn())
        self.waiting[item.name] = item
        item.work.kept.moved += 1
        self.record.moved[reason] += 1

    @property
    def asking(self) -> list[Item]:
        """The pods that wait for a node, and for none that comes."""
        return [each for each in self.waiting.values() if each.comes_to is None and each.work.profile is None]

    def unready(self, item: Item) -> None:
        """A pod does not answer any more, though it is there."""
        if item.ready:
            item.ready = False
            item.work.ready -= 1
            self._seen[item.work.name] = item.work
        item.turn += 1
        self.changes += 1

    def _leave(self, item: Item) -> None:
        self.unready(item)
        if (host := item.node) is not None:
            if (place := self.cluster.where.get(item.name)) is not None:
                self.cluster.remove(item.pod, place)
            host.items.pop(item.name, None)
            host.touched = self.now
            item.node = None
            self.room += 1

    def _bind(self, item: Item, host: Host) -> None:
        self.waiting.pop(item.name, None)
        kept, waited = item.work.kept, self.now - item.since
        if waited > kept.longest:
            kept.longest, kept.longest_at = waited, item.since
        self.plan(item, None)
        item.node, item.since = host, self.now
        host.items[item.name] = item
        host.touched = self.now
        self.changes += 1
        self.start(item)

    def start(self, item: Item) -> None:
        """A pod starts, and is ready some time later."""
        item.turn += 1
        turn = item.turn

        def ready() -> None:
            if item.turn == turn and item.name in item.work.pods:
                item.ready = True
                item.work.ready += 1
                self.changes += 1
                self._seen[item.work.name] = item.work

        if self.at_rest:
            ready()
        else:
            self.after(self.delay("pod_start"), ready)

    def plan(self, item: Item, host: Host | None) -> None:
        """A pod waits for a node that comes, or for none."""
        if item.comes_to is not None:
            item.comes_to.planned.pop(item.name, None)
        item.comes_to = host
        if host is not None:
            host.planned[item.name] = item

    def _place(self) -> None:
        """kube-scheduler places what waits: what it tried before, only where there may be more room."""
        tried = self._tried[1] if self._tried[0] == self.room else set()
        items = [e for e in self.waiting.values() if e.name not in tried and e.work.profile is None]
        if not items:
            return
        placing = Placing(self.cluster)
        placing.place([each.pod for each in items])
        if placing.evicted:
            self._preempted(placing)
        for each in items:
            if (place := self.cluster.where.get(each.name)) is not None:
                self._bind(each, self.hosts[place.node.name])
        self._tried = (self.room, {*tried, *(each.name for each in items if each.name in self.waiting)})

    def _preempted(self, placing: Placing) -> None:
        for host in self.hosts.values():
            for item in list(host.items.values() if not host.alone else ()):
                if (place := self.cluster.where.get(item.name)) is None:
                    self.requeue(item, "preemption")
                elif place.node.name != host.name:
                    other = self.hosts[place.node.name]
                    host.items.pop(item.name)
                    self.unready(item)
                    self._bind(item, other)
        for (gone, came), count in sorted(placing.evicted.items()):
            self.log("moved", f"{count} × {gone} gave way", f"for {came}, which is more important")

    # Nodes

    def name_for(self, maker: str) -> str:
        """A name for a new node that no other ever had."""
        while True:
            number = self._numbers.get(maker, 0)
            self._numbers[maker] = number + 1
            if (name := f"{maker}-{number}") not in self.hosts:
                return name

    def launch(self, host: Host, pods: Iterable[Item] = ()) -> None:
        """A node is launched, for some pods."""
        self.hosts[host.name] = host
        self.changes += 1
        for each in pods:
            self.plan(each, host)
        for tell in self.on_launch:
            tell(host)
        if host.price is None:
            self.record.unpriced.add(host.machine)
        if self.at_rest:
            self.join(host)
        else:
            self.after(self.delay("fargate_ready" if host.alone else "node_ready"), lambda: self.join(host))

    def join(self, host: Host) -> None:
        """A node is ready for pods; those of DaemonSets come first."""
        if host.gone or host.ready or host.leaving:
            return
        host.ready, host.touched = True, self.now
        self.changes += 1
        self.joined.append(host.name)
        if host.alone:
            for item in list(host.planned.values()):
                self._bind(item, host)
            return
        place = self.cluster.open(host.node)
        for pod in daemon_pods(host.node, self.daemons):
            if exclusion(pod.shape, place, self.cluster) is None:
                self.cluster.add(pod, place)
        for item in list(host.planned.values()):
            self.plan(item, None)
        self.room += 1

    def cordon(self, host: Host, reason: str) -> None:
        """A node takes no more pods, as it is about to go."""
        host.leaving = host.leaving or reason
        if host.node.cordoned:
            return
        host.node = cordoned(host.node, *([DISRUPTED] if host.of_karpenter else []))
        if (place := self.cluster.places.get(host.name)) is not None:
            self.cluster.renew(place, host.node)

    def end_of(self, host: Host, reason: str) -> None:
        """A node is gone, and the pods that were on it wait."""
        if host.gone:
            return
        for item in list(host.items.values()):
            self.requeue(item, reason)
        host.gone = True
        for item in list(host.planned.values()):
            self.plan(item, None)
        if (place := self.cluster.places.get(host.name)) is not None:
            self.cluster.close(place)
        del self.hosts[host.name]
        self.room += 1
        self.changes += 1
        self.record.disrupted[reason] += 1
        self.went.setdefault(reason, []).append(f"{host.name} ({host.machine})")
        for wave in self.record.waves:
            if host.name in wave.left:
                wave.left.discard(host.name)
                if not wave.left:
                    wave.ended = self.now
                    self.log("done", f"{wave.cause}: no old node is left of {wave.nodes}", took(self.now - wave.at))
