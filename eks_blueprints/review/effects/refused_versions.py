"""Kubernetes versions that EKS does not take: of the cluster, and of its managed nodes.

Sources: EKS user guide, "Update existing cluster to new Kubernetes version" and "Roll back a cluster to a previous
Kubernetes version"; EKS API reference, UpdateNodegroupVersion; Kubernetes version skew policy (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator

from eks_blueprints.core.facts.addon_compatibility import oldest_kubelet
from eks_blueprints.recording.plan import Plan, PlannedResource
from eks_blueprints.review.diff.changes import PlanDiff, ResourceDiff
from eks_blueprints.review.effects.links import minor_of, names
from eks_blueprints.review.effects.nodes import CLUSTER, NODE_GROUP
from eks_blueprints.review.effects.words import Attention, attention, refused


def refused_versions(diff: PlanDiff) -> Iterator[Attention]:
    """Of each cluster that is upgraded or rolled back, and each group that is made or changed."""
    for each in diff.of("update"):
        if each.type == CLUSTER:
            yield from _cluster(each, diff)
    for each in diff.of("create", "update", "replace"):
        if each.type == NODE_GROUP:
            yield from _group(each, diff)


def _cluster(each: ResourceDiff, diff: PlanDiff) -> Iterator[Attention]:
    assert each.old is not None  # noqa: S101 - an update has both sides
    old, new = minor_of(each.old.inputs.get("version")), minor_of(each.resource.inputs.get("version"))
    if old is None or new is None or old == new:
        return
    cause = f"`version` 1.{old} → 1.{new}"
    if new > old + 1:
        steps = ", then ".join(f"1.{step}" for step in range(old + 1, new + 1))
        yield refused("EKS", each, cause, f"a cluster goes up one minor version at a time; deploy {steps}")
    elif new < old - 1:
        yield refused("EKS", each, cause, "a cluster is rolled back by one minor version at most")
    elif new < old:
        yield from _rollback(each, cause, new, diff)
    yield from _kubelets(each, cause, new, diff)


def _rollback(each: ResourceDiff, cause: str, new: int, diff: PlanDiff) -> Iterator[Attention]:
    newer = [group.name for group in _groups(diff.old, each.old) if (_minor(group) or 0) > new]
    if newer:
        effect = f"nodes go back first, in a deployment of their own: the kubelets of {_list(newer)} would be newer"
        yield refused("EKS", each, cause, effect)
        return
    effect = (
        "EKS takes it within 7 days of an upgrade in place, once no node is newer (Auto Mode's nodes go back by "
        "themselves, pods on Fargate must be deleted) and, where the old version is in extended support, with "
        "`supportType` EXTENDED; add-ons stay as they are"
    )
    yield attention("refused", "warning", "rollback", each, cause, effect)


def _kubelets(each: ResourceDiff, cause: str, new: int, diff: PlanDiff) -> Iterator[Attention]:
    oldest = oldest_kubelet(new)
    old = [group for group in _groups(diff.old, each.old) if (_minor(group) or new) < oldest]
    if old:
        most = new - oldest
        effect = f"nodes may be {most} minor versions older at most: upgrade {_list([g.name for g in old])} first"
        yield refused("EKS", each, cause, effect)


def _group(each: ResourceDiff, diff: PlanDiff) -> Iterator[Attention]:
    version = minor_of(each.resource.inputs.get("version"))
    release = minor_of(each.resource.inputs.get("releaseVersion"))
    own = _minor(each.resource)
    cluster = next((c for c in diff.new.resources if c.type == CLUSTER and _of(each.resource, c)), None)
    control = minor_of(cluster.inputs.get("version")) if cluster else None
    if own is not None and control is not None and own > control:
        key = "version" if version is not None else "releaseVersion"
        cause = f"`{key}` is of 1.{own}"
        yield refused("EKS", each, cause, f"nodes cannot be newer than the control plane, which is 1.{control}")
    elif version is not None and release is not None and version != release:
        cause = f"`releaseVersion` is of 1.{release}, `version` is 1.{version}"
        yield refused("EKS", each, cause, "the release must be one of the same Kubernetes version")
    elif each.kind == "update" and each.old is not None:
        yield from _backwards(each, each.old)


def _backwards(each: ResourceDiff, old: PlannedResource) -> Iterator[Attention]:
    before, after = _minor(old), _minor(each.resource)
    if before is not None and after is not None and after < before:
        effect = "EKS takes a group back to an earlier version only on the way to a rollback of the cluster"
        yield attention("refused", "warning", "may be refused", each, f"`version` 1.{before} → 1.{after}", effect)
        return
    given = tuple(str(r.inputs.get("releaseVersion") or "") for r in (old, each.resource))
    if all(given) and _release(given[1]) < _release(given[0]):
        effect = "the EKS API reference says that a group cannot go back to an earlier image"
        cause = f"`releaseVersion` {given[0]} → {given[1]}"
        yield attention("refused", "warning", "may be refused", each, cause, effect)


def _release(text: str) -> tuple[int, ...]:
    version, _, built = text.partition("-")
    return tuple(int(part) if part.isdigit() else 0 for part in (*version.split("."), built))


def _minor(group: PlannedResource) -> int | None:
    found = minor_of(group.inputs.get("version"))
    return minor_of(group.inputs.get("releaseVersion")) if found is None else found


def _groups(plan: Plan | None, cluster: PlannedResource | None) -> Iterator[PlannedResource]:
    for resource in plan.resources if plan and cluster else ():
        if resource.type == NODE_GROUP and cluster is not None and _of(resource, cluster):
            yield resource


def _of(group: PlannedResource, cluster: PlannedResource) -> bool:
    given = group.inputs.get("clusterName")
    return names(given, cluster) or (given is not None and given == cluster.inputs.get("name"))


def _list(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
