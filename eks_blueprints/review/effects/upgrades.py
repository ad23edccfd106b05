"""What a cluster's new version does to its nodes: which follow by themselves, and which stay until someone acts.

Karpenter looks images up by the control plane's version, for a pinned alias too (karpenter-provider-aws,
pkg/providers/amifamily). Auto Mode's nodes follow the control plane, Fargate's and hybrid ones do not (EKS user guide,
"Update existing cluster to new Kubernetes version").
"""

from __future__ import annotations

from collections.abc import Iterator

from eks_blueprints.recording.plan import PlannedResource
from eks_blueprints.review.diff.changes import PlanDiff, ResourceDiff
from eks_blueprints.review.diff.words import transition
from eks_blueprints.review.effects.links import entries, minor_of, section
from eks_blueprints.review.effects.nodes import CLUSTER, NODE_GROUP, SCALING_GROUP
from eks_blueprints.review.effects.pools import automatic, is_class, is_pool, object_name, pace, pods, pools_of, size
from eks_blueprints.review.effects.words import Attention, attention

_FARGATE = "aws:eks/fargateProfile:FargateProfile"
_ENTRY = "aws:eks/accessEntry:AccessEntry"


def upgrades(diff: PlanDiff) -> Iterator[Attention]:
    """Of each cluster whose version changes in place, in a plan that holds the nodes too."""
    for each in diff.of("update"):
        for change in each.changes:
            if each.type == CLUSTER and change.path == "version":
                cause = f"`version` {transition(change)}"
                yield from _following(each, cause, diff)
                yield from _staying(each, cause, diff)


def _following(cluster: ResourceDiff, cause: str, diff: PlanDiff) -> Iterator[Attention]:
    if section(cluster.resource.inputs, "computeConfig").get("enabled") is True:
        own = [pool for pool in diff.new.resources if is_pool(pool.type) and automatic(pool)]
        said = [f"pool `{object_name(pool)}` ({size(pool)}), {pace(pool)}" for pool in own]
        built_in = section(cluster.resource.inputs, "computeConfig").get("nodePools")
        said += [f"built-in pool `{name}`" for name in built_in] if isinstance(built_in, list) else []
        where = "; ".join(said) or "every pool"
        effect = f"EKS Auto Mode then replaces every node of {where}; {pods(own[0] if own else None)}"
        yield attention("rolls", "warning", "rolls nodes", cluster, cause, effect)
    for each in diff.new.resources:
        if is_class(each.type) and not automatic(each) and _stands(each, diff) and _by_version(each):
            used = list(pools_of(diff.new, each))
            said = [f"pool `{object_name(pool)}` ({size(pool)}), {pace(pool)}" for pool in used]
            where = "; ".join(said) or f"every pool of class `{object_name(each)}`"
            effect = (
                "Karpenter uses the image for the new version, for a pinned alias too, and replaces every node of "
                f"{where}; {pods(used[0] if used else None)}"
            )
            yield attention("rolls", "warning", "rolls nodes", ResourceDiff("same", each, each), cause, effect)


def _stands(resource: PlannedResource, diff: PlanDiff) -> bool:
    return diff.old is not None and any(each.urn == resource.urn for each in diff.old.resources)


def _by_version(node_class: PlannedResource) -> bool:
    terms = entries(section(node_class.inputs, "spec").get("amiSelectorTerms"))
    return any(isinstance(term.get("alias"), str) for term in terms)


def _staying(cluster: ResourceDiff, cause: str, diff: PlanDiff) -> Iterator[Attention]:
    """What keeps its old kubelet, each sort told once."""
    rolled = {each.urn for each in diff.resources if each.kind in ("update", "replace")}
    groups = [r for r in diff.new.resources if r.type == NODE_GROUP and _stands(r, diff) and _unpinned(r)]
    names = [group.name for group in groups if group.urn not in rolled]
    if names:
        effect = "these managed groups name no `version`, so their nodes stay on the old one until it is set"
        yield _note(cluster, cause, f"{effect}: {_names(names)}")
    if profiles := [r.name for r in diff.new.resources if r.type == _FARGATE and _stands(r, diff)]:
        effect = "pods on Fargate keep the old kubelet until they are restarted (`kubectl rollout restart`)"
        yield _note(cluster, cause, f"{effect}: {_names(profiles)}")
    own = [r.name for r in diff.new.resources if r.type == SCALING_GROUP and _stands(r, diff) and r.urn not in rolled]
    if own:
        yield _note(cluster, cause, f"self-managed groups stay on their image until it is changed: {_names(own)}")
    if _hybrid(cluster, diff):
        effect = "EKS does not roll hybrid nodes: each stays on the old version until `nodeadm upgrade` is run there"
        yield _note(cluster, cause, effect)
    fixed = [
        object_name(r)
        for r in diff.new.resources
        if is_class(r.type) and not automatic(r) and _stands(r, diff) and not _by_version(r)
    ]
    if fixed:
        effect = "Karpenter's nodes of these classes keep their image, which no alias chooses by version"
        yield _note(cluster, cause, f"{effect}: {_names(fixed)}")


def _note(cluster: ResourceDiff, cause: str, effect: str) -> Attention:
    return attention("rolls", "note", "not rolled out yet", cluster, cause, effect)


def _unpinned(group: PlannedResource) -> bool:
    return minor_of(group.inputs.get("version")) is None


def _hybrid(cluster: ResourceDiff, diff: PlanDiff) -> bool:
    if section(cluster.resource.inputs, "remoteNetworkConfig"):
        return True
    return any(r.type == _ENTRY and r.inputs.get("type") == "HYBRID_LINUX" for r in diff.new.resources)


def _names(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
