"""Pods of DaemonSets that wait, because their node has no room for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from eks_blueprints.capacity.model import Platform, Refusal, Waiting
from eks_blueprints.karpenter.labels import COMPUTE_TYPE
from eks_blueprints.provisioning.group_nodes import daemon_pods, daemon_set_of
from eks_blueprints.provisioning.makers import FARGATE
from eks_blueprints.scheduling.cluster import Cluster
from eks_blueprints.scheduling.filters import exclusion


def without_room(platform: Platform, cluster: Cluster) -> Iterator[Waiting]:
    """Pods that DaemonSets make for nodes which do not take them; they wait there and go nowhere else.

    Args:
        platform: Whose DaemonSets they are.
        cluster: All its nodes, with what runs on them.
    """
    daemons = [(each.name, each.shape) for each in platform.daemons]
    told = {each.name for each in platform.demands}  # those of an export, which wait as its other pods do
    found: dict[str, Counter[tuple[str, str]]] = {}
    for place in cluster.places.values():
        if place.node.labels.get(COMPUTE_TYPE) == FARGATE:  # it is for one pod
            continue
        for pod in daemon_pods(place.node, daemons):
            no = None if pod.name in place.pods or pod.name in told else exclusion(pod.shape, place, cluster)
            if no is not None:
                found.setdefault(daemon_set_of(pod.name), Counter())[no.predicate, no.reason] += 1
    for name, reasons in found.items():
        refusals = (
            Refusal(where="1 node" if n == 1 else f"{n} nodes", kind="node", predicate=predicate, reason=reason)
            for (predicate, reason), n in reasons.most_common()
        )
        yield Waiting(name=name, count=reasons.total(), refusals=tuple(refusals))
