"""What NodeOverlays change of the instance types of pools, in Karpenter's eyes.

Source: Karpenter's documentation, "NodeOverlays"; of several overlays the one that weighs most counts, then the one
whose name comes first. Only a Karpenter with the feature gate NodeOverlay reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    return sorted(overlays, key=lambda each: (-each.weight, each.name))


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
    own = {**labels, ZONE: frozenset({offering.zone}), CAPACITY_TYPE: frozenset({offering.capacity_type})}
    for each in overlays:
        if (each.price or each.adjustment) and _meets(own, each):
            most = None if offering.most is None or each.price else _adjusted(offering.most, each)
            return replace(offering, price=_adjusted(offering.price, each), most=most)
    return offering


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
