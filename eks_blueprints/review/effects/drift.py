"""Nodes that Karpenter and EKS Auto Mode replace because they no longer are what their NodePool or class says.

By Karpenter's own rules, read at v1.14.1 (2026-08): sigs.k8s.io/karpenter, pkg/apis/v1/nodepool.go (`Hash`: the whole
template but its requirements) and pkg/controllers/nodeclaim/disruption/drift.go; karpenter-provider-aws,
pkg/apis/v1/ec2nodeclass.go (`Hash`: every field that has no `hash:"ignore"`) and pkg/cloudprovider/drift.go (images,
subnets, security groups and capacity reservations are compared with each instance). Order in lists means nothing there,
and an absent field is its default. AWS does not document which fields of Auto Mode's NodeClass count.
"""

from __future__ import annotations

from collections.abc import Iterator

from eks_blueprints.review.diff.changes import PlanDiff, ResourceDiff
from eks_blueprints.review.effects.class_fields import class_drift, latest_alias
from eks_blueprints.review.effects.drift_rules import Drift, drift_of_template
from eks_blueprints.review.effects.pools import (
    automatic,
    is_class,
    is_pool,
    maker,
    object_name,
    pace,
    pods,
    pools_of,
    size,
)
from eks_blueprints.review.effects.words import Attention, attention


def drift(diff: PlanDiff) -> Iterator[Attention]:
    """Of each pool and each class that is changed in place."""
    for each in diff.of("update"):
        if is_pool(each.type):
            found = drift_of_template(each)
            if found is not None:
                yield _pool_drifts(each, found)
        elif is_class(each.type):
            found = class_drift(each)
            if found is not None:
                yield _class_drifts(each, found, diff)
    yield from _newest_images(diff)


def _pool_drifts(each: ResourceDiff, found: Drift) -> Attention:
    pool = each.resource
    who = f"{maker(pool)} replaces {found.which} of pool `{object_name(pool)}` (drift; {size(pool)}), {pace(pool)}"
    return attention("rolls", "warning", "rolls nodes", each, found.cause, f"{who}; {pods(each.old)}")


def _class_drifts(each: ResourceDiff, found: Drift, diff: PlanDiff) -> Attention:
    node_class = each.resource
    used = list(pools_of(diff.new, node_class))
    before = {pool.urn: pool for pool in diff.old.resources} if diff.old else {}
    said = [f"pool `{object_name(pool)}` ({size(pool)}), {pace(pool)}" for pool in used]
    where = "; ".join(said) or f"every pool that uses class `{object_name(node_class)}`, within its disruption budgets"
    old = before.get(used[0].urn) if used else None
    effect = f"{maker(node_class)} replaces {found.which} (drift) of {where}; {pods(old)}"
    if found.note:
        effect = f"{effect}. {found.note}"
    return attention("rolls", "warning", "rolls nodes", each, found.cause, effect)


def _newest_images(diff: PlanDiff) -> Iterator[Attention]:
    """Classes that take the newest image from now on."""
    if diff.old is None:
        return
    for each in diff.of("create", "update"):
        if not is_class(each.type) or automatic(each.resource):
            continue
        alias = latest_alias(each.resource)
        if alias and (each.old is None or latest_alias(each.old) != alias):
            effect = (
                "from now on its nodes also roll by themselves, whenever AWS publishes an image; pin one to choose when"
            )
            yield attention("rolls", "note", "rolls automatically", each, f"`amiSelectorTerms` names {alias}", effect)
