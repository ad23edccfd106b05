"""Sizes of managed groups that do not go together once the engine has put the old desired size back.

EKS API reference, UpdateNodegroupConfig: the least may not be above the desired size, nor the most below it. EC2 Auto
Scaling moves the desired capacity of a self-managed group into the new bounds by itself (UpdateAutoScalingGroup).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.review.diff.changes import PlanDiff, ResourceDiff
from eks_blueprints.review.diff.effective import ignored, kept_inputs
from eks_blueprints.review.effects.links import section
from eks_blueprints.review.effects.nodes import NODE_GROUP
from eks_blueprints.review.effects.words import Attention, refused


def refused_groups(diff: PlanDiff) -> Iterator[Attention]:
    """Of each group that is changed in place."""
    for each in diff.of("update"):
        if each.type == NODE_GROUP and any(change.top == "scalingConfig" for change in each.changes):
            yield from _sizes(each)


def _sizes(each: ResourceDiff) -> Iterator[Attention]:
    sizes: Mapping[str, Any] = section(kept_inputs(each).inputs, "scalingConfig")
    least, desired, most = (sizes.get(key) for key in ("minSize", "desiredSize", "maxSize"))
    if not isinstance(desired, int):
        return
    if isinstance(least, int) and least > desired:
        cause, wanted = f"`scalingConfig.minSize` {least} is above the desired size {desired}", least
    elif isinstance(most, int) and most < desired:
        cause, wanted = f"`scalingConfig.maxSize` {most} is below the desired size {desired}", most
    else:
        return
    if not ignored("scalingConfig.desiredSize", each.resource):
        yield refused("EKS", each, cause, "the desired size lies between the least and the most")
        return
    command = f"`aws eks update-nodegroup-config --scaling-config minSize={least},desiredSize={wanted},maxSize={most}`"
    effect = (
        "changes of the desired size are ignored, so the engine sends the one that it knows from the last deployment "
        f"or refresh (here taken from the old side): run {command}, then `pulumi refresh`, then deploy"
    )
    yield refused("EKS", each, cause, effect)
