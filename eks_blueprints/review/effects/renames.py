"""An element with a new name: what that makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from eks_blueprints.review.diff.changes import PlanDiff, ResourceDiff
from eks_blueprints.review.diff.renames import Rename, renames
from eks_blueprints.review.effects.losses import CLUSTER, deleted
from eks_blueprints.review.effects.nodes import NODE_GROUP, nodes
from eks_blueprints.review.effects.words import Attention, Level

_MOST_CHANGED = 4
_ENTRY = "aws:eks/accessEntry:AccessEntry"
_PROFILE = "aws:eks/fargateProfile:FargateProfile"


def renamed(diff: PlanDiff) -> Iterator[Attention]:
    """Of each rename that makes resources anew; what an alias keeps harms nobody."""
    for each in renames(diff):
        if each.anew:
            yield _of(each)


def _of(rename: Rename) -> Attention:
    lost = [_moved(old, item) for old, _ in rename.anew for item in deleted(old)]
    taken = list(_taken(rename))
    worst: Level = "danger" if taken or any(item.level == "danger" for item in lost) else "warning"
    effect = "; ".join(filter(None, (_how(len(rename.anew)), *_noticed(lost), *taken, _besides(rename))))
    cause = f"`{rename.old}` is now `{rename.new}`, and no alias says so"
    return Attention("dies", worst, "rename", rename.old, rename.type, cause, effect, rename.anew[0][1].place)


def _moved(old: ResourceDiff, item: Attention) -> Attention:
    """What a deletion does where the successor stands by then."""
    if old.type == NODE_GROUP:
        return replace(item, effect=f"once the new group is ready, {nodes(old)} drained, and their pods move to it")
    if old.type == _ENTRY and old.resource.inputs.get("type") not in (None, "STANDARD"):
        return replace(item, effect="")
    if old.type == _PROFILE:
        return replace(item, effect="once the new profile is ready, its pods are ended and start again on it")
    return item


def _how(count: int) -> str:
    if count == 1:
        return "it is replaced, the new one first"
    return f"its {count} resources are replaced, the new ones first"


def _noticed(lost: Sequence[Attention]) -> Iterator[str]:
    """What people notice: of a cluster nothing but its end, which takes all else along."""
    for item in lost:
        if item.type == CLUSTER:
            yield f"the cluster is replaced: {item.effect}"
            return
    yield from dict.fromkeys(item.effect for item in lost if item.effect)


def _besides(rename: Rename) -> str:
    if not rename.changed:
        return ""
    more = len(rename.changed) - _MOST_CHANGED
    names = ", ".join(f"`{path}`" for path in rename.changed[:_MOST_CHANGED])
    return f"besides, {names}{f' and {more} more' if more > 0 else ''} changes"


_IDENTITY: dict[str, tuple[str, ...]] = {
    "aws:cloudwatch/logGroup:LogGroup": ("name",),
    "aws:eks/accessEntry:AccessEntry": ("clusterName", "principalArn"),
    "aws:eks/addon:Addon": ("clusterName", "addonName"),
    "aws:eks/cluster:Cluster": ("name",),
    "aws:eks/fargateProfile:FargateProfile": ("clusterName", "fargateProfileName"),
    "aws:eks/nodeGroup:NodeGroup": ("clusterName", "nodeGroupName"),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": ("clusterName", "namespace", "serviceAccount"),
    "aws:iam/policy:Policy": ("name",),
    "aws:iam/role:Role": ("name",),
    "aws:kms/alias:Alias": ("name",),
    "aws:s3/bucket:Bucket": ("bucket",),
    "aws:sqs/queue:Queue": ("name",),
    "kubernetes:helm.sh/v3:Release": ("namespace", "name"),
}
"""By which inputs AWS, or Helm, knows a thing: there cannot be two that agree in all of them."""


def _taken(rename: Rename) -> Iterator[str]:
    """What AWS, Helm or Kubernetes will make of two with the same name."""
    twice, one = [], []
    for old, new in rename.anew:
        before, after = old.resource.inputs, new.resource.inputs
        keys = _IDENTITY.get(old.type, ())
        if keys and all(before.get(key) is not None and before.get(key) == after.get(key) for key in keys):
            twice.append(f"`{before[keys[-1]]}`")
        elif old.type.startswith("kubernetes:") and not keys and _object(before) == _object(after) is not None:
            one.append(f"`{_object(after)}`")
    if twice:
        yield f"{', '.join(twice)} cannot exist twice: the new one is refused while the old one exists"
    if one:
        yield f"{', '.join(one)} is one object under both names: deleting the old one deletes the new one"


def _object(inputs: Mapping[str, Any]) -> str | None:
    metadata = inputs.get("metadata")
    if not isinstance(metadata, Mapping) or not isinstance(metadata.get("name"), str):
        return None
    return "/".join(filter(None, (str(metadata.get("namespace") or ""), metadata["name"])))
