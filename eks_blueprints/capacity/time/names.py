"""What the names in a scenario stand for, and which of them stand for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from eks_blueprints.capacity.explain import demand_named
from eks_blueprints.capacity.model import Demand, Platform
from eks_blueprints.capacity.time.changing import PoolChange, changed
from eks_blueprints.capacity.time.scenario import Scenario
from eks_blueprints.core.errors import InputError, Path, Problem, shown, unknown_name
from eks_blueprints.provisioning.karpenter.template import Template
from eks_blueprints.scheduling.amounts import CPU
from eks_blueprints.scheduling.node import ZONE

_LONGEST = 200
"""Characters of requirements that are told."""


@dataclass(frozen=True, slots=True)
class Names:
    """The workloads that are meant."""

    loads: Mapping[int, str] = field(default_factory=dict)
    """By the place of a load."""
    rollouts: Mapping[int, str] = field(default_factory=dict)
    """By the place of an event."""


def names_of(scenario: Scenario, platform: Platform) -> Names:
    """What the names of a scenario stand for on a platform.

    Raises:
        InputError: for names that stand for nothing, and loads that nothing follows.
    """
    problems: list[Problem] = []
    loads: dict[int, str] = {}
    rollouts: dict[int, str] = {}
    for index, load in enumerate(scenario.load):
        found = _workload(load.workload, platform, ("load", index, "workload"), problems)
        if found is None:
            continue
        if found.name in loads.values():
            what = f"has two loads; got {shown(load.workload)} again; write one"
            problems.append(Problem(("load", index, "workload"), what))
        loads[index] = found.name
        if load.replicas is None:
            problems += _of_scaler(index, load.target, load.max_replicas, found)
    for index, event in enumerate(scenario.events):
        problems += _of_event(scenario, index, platform)
        if event.rollout is not None:
            path = ("events", index, "rollout", "workload")
            found = _workload(event.rollout.workload, platform, path, problems)
            if found is not None:
                rollouts[index] = found.name
    if problems:
        raise InputError(problems)
    return Names(loads, rollouts)


def _workload(name: str, platform: Platform, path: Path, problems: list[Problem]) -> Demand | None:
    try:
        ((_, found),) = demand_named(name, [platform])
    except InputError as error:
        problems += [Problem(path, each.message) for each in error.problems]
        return None
    if not isinstance(found, Demand):
        problems.append(Problem(path, f"is a DaemonSet; got {shown(name)}; name a workload with replicas"))
        return None
    return found


def _of_scaler(index: int, target: str | None, most: int | None, found: Demand) -> Iterable[Problem]:
    if target is None and found.target is None:
        what = f"is required: the stack says no target of {found.name}; got nothing; write it like 70%"
        yield Problem(("load", index, "target"), what)
    elif target is not None and target.rstrip("0%") == "":
        yield Problem(("load", index, "target"), f"must be more than nothing; got {shown(target)}; write it like 70%")
    if not found.shape.requests.get(CPU):
        what = f"requests no cores; got {found.name}; a share of its request says nothing: write replicas"
        yield Problem(("load", index, "workload"), what)
    if not found.scaled_by and most is None:
        what = f"is required: nothing in the stack scales {found.name}; got nothing; write how many pods it may have"
        yield Problem(("load", index, "max_replicas"), what)


def _of_event(scenario: Scenario, index: int, platform: Platform) -> Iterable[Problem]:
    event = scenario.events[index]
    part = getattr(event, event.kind)
    path = ("events", index, event.kind)
    pools, groups = {each.name for each in platform.pools}, {each.name for each in platform.groups}
    every = [machine for pool in platform.pools for machine in pool.machines]
    every += [machine for group in platform.groups for machine in group.machines]
    zones = {offer.zone for machine in every for offer in machine.offerings}
    zones |= {zone for group in platform.groups for zone in group.zones}
    zones |= {zone for profile in platform.profiles for zone in profile.zones}
    zones |= {each.node.labels[ZONE] for each in platform.running if ZONE in each.node.labels}
    kinds = {machine.name for machine in every}
    classes = {value for each in platform.pools for key, value in each.labels.items() if key.endswith("nodeclass")}
    makers = pools if event.change_pool is not None else pools | groups
    makers |= {each.name for each in platform.profiles} if event.node_loss is not None else set()
    for name, known, what in (
        ("pool", makers, "NodePool" if event.change_pool is not None else "pool or group"),
        ("zone", zones, "zone of this cluster"),
        ("node_class", classes, "node class"),
    ):
        if (given := getattr(part, name, None)) is not None and given not in known:
            yield Problem((*path, name), unknown_name(given, known, what))
    if isinstance(part, PoolChange) and part.pool in pools:
        yield from _of_change(part, platform, path)
    kind = getattr(part, "type", None)
    if kind is not None and not any(fnmatchcase(each, kind) for each in kinds):
        yield Problem((*path, "type"), unknown_name(kind, kinds, "instance type of a pool or group"))


def _of_change(change: PoolChange, platform: Platform, path: Path) -> Iterable[Problem]:
    """Requirements and labels under which a pool can launch nothing."""
    field = "labels" if change.requirements is None else "requirements"
    pool = next(each for each in platform.pools if each.name == change.pool)
    if getattr(change, field) is None or not Template(pool, ()).types or Template(changed(pool, change), ()).types:
        return
    given = [f"{each.key} {each.operator} {' '.join(each.values)}".rstrip() for each in change.requirements or ()]
    given += [f"{key} {value}" for key, value in (change.labels or {}).items()]
    what = f"leaves {change.pool} no instance type; got {shown(', '.join(given), _LONGEST)}; ask for less"
    yield Problem((*path, field), what)
