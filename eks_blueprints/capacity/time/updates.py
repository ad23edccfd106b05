"""Updates of managed groups, as EKS does them: more nodes come, the old ones go, so many at once, then the surplus."""

from __future__ import annotations

from eks_blueprints.capacity.time.groups import Groups
from eks_blueprints.capacity.time.things import Host
from eks_blueprints.provisioning.makers import Group

_AGAIN = 60
"""Seconds after which an update goes on whose nodes were lost meanwhile."""


class Updates:
    """The updates that run."""

    def __init__(self, groups: Groups) -> None:
        """None yet.

        Args:
            groups: The groups.
        """
        self.groups = groups
        self.running: set[str] = set()
        """Groups of which an update runs: EKS begins no other one then."""

    def begin(self, group: Group, most: int, surge: int, cause: str) -> None:
        """A group is updated.

        Args:
            group: The group.
            most: How many old nodes go at once.
            surge: How many nodes come first.
            cause: Why.
        """
        self.running.add(group.name)
        _Update(self, group, most, surge, cause).begin()


class _Update:
    """One update."""

    def __init__(self, updates: Updates, group: Group, most: int, surge: int, cause: str) -> None:
        self.updates, self.groups, self.group, self.most, self.cause = updates, updates.groups, group, most, cause
        self.world = self.groups.world
        self.size, self.surge = self.groups.sizes[group.name], surge
        self.draining = 0

    def begin(self) -> None:
        for host in self._nodes():
            host.stale = True
        self.groups.sizes[self.group.name] += self.surge
        self.groups.more(self.group, self.surge)
        self.world.after(self.world.delay("node_ready") if self.surge else 0, self._next)

    def _nodes(self) -> list[Host]:
        return [each for each in self.world.hosts.values() if each.maker == self.group.name]

    def _next(self) -> None:
        stale = [each for each in self._nodes() if each.stale]
        if not stale:
            self._shrink()
            return
        going = [each for each in stale if not each.leaving][: max(0, self.most - self.draining)]
        if not going and not self.draining:  # those that are left go by themselves, as they are lost
            self.world.after(_AGAIN, self._next)
        for host in going:
            self.draining += 1
            self.groups.draining.drain(host, self.cause, then=self._gone)

    def _gone(self) -> None:
        self.draining -= 1
        self.groups.keep(self.group)
        self.world.after(self.world.delay("node_ready"), self._next)

    def _shrink(self) -> None:
        """The nodes that came for the update go, one after another."""
        name = self.group.name
        nodes = [each for each in self._nodes() if not each.leaving]
        if self.groups.sizes[name] <= max(self.size, self.group.least) or not nodes:
            self.updates.running.discard(name)
            return
        self.groups.sizes[name] -= 1
        least = min(nodes, key=lambda each: (len(each.items), -each.born, each.name))
        self.groups.draining.drain(least, self.cause, then=self._shrink)
