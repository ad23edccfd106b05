"""What excludes a node: kube-scheduler's filters, in its order and in its words.

Source: k8s.io/kubernetes pkg/scheduler/framework/plugins, 1.36, with the default configuration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from eks_blueprints.karpenter.labels import REGION
from eks_blueprints.karpenter.tolerating import Taint, keeping_off
from eks_blueprints.scheduling.amounts import PODS
from eks_blueprints.scheduling.cluster import Cluster, Place
from eks_blueprints.scheduling.node import ZONE, Node
from eks_blueprints.scheduling.pod import Shape

CORDONED = Taint("node.kubernetes.io/unschedulable", "", "NoSchedule")
_NOT_SELECTED = "node(s) didn't match Pod's node affinity/selector"


_NO_VOLUME = {
    True: "node(s) didn't match PersistentVolume's node affinity",
    False: "node(s) didn't find available persistent volumes to bind",
}
"""What is said where the volume of a claim that is bound, or is not, cannot be used."""


class Exclusion(NamedTuple):
    """Why a node cannot take a pod."""

    predicate: str
    """The plugin that says so, such as NodeResourcesFit."""
    reason: str
    final: bool = False
    """Whether it stays so whichever pods leave the node."""
    detail: str = ""
    """What it is about, such as the taint."""


def exclusion(shape: Shape, place: Place, cluster: Cluster) -> Exclusion | None:
    """What excludes a node for a pod; None where nothing does."""
    for each in _FILTERS:
        if (found := each(shape, place, cluster)) is not None:
            return found
    return None


def no_room(shape: Shape, place: Place, cluster: Cluster) -> Exclusion | None:
    """What excludes a node because of what runs on it: ports, resources and volumes that are taken."""
    for each in (_ports, _resources, _attachments):
        if (found := each(shape, place, cluster)) is not None:
            return found
    return None


def allowed_by_itself(shape: Shape, node: Node) -> Exclusion | None:
    """What excludes a node whatever runs on it: what it is, its taints and labels."""
    if shape.named is not None and node.name not in shape.named:
        return Exclusion("NodeAffinity", _NOT_SELECTED, final=True)
    if node.cordoned and keeping_off([CORDONED], shape.tolerations) is not None:
        return Exclusion("NodeUnschedulable", "node(s) were unschedulable", final=True)
    if shape.node and shape.node != node.name:
        return Exclusion("NodeName", "node(s) didn't match the requested node name", final=True)
    if (taint := keeping_off(node.taints, shape.tolerations)) is not None:
        said = f"{taint.key}={taint.value}:{taint.effect}" if taint.value else f"{taint.key}:{taint.effect}"
        return Exclusion("TaintToleration", "node(s) had untolerated taint(s)", final=True, detail=said)
    if not shape.may_be_on(node.name, node.labels):
        return Exclusion("NodeAffinity", _NOT_SELECTED, final=True)
    return None


def _by_itself(shape: Shape, place: Place, _: Cluster) -> Exclusion | None:
    return allowed_by_itself(shape, place.node)


def _ports(shape: Shape, place: Place, _: Cluster) -> Exclusion | None:
    if any(mine.clashes(taken) for mine in shape.ports for taken in place.ports):
        return Exclusion("NodePorts", "node(s) didn't have free ports for the requested pod ports")
    return None


def _resources(shape: Shape, place: Place, _: Cluster) -> Exclusion | None:
    short = list(short_of(shape, place))
    if not short:
        return None
    never = any(shape.requests.get(name, 0) > place.node.allocatable.get(name, 0) for name in short if name != PODS)
    said = ", ".join("Too many pods" if name == PODS else f"Insufficient {name}" for name in short)
    return Exclusion("NodeResourcesFit", said, final=never)


def short_of(shape: Shape, place: Place) -> Iterator[str]:
    """The resources that a node has too little left of, `pods` among them."""
    if len(place.pods) + 1 > place.node.allocatable.get(PODS, 0):
        yield PODS
    for name, count in shape.requests.items():
        if count and count > place.free(name):
            yield name


def _disks(shape: Shape, _: Place, cluster: Cluster) -> Exclusion | None:
    for claim in shape.claims:
        if claim.missing:
            return Exclusion("VolumeBinding", claim.missing, final=True)
        if claim.one_pod and claim.name in cluster.claims:
            reason = "PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"
            return Exclusion("VolumeRestrictions", f"node(s) unavailable due to {reason}")
    return None


def _attachments(shape: Shape, place: Place, _: Cluster) -> Exclusion | None:
    for driver, most in place.node.volumes.items():
        there = place.volumes.get(driver, {})
        mine = [each for each in shape.claims if each.driver == driver]
        more = len({each.name for each in mine if not each.own} - there.keys()) + sum(each.own for each in mine)
        if more and len(there) + more > most:
            return Exclusion("NodeVolumeLimits", "node(s) exceed max volume count")
    return None


def _volumes(shape: Shape, place: Place, _: Cluster) -> Exclusion | None:
    node = place.node
    elsewhere = [
        each.bound
        for each in shape.claims
        if each.terms is not None and not any(term.of(node.name, node.labels) for term in each.terms)
    ]
    reasons = [reason for bound, reason in _NO_VOLUME.items() if bound in elsewhere]
    return Exclusion("VolumeBinding", ", ".join(reasons), final=True) if reasons else None


def _zones(shape: Shape, place: Place, _: Cluster) -> Exclusion | None:
    labels = place.node.labels
    if ZONE not in labels and REGION not in labels:
        return None
    for claim in shape.claims:
        if any(labels.get(key) not in values for key, values in claim.zones.items()):
            return Exclusion("VolumeZone", "node(s) had no available volume zone", final=True)
    return None


def _spread(shape: Shape, place: Place, cluster: Cluster) -> Exclusion | None:
    for constraint, tally in cluster.counts(shape).spread if shape.spread else ():
        if constraint.key not in place.node.labels:
            reason = "node(s) didn't match pod topology spread constraints (missing required label)"
            return Exclusion("PodTopologySpread", reason, final=True)
        least = 0 if len(tally.counts) < constraint.domains else min(tally.counts.values())
        mine = constraint.selector.of(shape.labels)
        if tally.at(constraint.key, place.node) + mine - least > constraint.skew:
            return Exclusion("PodTopologySpread", "node(s) didn't match pod topology spread constraints")
    return None


def _affinity(shape: Shape, place: Place, cluster: Cluster) -> Exclusion | None:
    counts, node = cluster.counts(shape), place.node
    if shape.near and not _is_near(shape, node, cluster):
        return Exclusion("InterPodAffinity", "node(s) didn't match pod affinity rules", final=True)
    if any(counts.apart.at(term.key, node) > 0 for term in shape.apart):
        return Exclusion("InterPodAffinity", "node(s) didn't match pod anti-affinity rules")
    if any(count > 0 and node.labels.get(key) == value for (key, value), count in counts.against.counts.items()):
        return Exclusion("InterPodAffinity", "node(s) didn't satisfy existing pods anti-affinity rules")
    return None


def _is_near(shape: Shape, node: Node, cluster: Cluster) -> bool:
    if any(term.key not in node.labels for term in shape.near):
        return False
    tally = cluster.counts(shape).near
    if all(tally.at(term.key, node) > 0 for term in shape.near):
        return True
    # The first of pods that want to be near each other may be anywhere.
    return not any(tally.counts.values()) and all(cluster.says(term, shape) for term in shape.near)


_FILTERS: Sequence[Callable[[Shape, Place, Cluster], Exclusion | None]] = (
    *(_by_itself, _ports, _resources, _disks, _attachments, _volumes, _zones, _spread, _affinity),
)
