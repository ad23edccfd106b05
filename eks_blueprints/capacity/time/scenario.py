"""What happens to a platform over time, as a file says it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import Field, model_validator

from eks_blueprints.capacity.time.changing import PoolChange
from eks_blueprints.capacity.time.delays import Delays
from eks_blueprints.capacity.time.moments import (
    Amount,
    Cores,
    Instant,
    Moment,
    Percent,
    Share,
    SomeLength,
    instant,
    length,
)
from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.spec import Many, Spec

_LONGEST = 366 * 86_400
_MOST_FIGURES = 100_000
"""As many changes of one load are planned."""


class Load(Spec):
    """How many pods of a workload there are over time, or what they use, by which they are scaled.

    Each figure holds until the next one.
    """

    workload: str
    """Its name: `web`, `shop/web` or `shop/Deployment/web`."""
    replicas: Mapping[Moment, int] | None = None
    """How many pods there are from a time on, such as `{0h: 3, 8h: 30}`."""
    cpu: Mapping[Moment, Percent] | None = None
    """What the pods that there are then use of the cores that they request, such as `{8h: 150%}`; more pods share the
    same load."""
    cores: Mapping[Moment, Cores] | None = None
    """What all its pods use together, such as `{0h: 500m, 8h: 1.5}`."""
    target: Percent | None = None
    """Use at which the HorizontalPodAutoscaler aims. Default: that of the stack."""
    min_replicas: int | None = Field(default=None, ge=0)
    """Default: that of the stack."""
    max_replicas: int | None = Field(default=None, ge=1)
    """Default: that of the stack."""
    every: SomeLength | None = None
    """After which time the figures come again, such as `24h`."""

    @model_validator(mode="after")
    def _is_one(self) -> Load:
        faults = Faults()
        faults.require_one(self, "replicas", "cpu", "cores")
        if self.replicas is not None:
            for name in ("target", "min_replicas", "max_replicas"):
                if getattr(self, name) is not None:
                    faults.add(name, f"has no meaning with replicas; got {shown(getattr(self, name))}; remove it")
            for moment, count in self.replicas.items():
                if not 0 <= count <= 100_000:
                    faults.add(("replicas", moment), f"is no number of pods; got {count}; write 0 to 100000")
        if self.min_replicas is not None and self.max_replicas is not None and self.min_replicas > self.max_replicas:
            do = f"write at most {self.max_replicas}"
            faults.add("min_replicas", f"is more than max_replicas; got {self.min_replicas}; {do}")
        if self.every is not None:
            for moment in self.replicas or self.cpu or self.cores or {}:
                if moment[:4].isdigit() and moment[4:5] == "-":
                    faults.add("every", f"needs figures at lengths; got {shown(moment)}; write 8h or the like")
                elif length(moment) >= length(self.every):
                    faults.add("every", f"is over before the figure at {moment}; got {shown(self.every)}; write more")
        faults.raise_if_any()
        return self


class NodeLoss(Spec):
    """Nodes end without notice."""

    node: str | None = None
    """One by its name, as `capacity plan` or the export has it."""
    pool: str | None = None
    """Of one pool or group. Default: of any."""
    zone: str | None = None
    """Of one zone. Default: of any."""
    count: Amount = "1"
    """How many, or a share such as 20%; the seed decides which."""

    @model_validator(mode="after")
    def _one_is_one(self) -> NodeLoss:
        if self.node is not None and {"pool", "zone", "count"} & self.model_fields_set:
            raise ValueError("has node and what chooses others; got both; name the node, or count, pool and zone")
        return self


class ZoneLoss(Spec):
    """All nodes of a zone cannot be reached, and no more come there."""

    zone: str
    during: SomeLength = "1h"
    """For how long."""


class SpotInterruption(Spec):
    """EC2 takes spot instances back, with its notice."""

    share: Share = "100%"
    """Which share of spot nodes, rounded up; the seed decides which."""
    pool: str | None = None
    """Of one pool or group. Default: of any."""
    zone: str | None = None
    """Of one zone. Default: of any."""


class NoCapacity(Spec):
    """EC2 launches no instances of a kind."""

    during: SomeLength = "1h"
    """For how long."""
    type: str | None = None
    """Of one instance type, or of a family as in `m7g.*`. Default: of all."""
    capacity_type: str | None = None
    """`spot`, `on-demand` or `reserved`. Default: each."""
    zone: str | None = None
    """In one zone. Default: in all."""

    @model_validator(mode="after")
    def _says_something(self) -> NoCapacity:
        if self.type is None and self.capacity_type is None and self.zone is None:
            raise ValueError("says of nothing that there is none; got no field; set type, capacity_type or zone")
        if self.capacity_type not in (None, "spot", "on-demand", "reserved"):
            got = shown(self.capacity_type)
            raise ValueError(f"has no such capacity_type; got {got}; write spot, on-demand or reserved")
        return self


class NewImage(Spec):
    """A new AMI release: nodes of pools drift, managed groups are updated."""

    node_class: str | None = None
    """Pools of one node class. Default: all."""
    pool: str | None = None
    """One pool or group. Default: all."""


class Upgrade(Spec):
    """A new minor version of Kubernetes: nodes of pools drift, managed groups are updated."""

    max_unavailable: Amount = "1"
    """Nodes of a group that are replaced at once, or a share, rounded up."""
    surge: int | None = Field(default=None, ge=0, le=100)
    """Nodes that a group gets more meanwhile. Default: two for each of its zones, and no fewer than max_unavailable."""


class Rollout(Spec):
    """A Deployment gets a new version, pod by pod."""

    workload: str
    max_surge: Amount = "25%"
    """Pods above the number that there are to be; a share is rounded up."""
    max_unavailable: Amount = "25%"
    """Pods below it; a share is rounded down."""

    @model_validator(mode="after")
    def _can_go_on(self) -> Rollout:
        # The API server refuses it; a share that rounds to nothing is another thing.
        if not int(self.max_surge.rstrip("%")) and not int(self.max_unavailable.rstrip("%")):
            raise ValueError("can replace no pod; got max_surge 0 and max_unavailable 0; set one of them to 1 or more")
        return self


_KINDS = (
    *("node_loss", "zone_loss", "spot_interruption", "no_capacity"),
    *("new_image", "upgrade", "change_pool", "rollout"),
)


class Event(Spec):
    """Something that happens at a time: one of the fields besides `at`."""

    at: Moment
    """A length counted from the start, such as `9h30m`, or an instant."""
    node_loss: NodeLoss | None = None
    zone_loss: ZoneLoss | None = None
    spot_interruption: SpotInterruption | None = None
    no_capacity: NoCapacity | None = None
    new_image: NewImage | None = None
    upgrade: Upgrade | None = None
    change_pool: PoolChange | None = None
    rollout: Rollout | None = None

    @property
    def kind(self) -> str:
        """The field that says what happens."""
        return next(name for name in _KINDS if getattr(self, name) is not None)

    @model_validator(mode="after")
    def _is_one(self) -> Event:
        found = [name for name in _KINDS if getattr(self, name) is not None]
        if len(found) != 1:
            got = " and ".join(found) or "none"
            raise ValueError(f"needs one thing that happens; got {got}; set one of {', '.join(_KINDS)}")
        return self


class PodsFrom(Spec):
    """Pods of the past, each with its own time."""

    file: str
    """CSV file: the columns of `--pods`, and `start` and `end`, instants or lengths from the start. A path counts from
    the scenario."""
    instead: bool = True
    """Whether the stack's own workloads are left out. Default: yes."""


