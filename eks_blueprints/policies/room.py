"""Whether there is room for pods: which of them wait, on how many nodes, and how many more an autoscaler adds.

An estimate: pods are placed one after another, each on the node of which the smallest share is requested; nodes that
are full lead to another one as far as the group or pool may grow. Labels, taints, cores, memory and ephemeral storage
count, and what kubelet keeps and the DaemonSets of the stack request; spread, affinity among pods, volumes and the
pods of EKS's own add-ons do not. Source of what kubelet keeps: nodeadm of awslabs/amazon-eks-ami,
`internal/kubelet/config.go`, 2026-11.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from eks_blueprints.core.facts.instance_types import InstanceType, facts_of
from eks_blueprints.core.facts.pods import told_by_itself
from eks_blueprints.karpenter.fitting import Needs, Nodes, fit
from eks_blueprints.policies.installed import cluster_autoscalers
from eks_blueprints.policies.node_kinds import kinds_of
from eks_blueprints.policies.objects import CRON_JOB, DAEMON_SET, REPLICATED, WORKLOADS, object_name
from eks_blueprints.policies.platform import NODE_GROUP, cluster_of, fargate_profile_of
from eks_blueprints.policies.pod_needs import needs_of
from eks_blueprints.policies.props import Undetermined
from eks_blueprints.policies.rules.availability import lowest
from eks_blueprints.policies.stack import Resource, Stack

_MOST_NODES = 1000
"""Nodes of one kind that are looked at."""
_EVICTION = 100
"""MiB that kubelet keeps free."""


@dataclass
class _Node:
    """A node, and what is left of it."""

    kind: str
    facts: InstanceType
    cpu: float
    memory: float
    pods: int
    disk: float

    def takes(self, needs: Needs) -> bool:
        fits = needs.cpu <= self.cpu + 1e-9 and needs.memory <= self.memory and needs.disk <= self.disk
        return self.pods > 0 and fits

    def take(self, needs: Needs) -> None:
        self.cpu -= needs.cpu
        self.memory -= needs.memory
        self.disk -= needs.disk
        self.pods -= 1

    @property
    def free(self) -> float:
        """The smaller share that is left."""
        return min(self.cpu / self.facts.vcpus, self.memory / (self.facts.memory_mib * 2**20))


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
    """
    cluster = cluster_of(of, stack)
    if cluster is None:
        return None
    kinds, unknown = kinds_of(cluster, stack)
    if unknown is not None or not kinds:
        return None
    every = [each for each in stack.of(*WORKLOADS) if not each.patch and cluster_of(each, stack) is cluster]
    daemons = [needs_of(each) for each in every if each.type == DAEMON_SET]
    sizes = {kind.name: _size(kind, stack, start) for kind in kinds}
    nodes = [node for kind in kinds for _ in range(sizes[kind.name][0]) if (node := _new(kind, Needs(), daemons))]
    found = Room()
    waiting: Counter[str] = Counter()
    # What changes comes first: its pods run when others are added.
    for workload in sorted(every, key=lambda each: each is not of):
        if workload.type in (DAEMON_SET, CRON_JOB) or fargate_profile_of(workload, stack) is not None:
            continue
        wanted = needs if workload is of and needs is not None else needs_of(workload)
        count = lowest(workload, stack) if workload.type in REPLICATED else 1
        count = pods if workload is of and pods is not None else count
        for number in range(count):
            if not _placed(wanted, kinds, nodes, sizes, daemons):
                # They are alike: where one finds no room, no other does.
                waiting[object_name(workload, stack)] += count - number
                break
    found.pending = dict(waiting)
    after = Counter(node.kind for node in nodes)
    found.nodes = {name: Kind(before, after[name], most) for name, (before, most) in sizes.items()}
    return found


def _placed(
    needs: Needs,
    kinds: Iterable[Nodes],
    nodes: list[_Node],
    sizes: Mapping[str, tuple[int, int | None]],
    daemons: list[Needs],
) -> bool:
    hosts = {kind.name: kind for kind in kinds if not fit(kind, needs).refused}
    free = [node for node in nodes if node.kind in hosts and node.takes(needs)]
    if not free:
        for name, kind in hosts.items():
            most = sizes[name][1]
            there = sum(node.kind == name for node in nodes)
            if there < (_MOST_NODES if most is None else most) and (node := _new(kind, needs, daemons)) is not None:
                nodes.append(node)
                free = [node]
                break
    if not free:
        return False
    max(free, key=lambda node: node.free).take(needs)
    return True


def _new(kind: Nodes, needs: Needs, daemons: Iterable[Needs]) -> _Node | None:
    """An empty node of the smallest type that holds a pod; None where none does."""
    for facts in sorted(facts_of(kind.types), key=lambda each: (each.vcpus, each.memory_mib)):
        count = told_by_itself(facts).count or 0
        node = _Node(kind.name, facts, _cores(facts), _bytes(facts, count), count, _scratch(kind, facts))
        for each in daemons:
            if not fit(kind, each).refused:
                node.take(each)
        if node.takes(needs) and fit(replace(kind, types=frozenset({facts.name})), needs).takes:
            return node
    return None


def _cores(facts: InstanceType) -> float:
    """Cores that pods may request: kubelet keeps 6 % of the first one, 1 %, twice 0.5 %, and 0.25 % of the others."""
    shares = [6.0, 1.0, 0.5, 0.5]
    kept = math.fsum(shares[: facts.vcpus]) + 0.25 * max(facts.vcpus - len(shares), 0)
    return facts.vcpus - kept / 100


def _bytes(facts: InstanceType, pods: int) -> float:
    """Bytes that pods may request: kubelet keeps 255 MiB, 11 MiB a pod, and what it evicts at."""
    return (facts.memory_mib - 255 - 11 * pods - _EVICTION) * 2.0**20


def _scratch(kind: Nodes, facts: InstanceType) -> float:
    """Bytes of disk that pods may request: kubelet keeps 1 GiB, and evicts pods when 10 % are left."""
    size = kind.disk_on(facts)
    return math.inf if size is None else size * 0.9 - 2.0**30


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
