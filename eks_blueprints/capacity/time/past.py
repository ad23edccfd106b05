"""Pods of the past, each with its own time: what a change of pools would have made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from eks_blueprints.capacity.model import Demand, Platform
from eks_blueprints.capacity.read.table import read_past
from eks_blueprints.capacity.time.loads import resize
from eks_blueprints.capacity.time.moments import moment
from eks_blueprints.capacity.time.scenario import Scenario
from eks_blueprints.capacity.time.world import World
from eks_blueprints.core.document import Document, located
from eks_blueprints.core.errors import InputError, Problem, shown


@dataclass(frozen=True, slots=True)
class Past:
    """Pods that were there for a time."""

    demands: tuple[Demand, ...] = ()
    times: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """When those of each began and ended, in seconds from the start of the scenario."""

    def on(self, platform: Platform, *, instead: bool) -> Platform:
        """A platform with these pods.

        Args:
            platform: The platform.
            instead: Whether they take the place of its own workloads.
        """
        return replace(platform, demands=self.demands if instead else (*platform.demands, *self.demands))

    def at_begin(self) -> dict[str, int]:
        """How many pods each has as the scenario begins."""
        return {e.name: e.least if self.times[e.name][0] <= 0 < self.times[e.name][1] else 0 for e in self.demands}

    def follow(self, world: World) -> None:
        """They come and go."""
        for each in self.demands:
            start, end = self.times[each.name]
            work = world.works[each.name]
            if start > 0:
                world.after(start, partial(resize, world, work, each.least, "of the past"))
            if end > 0:
                world.after(end, partial(resize, world, work, 0, "of the past"))


def read_pods(scenario: Scenario, written: Document) -> Past:
    """The pods that a scenario takes from a table; a path counts from its own folder.

    Args:
        scenario: The scenario.
        written: Where it is written.

    Raises:
        InputError: if the table cannot be read, or a time is none.
    """
    if scenario.pods_from is None:
        return Past()
    path = Path(written.file).parent / scenario.pods_from.file
    if not path.exists() or path.is_dir():
        got = shown(scenario.pods_from.file)
        what = f"is no file, as a path from the folder of the scenario; got {got}; write that of a CSV file"
        raise InputError(located([Problem(("pods_from", "file"), what)], written))
    problems: list[Problem] = []
    demands: list[Demand] = []
    times: dict[str, tuple[int, int]] = {}
    for demand, said in read_past(path):
        found: dict[str, int] = {}
        for name, (text, line, column) in said.items():
            try:
                found[name] = scenario.seconds(moment(text))
            except ValueError as error:
                problems.append(Problem((name,), str(error), str(path), line, column))
        if len(found) == len(said):
            if found["end"] <= found["start"]:
                text, line, column = said["end"]
                what = f"is not after the start; got {text}; write a later time"
                problems.append(Problem(("end",), what, str(path), line, column))
            demands.append(demand)
            times[demand.name] = (found["start"], found["end"])
    if problems:
        raise InputError(problems)
    return Past(tuple(demands), times)