class Scenario(Spec):
    """A period of time, and what happens in it."""

    start: Instant
    """When it begins, with the offset from UTC, such as `2026-03-02T08:00:00+01:00`; budgets open by the calendar."""
    duration: SomeLength
    """How long it is, such as `24h` or `7d`."""
    seed: int = Field(default=0, ge=0)
    """What is left to chance, such as which nodes are lost, comes out the same with the same seed."""
    delays: Delays = Delays()
    load: Many[Load] = ()
    events: Many[Event] = ()
    pods_from: PodsFrom | None = None

    @model_validator(mode="after")
    def _is_in_time(self) -> Scenario:
        faults = Faults()
        if (end := length(self.duration)) > _LONGEST:
            faults.add("duration", f"is too long; got {shown(self.duration)}; write at most 366d")
        for index, load in enumerate(self.load):
            figures = len(load.replicas or load.cpu or load.cores or {})
            if load.every is not None and end // length(load.every) * figures > _MOST_FIGURES:
                what = f"comes too often in {self.duration}; got {shown(load.every)}; write a longer time"
                faults.add(("load", index, "every"), what)
            seen: dict[int, str] = {}
            for name in ("replicas", "cpu", "cores"):
                for moment in getattr(load, name) or ():
                    if (before := seen.setdefault(self.seconds(moment), moment)) != moment:
                        what = f"is the same time as {shown(before)}; got {shown(moment)}; keep one"
                        faults.add(("load", index, name, moment), what)
            # Later figures may stay in the file of a longer scenario; a load of them alone does nothing.
            if seen and (first := min(seen)) > end:
                name = next(each for each in ("replicas", "cpu", "cores") if getattr(load, each) is not None)
                what = f"is after the end; got {shown(seen[first])} as the first figure; write 0s to {self.duration}"
                faults.add(("load", index, name, seen[first]), what)
        for index, event in enumerate(self.events):
            if not 0 <= (at := self.seconds(event.at)) <= end:
                before = "before the start" if at < 0 else "after the end"
                what = f"is {before}; got {shown(event.at)}; write 0s to {self.duration}"
                faults.add(("events", index, "at"), what)
        faults.raise_if_any()
        return self

    def seconds(self, moment: str) -> int:
        """Seconds from the start until a moment."""
        if moment[4:5] == "-" and moment[:4].isdigit():
            return int((instant(moment) - instant(self.start)).total_seconds())
        return length(moment)


def schema() -> dict[str, Any]:
    """The JSON Schema of scenario files, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | Scenario.model_json_schema()


if __name__ == "__main__":
    print(json.dumps(schema(), indent=2))
