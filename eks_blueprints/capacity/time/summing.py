"""The sums of a simulation, in the words that text and pages share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

from eks_blueprints.capacity.boxes import short_names
from eks_blueprints.capacity.model import Doubt
from eks_blueprints.capacity.time.moments import local
from eks_blueprints.capacity.time.record import Loss, OfWorkload, Sample, Wave
from eks_blueprints.capacity.time.simulate import Simulation, spans
from eks_blueprints.capacity.time.words import took
from eks_blueprints.capacity.words import count
from eks_blueprints.review.cost.estimate import money

_LAUNCHES = re.compile(r"(?:^|[/-])(?:karpenter|cluster-autoscaler)$")
"""Names of the workloads that launch nodes."""
_ALL_THE_SAME = (
    "{} has no ready pod for a time, in which it launches nodes here all the same; pods would wait for longer"
)


class Sums:
    """What is told of a simulation."""

    def __init__(self, simulation: Simulation) -> None:
        """A simulation that is over."""
        self.of = simulation
        self.record = simulation.record
        self._short = short_names(list(simulation.record.workloads))

    def when(self, seconds: int) -> str:
        """The time of day, with the day where the scenario has several."""
        begins = local(self.of.scenario.start)
        at, ends = begins + timedelta(seconds=seconds), begins + timedelta(seconds=self.of.seconds)
        return f"{at:%H:%M:%S}" if begins.date() == ends.date() else f"{at:%a %d %H:%M:%S}"

    def short(self, name: str) -> str:
        """A workload's name, as short as it is clear."""
        return self._short.get(name, name)

    @property
    def losses(self) -> list[Loss]:
        """Workloads that lost all pods, or too many."""
        return [each for each in self.record.losses if each.all or each.too_many]

    @property
    def still(self) -> int:
        """Pods that wait at the end."""
        return sum(each.still for each in self.record.workloads.values())

    @property
    def verdict(self) -> tuple[str, str]:
        """The most important thing in a sentence, and how bad it is: `danger`, `warning` or nothing."""
        every = [each for each in self.losses if each.all]
        down = [each for each in self.record.workloads.values() if each.pods and not each.fewest]
        if self.still:
            return f"{count(self.still, 'pod')} still {'waits' if self.still == 1 else 'wait'} at the end", "danger"
        if every or down:
            names = sorted({self.short(e.workload) for e in every} | {self.short(e.name) for e in down})
            many = f"{', '.join(names[:3])} and {len(names) - 3} more" if len(names) > 3 else ", ".join(names)
            return f"{many} {'has' if len(names) == 1 else 'have'} no ready pod for a time", "danger"
        if self.losses:
            return f"{count(len({e.workload for e in self.losses}), 'workload')} lost too many pods at once", "warning"
        if self.cut:
            return self.cut[0], "warning"
        if unfinished := [each for each in self.record.waves if each.left]:
            return (
                f"{unfinished[0].cause}: {len(unfinished[0].left)} of {unfinished[0].nodes} nodes are left",
                "warning",
            )
        return "every workload kept ready pods, and none waits at the end", ""

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Figures, each with what it is of."""
        samples = self.record.samples
        low, high = self.of.cost
        nodes = sorted({each.nodes for each in samples} or {0})
        longest = max((each.longest for each in self.record.workloads.values()), default=0)
        waiting = max((each.waiting for each in samples), default=0)
        return [
            (money(low, high), f"for {took(self.of.seconds)}"),
            (" to ".join(map(str, dict.fromkeys((nodes[0], nodes[-1])))), "nodes"),
            (f"{sum(self.record.hours.values()) / 3600:,.1f}", "node-hours"),
            (f"{waiting:,}", f"{'pod' if waiting == 1 else 'pods'} waited at once, at most"),
            (took(longest), "longest wait of a pod"),
            (f"{sum(self.record.moved.values()):,}", "pods had to move"),
        ]

    @property
    def workloads(self) -> list[OfWorkload]:
        """Workloads, those first that were worst off."""

        def rank(each: OfWorkload) -> tuple[bool, float, int, str]:
            share = each.fewest / each.wanted_then if each.wanted_then else 1.0
            return not each.still, share, -each.longest, each.name

        return sorted(self.record.workloads.values(), key=rank)

    @property
    def held(self) -> list[str]:
        """What held nodes back, in sentences."""
        return [f"{name} held nodes back for {took(seconds)}" for name, seconds in self.record.held.items() if seconds]

    @property
    def cut(self) -> list[str]:
        """Pods that were ended before their time, in sentences."""
        named = [(self.short(each.name), each.cut) for each in self.record.workloads.values() if each.cut]
        return [f"{count(many, 'pod')} of {name} had less time to end than asked for" for name, many in named]

    def wave(self, wave: Wave) -> str:
        """How nodes were replaced."""
        if wave.ended is not None:
            return f"no old node is left of {wave.nodes} after {took(wave.ended - wave.at)}"
        return f"{len(wave.left)} of {wave.nodes} old nodes are left at the end"

    def loss(self, loss: Loss) -> str:
        """What was lost."""
        much = "all" if loss.all else f"{loss.lost} of {loss.before}"
        keeps = f", its PodDisruptionBudget keeps {loss.least}" if loss.least is not None and not loss.all else ""
        back = "not back by the end" if loss.back is None else f"back after {took(loss.back)}"
        return f"{self.short(loss.workload)} lost {much} of its ready pods{keeps}; {back}"

    @property
    def notes(self) -> list[str]:
        """What the reader should know, in sentences without a full stop."""
        platform = self.of.platform
        found = [f"no price: {', '.join(sorted(self.record.unpriced))}"] if self.record.unpriced else []
        found += self.record.notes
        down = [self.short(each.name) for each in self.record.workloads.values() if each.pods and not each.fewest]
        found += [_ALL_THE_SAME.format(each) for each in sorted(down) if _LAUNCHES.search(each)]
        found += [each if isinstance(each, Doubt) else f"not known: {each}" for each in platform.unknown]
        return found


def resampled(samples: Sequence[Sample], end: int, columns: int, of: str) -> list[float]:
    """The largest value of a figure in each of some columns of equal length.

    Args:
        samples: Samples in the order of time.
        end: The length of time.
        columns: How many columns.
        of: The field of the samples.
    """
    found = [0.0] * columns
    for sample, until in spans(samples, end):
        first = min(columns - 1, sample.at * columns // max(end, 1))
        last = min(columns - 1, max(first, -(-until * columns // max(end, 1)) - 1))
        for at in range(first, last + 1):
            found[at] = max(found[at], float(getattr(sample, of)))
    return found


def by_hours(hours: Iterable[tuple[tuple[str, str], int]]) -> list[tuple[str, str, float]]:
    """Node-hours by instance type and capacity type, the most first."""
    return sorted(((kind, capacity, seconds / 3600) for (kind, capacity), seconds in hours), key=lambda e: (-e[2], e))
