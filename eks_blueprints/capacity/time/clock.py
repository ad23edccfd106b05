"""The clock of a simulation.

Times are whole seconds from the start of the scenario. What happens at one time happens in the order in which it was
planned; then kube-scheduler places what waits, and those who watch the cluster are told.
"""

from __future__ import annotations

import heapq
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime, timedelta

from eks_blueprints.capacity.time.moments import instant, length
from eks_blueprints.capacity.time.scenario import Scenario


def nothing() -> None:
    """Time stands for a moment, at which pods are placed and those who watch are told."""


class Clock(ABC):
    """What is to be done, and when."""

    def __init__(self, scenario: Scenario) -> None:
        """A clock that stands still.

        Args:
            scenario: Says when it begins, for how long it runs, and how long things take.
        """
        self.scenario = scenario
        self.now = 0
        self.end = length(scenario.duration)
        self.begins = instant(scenario.start)
        self.at_rest = True
        """Whether it stands still: what takes time is there at once, as things were before the start."""
        self._queue: list[tuple[int, int, Callable[[], None]]] = []
        self._planned = 0
        self._delays: dict[str, int] = {}

    @abstractmethod
    def settle(self) -> None:
        """All of a time has happened."""

    @abstractmethod
    def count(self, until: int) -> None:
        """The time that passes until then is counted."""

    def delay(self, name: str) -> int:
        """The seconds of a delay; none while the clock stands still."""
        if self.at_rest:
            return 0
        if name not in self._delays:
            self._delays[name] = length(getattr(self.scenario.delays, name))
        return self._delays[name]

    @property
    def moment(self) -> datetime:
        """The time of day."""
        return self.begins + timedelta(seconds=self.now)

    def after(self, seconds: int, do: Callable[[], None]) -> None:
        """Something is done later; what would come after the end is not."""
        if self.now + seconds <= self.end:
            self._planned += 1
            heapq.heappush(self._queue, (self.now + seconds, self._planned, do))

    def run(self) -> None:
        """Time passes until the end."""
        while self._queue:
            at = self._queue[0][0]
            self.count(at)
            self.now = at
            while self._queue and self._queue[0][0] == at:
                heapq.heappop(self._queue)[2]()
            self.settle()
        self.count(self.end)
        self.now = self.end
