"""What NodeOverlays change of the instance types of pools, in Karpenter's eyes.

Source: Karpenter's documentation, "NodeOverlays", and its pkg/controllers/nodeoverlay, 1.14.1. Of several overlays the
one that weighs most counts; of two of one weight that change the same, Karpenter follows the later by name alone. Only
a Karpenter with the feature gate NodeOverlay reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from eks_blueprints.capacity.read.plain import Gaps, plain
from eks_blueprints.karpenter.labels import CAPACITY_TYPE, ZONE
from eks_blueprints.karpenter.requirements import Allowed, Requirement, allowed
from eks_blueprints.policies.objects import object_name
from eks_blueprints.policies.platform import on_cluster
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.provisioning.machine import Machine, Offering
from eks_blueprints.provisioning.makers import Pool
from eks_blueprints.scheduling.amounts import amounts

NODE_OVERLAY = "kubernetes:karpenter.sh/v1alpha1:NodeOverlay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """A NodeOverlay."""

    name: str
    weight: int = 0
    requirements: Mapping[str, Allowed] = field(default_factory=dict)
    price: str = ""
    """A price of an hour in place of the list price."""
    adjustment: str = ""
    """What is added to the price, such as `+10%` or `-0.5`."""
    capacity: Mapping[str, int] = field(default_factory=dict)


def overlays_of(cluster: Resource, stack: Stack) -> list[Overlay]:
    """The overlays of a cluster, those that count first."""
    found = [
        overlay_of(plain(each.props, stack, Gaps(), "spec") or {}, object_name(each, stack))
        for each in on_cluster(cluster, stack, NODE_OVERLAY)
    ]
    return in_order(found)


def in_order(overlays: Iterable[Overlay]) -> list[Overlay]:
    """Overlays, those that count first."""
    by_name = sorted(overlays, key=lambda each: each.name, reverse=True)
    return sorted(by_name, key=lambda each: -each.weight)


def followed(overlays: Iterable[Overlay], pools: Sequence[Pool]) -> Iterator[Overlay | str]:
    """The overlays that Karpenter follows, in order; a sentence for one that clashes with another of its weight.

    Args:
        overlays: Overlays, those that count first.
        pools: All pools, with their instance types.
    """
    kept: list[Overlay] = []
    for each in overlays:
        tied = [other for other in kept if other.weight == each.weight]
        if other := next((e for e in tied if any(_clash(e, each, pool) for pool in pools)), None):
            yield f"Karpenter does not follow the NodeOverlay {each.name}: it clashes with {other.name}, of its weight"
            continue
        kept.append(each)
        yield each


def _clash(one: Overlay, other: Overlay, pool: Pool) -> bool:
    """Whether two overlays change the same of an instance type of a pool."""
    priced = (one.price or one.adjustment) and (other.price or other.adjustment)
    if pool.auto_mode or not (priced or one.capacity.keys() & other.capacity.keys()):
        return False
    fixed = {key: frozenset({value}) for key, value in pool.labels.items()}
    for machine in pool.machines:
        labels = {**machine.labels, **fixed}
        if _meets(labels, one) and _meets(labels, other):
            if not priced:
                return True
            owns = (_of_offering(labels, each) for each in machine.offerings)
            if any(_meets(own, one) and _meets(own, other) for own in owns):
                return True
    return False


def overlay_of(spec: Mapping[str, Any], name: str) -> Overlay:
    """An overlay by the spec of its object.

    Raises:
        ValueError: if an amount is no quantity.
    """
    asked = (
        Requirement.model_construct(
            key=str(item.get("key")),
            operator=item.get("operator"),
            values=tuple(map(str, item.get("values") or ())),
        )
        for item in spec.get("requirements") or ()
    )
    return Overlay(
        name=name,
        weight=int(spec.get("weight") or 0),
        requirements=allowed(asked),
        price=str(spec.get("price") or ""),
        adjustment=str(spec.get("priceAdjustment") or ""),
        capacity=amounts(spec.get("capacity")),
    )


def overlaid(pool: Pool, overlays: Iterable[Overlay]) -> Pool:
    """A pool with what overlays change of its instance types; those of EKS Auto Mode stay as they are."""
    if pool.auto_mode:
        return pool
    fixed = {key: frozenset({value}) for key, value in pool.labels.items()}
    mine = [each for each in overlays if _meets(fixed, each, only=fixed)]
    if not mine:
        return pool

    def changed(machines: Iterable[Machine]) -> tuple[Machine, ...]:
        return tuple(_changed(each, fixed, mine) for each in machines)

    others = pool.machines_for
    anew = None if others is None else lambda asked: changed(others(asked))
    return replace(pool, machines=changed(pool.machines), machines_for=anew)


def _changed(machine: Machine, fixed: Mapping[str, frozenset[str]], overlays: Iterable[Overlay]) -> Machine:
    labels = {**machine.labels, **fixed}
    fitting = [each for each in overlays if _meets(labels, each)]
    if not fitting:
        return machine
    offerings = tuple(_priced(each, labels, fitting) for each in machine.offerings)
    more: dict[str, int] = {}
    for each in reversed(fitting):
        more |= each.capacity
    return replace(
        machine,
        offerings=offerings,
        capacity={**machine.capacity, **more},
        allocatable={**machine.allocatable, **more},
    )


def _priced(offering: Offering, labels: Mapping[str, frozenset[str]], overlays: Iterable[Overlay]) -> Offering:
    own = _of_offering(labels, offering)
    for each in overlays:
        if (each.price or each.adjustment) and _meets(own, each):
            most = None if offering.most is None or each.price else _adjusted(offering.most, each)
            return replace(offering, price=_adjusted(offering.price, each), most=most)
    return offering


def _of_offering(labels: Mapping[str, frozenset[str]], offering: Offering) -> Mapping[str, frozenset[str]]:
    return {**labels, ZONE: frozenset({offering.zone}), CAPACITY_TYPE: frozenset({offering.capacity_type})}


def _adjusted(price: float, overlay: Overlay) -> float:
    if overlay.price:
        return float(overlay.price)
    said = overlay.adjustment
    changed = price * (1 + float(said.rstrip("%")) / 100) if said.endswith("%") else price + float(said)
    return max(changed, 0.0)


def _meets(
    labels: Mapping[str, frozenset[str]], overlay: Overlay, *, only: Mapping[str, frozenset[str]] | None = None
) -> bool:
    """Whether nodes with some values of labels may be ones that an overlay speaks of; `only` are labels to look at."""
    for key, want in overlay.requirements.items():
        if only is not None and key not in only:
            continue
        values = labels.get(key, frozenset())
        if values:
            if not any(value in want for value in values):
                return False
        elif want.required:
            return False
    return True
