"""Whether there is room for pods: which of them wait, on how many nodes, and how many more an autoscaler adds.

An estimate: pods are placed one after another as kube-scheduler places them; where no node takes one, the first kind
of nodes that may grow gets one of its smallest type that does. What kubelet keeps and the DaemonSets of the stack
request is taken off; volumes, and the pods of EKS's own add-ons, are not looked at.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from eks_blueprints.karpenter.fitting import Needs, Nodes, fit
from eks_blueprints.policies.grown_nodes import Growth
from eks_blueprints.policies.installed import cluster_autoscalers
from eks_blueprints.policies.node_kinds import kinds_of
from eks_blueprints.policies.objects import CRON_JOB, DAEMON_SET, REPLICATED, WORKLOADS, object_name
from eks_blueprints.policies.platform import NODE_GROUP, cluster_of, fargate_profile_of
from eks_blueprints.policies.pod_needs import needs_of
from eks_blueprints.policies.pod_shapes import shape
from eks_blueprints.policies.props import Undetermined
from eks_blueprints.policies.rules.availability import lowest
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.scheduling.pod import Pod
from eks_blueprints.scheduling.scheduler import place

_MOST_NODES = 1000
"""Nodes of one kind that are looked at."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How many nodes of a kind there are."""

    before: int
    after: int
    most: int | None
    """None where nothing limits them."""


@dataclass
class Room:
    """What comes of it."""

    pending: dict[str, int] = field(default_factory=dict)
    """Pods for which there is no room, by the name of their workload."""
    nodes: dict[str, Kind] = field(default_factory=dict)


def room(
    stack: Stack, of: Resource, *, pods: int | None = None, needs: Needs | None = None, start: int | None = None
) -> Room | None:
    """Whether the pods of all workloads of a cluster find room, with one of them as large, or as many, as is said.

    Args:
        of: The workload that changes; its cluster is looked at.
        pods: How many pods it has. Default: its fewest.
        needs: What one of them requests. Default: as it is written.
        start: How many nodes each group begins with. Default: its desired size, or its fewest.

    Returns:
        None where too little is known.

    Raises:
        Undetermined: if what a pod asks for is not known.
    """
    cluster = cluster_of(of, stack)
    if cluster is None:
        return None
    kinds, unknown = kinds_of(cluster, stack)
    if unknown is not None or not kinds:
        return None
    every = [each for each in stack.of(*WORKLOADS) if not each.patch and cluster_of(each, stack) is cluster]
    daemons = [shape(each, needs_of(each), stack) for each in every if each.type == DAEMON_SET]
    sizes = {kind.name: _size(kind, stack, start) for kind in kinds}
    growth = Growth(kinds, daemons)
    for kind in kinds:
        for _ in range(sizes[kind.name][0]):
            growth.one_more(kind)
    waiting: Counter[str] = Counter()
    # What changes comes first: its pods run when others are added.
    for workload in sorted(every, key=lambda each: each is not of):
        if workload.type in (DAEMON_SET, CRON_JOB) or fargate_profile_of(workload, stack) is not None:
            continue
        wanted = needs if workload is of and needs is not None else needs_of(workload)
        count = lowest(workload, stack) if workload.type in REPLICATED else 1
        count = pods if workload is of and pods is not None else count
        name, pod = object_name(workload, stack), shape(workload, wanted, stack)
        hosts = [kind for kind in kinds if not fit(kind, wanted).refused]
        for number in range(count):
            one = Pod(f"{workload.urn}#{number}", pod)
            may_grow = [kind for kind in hosts if growth.count(kind) < _most(sizes[kind.name][1])]
            if place(one, growth.cluster).place is None and not growth.one_for(one, wanted, may_grow):
                # They are alike: where one finds no room, no other does.
                waiting[name] += count - number
                break
    nodes = {kind.name: Kind(sizes[kind.name][0], growth.count(kind), sizes[kind.name][1]) for kind in kinds}
    return Room(dict(waiting), nodes)


def _most(said: int | None) -> int:
    return _MOST_NODES if said is None else said


def _size(kind: Nodes, stack: Stack, start: int | None) -> tuple[int, int | None]:
    """How many nodes there are, and how many there may be."""
    group = next((each for each in stack.of(NODE_GROUP) if each.name == kind.name), None)
    if group is None:
        return (0, None)
    try:
        said = [group.props.number("scalingConfig", key) for key in ("desiredSize", "minSize", "maxSize")]
    except Undetermined:
        return (0, None)
    desired, least, most = (None if each is None else int(each) for each in said)
    there = next((each for each in (start, desired, least) if each is not None), 0)
    grows = bool(cluster_autoscalers(stack))
    return (there, max(most or there, there) if grows else there)
