"""Pods are placed one after another, as kube-scheduler places them.

Where several nodes score the same, it takes one at random; here the first of them is taken, so that the same cluster
always comes out the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from eks_blueprints.scheduling.cluster import Cluster, Place
from eks_blueprints.scheduling.filters import Exclusion, exclusion
from eks_blueprints.scheduling.pod import Pod
from eks_blueprints.scheduling.scores import scores


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a pod."""

    place: Place | None
    """Where it is; None where no node takes it."""
    excluded: Mapping[str, Exclusion] = field(default_factory=dict)
    """What excluded the other nodes, by name."""


def looked_at(pod: Pod, cluster: Cluster) -> tuple[list[Place], dict[str, Exclusion]]:
    """The nodes that can take a pod, and what excludes the others."""
    left, excluded = [], {}
    for name, place in cluster.places.items():
        if (found := exclusion(pod.shape, place, cluster)) is None:
            left.append(place)
        else:
            excluded[name] = found
    return left, excluded


def best(pod: Pod, places: list[Place], cluster: Cluster) -> list[Place]:
    """Those that score most, of some that can take a pod."""
    found = scores(pod.shape, places, cluster)
    most = max(found)
    return [place for place, score in zip(places, found, strict=True) if score == most]


def place(pod: Pod, cluster: Cluster) -> Outcome:
    """A pod is placed, where a node can take it."""
    left, excluded = looked_at(pod, cluster)
    if not left:
        return Outcome(None, excluded)
    found = best(pod, left, cluster)[0] if len(left) > 1 else left[0]
    cluster.add(pod, found)
    return Outcome(found, excluded)
