"""Pods that run on Fargate: which they are, on machines of which size, at what price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import starmap

from eks_blueprints.capacity.model import Demand, Placed, PlannedNode, Platform, Refusal, Waiting
from eks_blueprints.provisioning.fargate import RESERVED_MEMORY, Size, Taken, profile_of, size_of
from eks_blueprints.provisioning.fargate_limits import Limit, limits_of
from eks_blueprints.scheduling.amounts import CPU, DISK, MEMORY, PODS
from eks_blueprints.scheduling.pod import Pod, Shape


@dataclass(slots=True)
class OnFargate:
    """What Fargate runs, what it refuses, and what is left for nodes."""

    nodes: list[PlannedNode] = field(default_factory=list)
    """A machine for each pod."""
    refused: list[Waiting] = field(default_factory=list)
    others: list[Pod] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def on_fargate(platform: Platform, demands: Sequence[tuple[Demand, Shape, int]]) -> OnFargate:
    """The pods of a platform that its Fargate profiles select, and the others.

    Args:
        platform: The platform.
        demands: Its demands with the shape of their pods and how many there are.
    """
    found = OnFargate()
    for demand, shape, count in demands:
        taken = profile_of(shape, platform.profiles) if platform.profiles else None
        if taken is None:
            found.others += [Pod(f"{demand.name}#{number}", shape) for number in range(count)]
            continue
        if taken.others:
            names = " or ".join(each.name for each in (taken.profile, *taken.others))
            found.notes.append(f"which Fargate profile takes {demand.name} is up to EKS: {names}")
        size, limits = size_of(shape.requests), [*limits_of(shape), *starmap(Limit, demand.barred)]
        if size is None or limits:
            refusals = (
                Refusal(where=taken.profile.name, kind=taken.profile.kind, predicate=each.predicate, reason=each.reason)
                for each in limits
            )
            if count:
                found.refused.append(Waiting(name=demand.name, count=count, refusals=tuple(refusals)))
            continue
        found.nodes += [_machine(demand, shape, number, size, taken) for number in range(count)]
    return found


def _machine(demand: Demand, shape: Shape, number: int, size: Size, taken: Taken) -> PlannedNode:
    profile = taken.profile
    price = None if profile.rates is None else size.hourly(*profile.rates)
    return PlannedNode(
        name=f"{profile.name}/{demand.name}-{number}",
        maker=profile.name,
        kind=profile.kind,
        machine=str(size),
        zone=profile.zones[0] if len(profile.zones) == 1 else "",
        capacity_type="on-demand",
        allocatable={CPU: size.cpu, MEMORY: size.memory - RESERVED_MEMORY, DISK: size.disk, PODS: 1},
        pods=(Placed(name=demand.name, number=number, requests=shape.requests),),
        zones=profile.zones,
        price=price,
        most=price,
    )
