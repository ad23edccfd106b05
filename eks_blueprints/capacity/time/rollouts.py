"""A Deployment gets a new version: new pods come, old ones go, within its surge and what may be missing."""

from __future__ import annotations

from eks_blueprints.capacity.time.clock import nothing
from eks_blueprints.capacity.time.moments import part
from eks_blueprints.capacity.time.scenario import Rollout
from eks_blueprints.capacity.time.things import Work
from eks_blueprints.capacity.time.words import took
from eks_blueprints.capacity.time.world import World
from eks_blueprints.capacity.words import count


class Rolling:
    """One rollout."""

    def __init__(self, world: World, work: Work, rollout: Rollout) -> None:
        """A rollout that has not begun.

        Args:
            world: The world.
            work: The workload.
            rollout: What the scenario says of it.
        """
        self.world, self.work = world, work
        self.surge = part(rollout.max_surge, work.want, up=True)
        self.missing = part(rollout.max_unavailable, work.want, up=False)
        if not self.surge and not self.missing:
            self.missing = 1  # what a Deployment does where both round to nothing
        self.begun = world.now

    def begin(self) -> None:
        """The old pods are marked, and the first steps are done."""
        for item in self.work.pods.values():
            item.old = True
        what = f"{self.work.short} is rolled out: {count(self.work.want, 'pod')}"
        self.world.log("event", what, f"up to {self.surge} more, {self.missing} fewer")
        self.world.watchers.append(self._step)
        self._step()

    def _step(self) -> None:
        work, world = self.work, self.world
        old = [each for each in work.pods.values() if each.old]
        new = len(work.pods) - len(old)
        if not old:
            if new >= work.want and work.ready >= work.want:
                work.surge = 0
                world.watchers.remove(self._step)
                world.log("done", f"rollout of {work.short}", f"took {took(world.now - self.begun)}")
            return
        spare = [each for each in old if not each.ready]
        can_go = max(0, work.ready - (work.want - self.missing))
        for item in [*spare, *[each for each in old if each.ready][:can_go]]:
            world.remove(item)
        left = work.want + self.surge - len(work.pods)
        made = sum(not each.old for each in work.pods.values())
        added = min(left, work.want - made)
        for _ in range(max(0, added)):
            world.add(work)
        work.surge = max(0, len(work.pods) - work.want)
        if added > 0 or can_go:
            world.after(0, nothing)
