"""What a pool of nodes that come and go can cost: from the nodes that surely run, to the limits that it sets."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.facts.instance_types import instance_type
from eks_blueprints.karpenter.instances import left
from eks_blueprints.karpenter.labels import AUTO_MODE, CAPACITY_TYPE, KARPENTER, Flavor
from eks_blueprints.karpenter.quantities import exact
from eks_blueprints.karpenter.requirements import Allowed, Requirement, allowed
from eks_blueprints.recording.plan import PlannedResource
from eks_blueprints.review.cost.estimate import POOLS, Line, View
from eks_blueprints.review.cost.prices import HOURS


def pool(resource: PlannedResource, view: View) -> Iterator[Line | str]:
    """A NodePool of Karpenter or of Auto Mode."""
    spec = _mapping(resource.inputs.get("spec"))
    template = _mapping(_mapping(spec.get("template")).get("spec"))
    flavor = AUTO_MODE if _mapping(template.get("nodeClassRef")).get("group") == AUTO_MODE.group else KARPENTER
    wanted = _requirements(template.get("requirements"))
    who = "Auto Mode" if flavor is AUTO_MODE else "Karpenter"
    hours = _hours(wanted, resource, view, flavor)
    if not hours:
        yield f"nodes that {who} launches, of types without a price in the table"
        return
    view.pools = True
    if isinstance(replicas := spec.get("replicas"), int):
        ends = [replicas * hour * HOURS for hour in hours.values()]
        yield Line(resource.urn, resource.name, f"{replicas} × {_named(hours)}", min(ends), max(ends), POOLS)
        return
    limits = _limits(spec.get("limits"))
    counts = {name: _most(name, limits) for name in hours}
    if max(counts.values()) == math.inf:
        yield f"nodes that {who} launches, with no upper limit known"
        return
    # Karpenter starts no node that is larger than what a limit leaves.
    fitting = {name: hour for name, hour in hours.items() if counts[name]} or hours
    most = max(counts[name] * hour * HOURS for name, hour in fitting.items())
    said = " and ".join(f"{amount} {word}" for word, amount in _words(spec.get("limits")))
    yield Line(resource.urn, resource.name, f"0 to {said} of {_named(fitting)}", 0, most, POOLS)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _named(hours: Mapping[str, float]) -> str:
    if len(hours) <= 2:
        return " or ".join(hours)
    cheap, dear = min(hours, key=lambda each: hours[each]), max(hours, key=lambda each: hours[each])
    return f"{len(hours)} types, {cheap} to {dear}"


def _words(limits: Any) -> Iterator[tuple[str, str]]:
    words = {"cpu": "vCPU", "memory": "memory"}
    for key, amount in _mapping(limits).items():
        yield words.get(key, key), str(amount)


def _limits(given: Any) -> dict[str, float]:
    found = {}
    for key, amount in _mapping(given).items():
        try:
            found[str(key)] = float(exact(str(amount)))
        except ValueError:
            continue
    return found


def _most(name: str, limits: Mapping[str, float]) -> float:
    """How many nodes of a type the limits leave room for."""
    facts = instance_type(name)
    assert facts is not None  # noqa: S101 - only types with facts are looked at
    has = {"cpu": facts.vcpus, "memory": facts.memory_mib * 2**20, "nodes": 1}
    if facts.accelerator == "nvidia":
        has["nvidia.com/gpu"] = facts.accelerator_count
    counts = [limit / has[key] for key, limit in limits.items() if has.get(key)]
    return min(map(math.floor, counts), default=math.inf)


def _requirements(given: Any) -> dict[str, Allowed]:
    found = []
    for each in given if isinstance(given, list) else ():
        values = {key: each[key] for key in ("key", "operator", "values") if key in _mapping(each)}
        try:
            found.append(Requirement.model_validate(values))
        except ValueError:
            continue
    return allowed(found)


def _hours(wanted: Mapping[str, Allowed], resource: PlannedResource, view: View, flavor: Flavor) -> dict[str, float]:
    """Dearest price of an hour by instance type that the pool may use."""
    region = view.region(resource)
    # Auto Mode's fee is a share of the on-demand price for spot capacity too.
    fee = view.prices.of("eks", "auto_mode_share") or 0 if flavor is AUTO_MODE else 0
    capacity = wanted.get(CAPACITY_TYPE)
    spot = capacity is not None and "spot" in capacity and "on-demand" not in capacity
    view.spot = view.spot or spot
    hours = {name: view.prices.instance(name, region) for name in sorted(left(flavor, wanted))}
    known = {name: hour for name, hour in hours.items() if hour is not None and instance_type(name)}
    return {name: hour * ((view.prices.spot(name, region)[1] if spot else 1) + fee) for name, hour in known.items()}
