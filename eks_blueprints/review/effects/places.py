"""Pods that find no node any more: compute that goes or changes, and zones that nodes leave while volumes stay there.

An EBS volume is in one zone for ever, and its pod runs there or nowhere. Sources: EBS user guide, "Amazon EBS volumes";
Kubernetes, "Storage Classes", volume binding (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator

from eks_blueprints.core.clock import now
from eks_blueprints.policies.node_kinds import kinds_of
from eks_blueprints.policies.objects import WORKLOADS
from eks_blueprints.policies.placements import placement, zones_for
from eks_blueprints.policies.platform import clusters
from eks_blueprints.policies.props import Undetermined
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.policies.volumes import claims_of, is_ebs
from eks_blueprints.review.diff.changes import PlanDiff
from eks_blueprints.review.effects.words import Attention


def places(diff: PlanDiff, sides: tuple[Stack | None, Stack] | None = None) -> Iterator[Attention]:
    """Of each workload that stays: whether its pods could run, and no longer can; for `sides` see `effects`."""
    if diff.old is None or not diff.resources:
        return
    old, new = sides or (Stack.of_plan(diff.old), Stack.of_plan(diff.new))
    if old is None or _compute(old) == _compute(new):
        return
    before = {each.urn: each for each in old.of(*WORKLOADS)}
    for each in new.of(*WORKLOADS):
        was = before.get(each.urn)
        if was is None or each.patch:
            continue
        try:
            yield from _nowhere(was, old, each, new) or _left(was, old, each, new)
        except Undetermined:
            continue


def _compute(stack: Stack) -> list[object]:
    """All kinds of nodes, as far as they can be compared."""
    return [
        [(each.name, each.labels, each.types, each.taints, each.most_cpu, each.most_memory) for each in kinds]
        for cluster in clusters(stack)
        for kinds, _ in [kinds_of(cluster, stack)]
    ]


def _nowhere(was: Resource, old: Stack, each: Resource, new: Stack) -> list[Attention]:
    if placement(was, old, now()).is_nowhere:
        return []
    found = placement(each, new, now())
    if not found.is_nowhere:
        return []
    why = "; ".join(f"{name} {reason}" for name, reason in found.not_on.items()) or "no compute is left"
    effect = "pods that run stay until their node goes; from then on they are pending, and so are new ones"
    return [_told("runs nowhere", each, f"no compute takes its pods: {why}", effect)]


def _left(was: Resource, old: Stack, each: Resource, new: Stack) -> list[Attention]:
    """Zones in which its volumes may be, and where no node of it is any more."""
    if not any(is_ebs(claim, new) for claim in claims_of(each, new)):
        return []
    zones, left = zones_for(was, old), zones_for(each, new)
    gone = sorted((zones or frozenset()) - (left or frozenset())) if left is not None else []
    if not gone:
        return []
    cause = f"the nodes for it leave {', '.join(gone)}"
    effect = (
        f"pods whose volume is in {' or '.join(gone)} are pending from then on: a volume on EBS never leaves its zone"
    )
    do = "keep nodes there, or restore the volumes from snapshots in another zone first"
    return [_told("volumes left behind", each, cause, f"{effect}; {do}")]


def _told(title: str, each: Resource, cause: str, effect: str) -> Attention:
    place = f"{each.position.file}:{each.position.line}" if each.position is not None else ""
    return Attention("dies", "danger", title, each.name, each.type, cause, effect, place)
