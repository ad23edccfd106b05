"""Changes of Karpenter's objects that the API server refuses: rules on updates in the CRD of NodePool."""

from __future__ import annotations

from collections.abc import Iterator

from eks_blueprints.review.diff.changes import PlanDiff, ResourceDiff
from eks_blueprints.review.effects.links import section
from eks_blueprints.review.effects.pools import is_pool
from eks_blueprints.review.effects.words import Attention, refused


def refused_objects(diff: PlanDiff) -> Iterator[Attention]:
    """Of each pool that is changed in place."""
    for each in diff.of("update"):
        if is_pool(each.type) and each.old is not None:
            yield from _pool(each)


def _pool(each: ResourceDiff) -> Iterator[Attention]:
    assert each.old is not None  # noqa: S101 - an update has both sides
    old, new = section(each.old.inputs, "spec"), section(each.resource.inputs, "spec")
    do = "create a pool with another name, and remove this one after it"
    for key in ("group", "kind"):
        before, after = (section(spec, "template", "spec", "nodeClassRef").get(key) for spec in (old, new))
        if before is not None and after is not None and before != after:
            cause = f"`nodeClassRef.{key}` {before} → {after}"
            yield refused("the API server", each, cause, f"it cannot be changed: {do}")
    if (old.get("replicas") is None) != (new.get("replicas") is None):
        cause = f"`replicas` is {'removed' if new.get('replicas') is None else 'added'}"
        yield refused("the API server", each, cause, f"a pool cannot become static or dynamic later: {do}")
