"""The nodes of a cluster's export, with what runs on them, what made them and what they cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from eks_blueprints.capacity.model import Daemon, Demand, Platform, Running
from eks_blueprints.capacity.read.cluster_facts import ClusterFacts, facts_in
from eks_blueprints.capacity.read.exported import Exported, Item
from eks_blueprints.capacity.read.exported_fargate import is_fargate, machine_of
from eks_blueprints.capacity.read.exported_pods import Pods, of_daemon_set, owner, pinned
from eks_blueprints.capacity.read.groups import CAPACITY_TYPES
from eks_blueprints.core.errors import shown
from eks_blueprints.karpenter.labels import CAPACITY_TYPE, COMPUTE_TYPE, GROUP, INSTANCE_TYPE, OPERATING_SYSTEM, POOL
from eks_blueprints.provisioning.group_nodes import daemon_set_of, name_on
from eks_blueprints.provisioning.karpenter.disruption.rules import DO_NOT_DISRUPT
from eks_blueprints.provisioning.karpenter.disruption.state import PLAIN, Traits
from eks_blueprints.provisioning.machine import ON_DEMAND, Offering
from eks_blueprints.provisioning.makers import Group
from eks_blueprints.provisioning.offers import Way, machines
from eks_blueprints.review.cost.prices import Prices
from eks_blueprints.scheduling.cluster import Cluster, Place
from eks_blueprints.scheduling.filters import allowed_by_itself, no_room
from eks_blueprints.scheduling.node import HOST, ZONE, Node, node_of
from eks_blueprints.scheduling.pod import Pod, Shape

_OF_GROUPS = "eks.amazonaws.com/capacityType"

_Named = tuple[str, Shape]

_DISRUPTED = ("karpenter.sh/disrupted", "karpenter.sh/disruption")
_INITIALIZED = "karpenter.sh/initialized"
_UNTIL_READY = frozenset(
    {
        *("karpenter.sh/unregistered", "node.cloudprovider.kubernetes.io/uninitialized"),
        *("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"),
    }
)
"""Taints that a node of Karpenter's loses when it is ready. Source: Karpenter's `KnownEphemeralTaints`, v1.14.1."""


def staying(export: Exported) -> list[Item]:
    """The nodes of an export, and those on their way, that are not about to go.

    Karpenter brings others for the pods of those that are being deleted, or that it is about to delete.
    """
    every = (*export.of("Node"), *_on_their_way(export))
    return [each for each in every if not is_going(each)]


def is_going(node: Item) -> bool:
    """Whether a node is being deleted, or Karpenter is about to delete it, as its taint says.

    Source: `DisruptedNoScheduleTaint` of Karpenter, v1.14.1; before v1 its taint was that of a disruption.
    """
    disrupted = any(each.get("key") in _DISRUPTED for each in node.spec.get("taints") or ())
    return disrupted or bool(node.metadata.get("deletionTimestamp"))


def _on_their_way(export: Exported) -> Iterator[Item]:
    """NodeClaims that are launched and have no node yet, as the nodes that they will be."""
    there = {each.name for each in export.of("Node")}
    there |= {found for each in export.of("Node") if (found := each.spec.get("providerID"))}
    for claim in export.of("NodeClaim"):
        room = claim.status.get("allocatable")
        if room and not {claim.status.get("nodeName"), claim.status.get("providerID")} & there:
            manifest = {
                "kind": "Node",
                "metadata": {**claim.metadata, "labels": {**claim.labels, HOST: claim.name}},
                "spec": {"taints": claim.spec.get("taints")},
                "status": {"allocatable": room},
            }
            yield Item(manifest, claim.path, claim.document)


def is_ready(node: Item) -> bool:
    """Whether a node has begun to take pods, as far as Karpenter says so of those that it makes."""
    return POOL not in node.labels or node.labels.get(_INITIALIZED) == "true"


def _ready_later(item: Item, node: Node, export: Exported) -> Node:
    """A node as it will be: one that is not ready yet has taints that it loses then."""
    if is_ready(item):
        return node
    pools = (each.at("spec", "template", "spec") for each in export.of("NodePool") if each.name == node.labels[POOL])
    first = {(e.get("key"), e.get("effect")) for spec in pools for e in spec.get("startupTaints") or ()}
    taints = (e for e in node.taints if e.key not in _UNTIL_READY and (e.key, e.effect) not in first)
    return replace(node, taints=tuple(taints))


class Nodes:
    """The nodes of an export."""

    def __init__(self, export: Exported, pods: Pods, platform: Platform, prices: Prices) -> None:
        """Of none is it known yet what runs on it.

        Args:
            export: The export.
            pods: Its pods.
            platform: The platform that it is of, with its region.
            prices: Prices of instances.
        """
        self._export, self._pods, self._platform = export, pods, platform
        self._facts = facts_in(platform.region, (), prices)
        self._limits = dict(_limits(export))
        self.homeless: list[Demand] = []
        """Pods of DaemonSets for which their node has no room, as pods that wait for it."""

    def running(
        self, bound: Mapping[str, list[Item]], lacking: Mapping[str, list[Item]], daemons: Iterable[Daemon]
    ) -> Iterator[Running]:
        """The nodes with their pods; the pods of the platform's DaemonSets are on all nodes that have room for them.

        Args:
            bound: The pods of nodes, by the node's name.
            lacking: Pods of DaemonSets that wait for a node, by the node's name.
            daemons: DaemonSets of the export, whose pods come to nodes that are not ready yet.
        """
        coming = [(each.name, each.shape) for each in daemons]
        own = [(each.name, each.shape) for each in self._platform.daemons]
        for each in staying(self._export):
            here, labels = bound.get(each.name, []), each.labels
            pods = list(self._named(each, here))
            if is_fargate(each):
                if here:  # it goes with its only pod, and has no pods of DaemonSets
                    yield machine_of(self._node(each), here[0], pods, self._facts.fargate)
                continue
            node = self._node(each)
            asked = [(owner(pod), self._pods.shape(pod)) for pod in lacking.get(each.name, ())]
            there = {name for name, _ in asked} | {daemon_set_of(name) for name, _ in pods}
            more = [] if is_ready(each) else [each for each in coming if each[0] not in there]
            alone = [(name, shape) for name, shape in asked if not _hangs_on_others(shape)]
            planned, others = _shared(node, pods, [*alone, *own, *more])
            kept_off = [(name, shape) for name, shape in alone if allowed_by_itself(shape, node) is not None]
            self._wait_for(node, [*kept_off, *(each for each in asked if each not in alone), *others])
            yield Running(
                node=node,
                pods=(*pods, *planned),
                machine=labels.get(INSTANCE_TYPE, ""),
                capacity_type=_capacity_type(labels),
                maker=_maker(labels, self._platform.groups),
                do_not_disrupt=each.annotations.get(DO_NOT_DISRUPT) == "true",
                traits=dict(self._held(pods, here)),
                offerings=_offerings(labels, self._facts),
            )

    def _node(self, item: Item) -> Node:
        try:
            node = node_of(item.manifest, self._limits.get(item.name))
        except (AttributeError, TypeError, ValueError) as error:
            self._export.refuse(item, f"cannot be read: {error}", "status")
        if not node.allocatable:
            self._export.refuse(item, "has no status.allocatable; export it with kubectl get -o json", "status")
        return _ready_later(item, node, self._export)

    def _named(self, node: Item, pods: Iterable[Item]) -> Iterator[_Named]:
        names: set[str] = set()
        for each in pods:
            made_by = owner(each)
            name = name_on(made_by, node.name) if of_daemon_set(each) else ""
            if not name or name in names:  # while a DaemonSet is rolled out, a node can have two of its pods
                name = f"{made_by}#{each.name}"
            names.add(name)
            yield name, self._pods.shape(each)

    def _held(self, named: Iterable[_Named], pods: Iterable[Item]) -> Iterator[tuple[str, Traits]]:
        for (name, _), each in zip(named, pods, strict=True):
            if (held := self._pods.traits(each)) is not PLAIN:
                yield name, held

    def _wait_for(self, node: Node, daemons: Iterable[_Named]) -> None:
        for name, shape in daemons:
            self.homeless.append(Demand(name=name_on(name, node.name), shape=pinned(shape, node.name), least=1, most=1))


def _hangs_on_others(shape: Shape) -> bool:
    """Whether it takes more than its node to say if a pod can be there: kube-scheduler has to place it."""
    return bool(shape.near or shape.apart or any(each.hard for each in shape.spread))


def _shared(node: Node, bound: Iterable[_Named], planned: Iterable[_Named]) -> tuple[list[_Named], list[_Named]]:
    """The pods of DaemonSets that a node has room for beside its pods, the most important first, and the others."""
    place, alone = Place(node), Cluster()
    for name, shape in bound:
        place.take(Pod(name, shape))
    fitting: list[_Named] = []
    others: list[_Named] = []
    for name, shape in sorted(planned, key=lambda each: -each[1].priority):
        if allowed_by_itself(shape, node) is not None:
            continue
        if any(each.missing for each in shape.claims) or no_room(shape, place, alone) is not None:
            others.append((name, shape))
            continue
        fitting.append((name_on(name, node.name), shape))
        place.take(Pod(*fitting[-1]))
    return fitting, others


def _capacity_type(labels: Mapping[str, str]) -> str:
    return labels.get(CAPACITY_TYPE) or CAPACITY_TYPES.get(labels.get(_OF_GROUPS, ""), "")


def _offerings(labels: Mapping[str, str], facts: ClusterFacts) -> tuple[Offering, ...]:
    """What a node costs that is there, whatever its region offers now; one that does not say how is on-demand."""
    auto = labels.get(COMPUTE_TYPE) == "auto"
    way = Way(
        kind="auto_mode" if auto else "self_managed_node_group",
        image="WINDOWS" if labels.get(OPERATING_SYSTEM) == "windows" else "CUSTOM",
        zones=(labels.get(ZONE, ""),),
        capacity_types=(_capacity_type(labels) or ON_DEMAND,),
        hour=facts.hour,
        spot_of=facts.spot_of,
        fee=facts.fee if auto else 0.0,
        windows_fee=facts.windows_fee,
    )
    return tuple(each for found in machines((labels.get(INSTANCE_TYPE, ""),), way) for each in found.offerings)


def _maker(labels: Mapping[str, str], groups: Iterable[Group]) -> str:
    """The pool or group that made a node; a group that Pulumi has named by the name that the plan knows."""
    if (pool := labels.get(POOL)) is not None:
        return pool
    named = labels.get(GROUP, "")
    exact = [each.name for each in groups if named and each.labels.get(GROUP) == named]
    alike = [each.name for each in groups if named.startswith(f"{each.name}-")]
    return next(iter(exact), max(alike, key=len, default=named))


def _limits(export: Exported) -> Iterator[tuple[str, dict[str, int]]]:
    """Most volumes that can be attached to a node, by CSI driver."""
    for each in export.of("CSINode"):
        drivers = (each.manifest.get("spec") or {}).get("drivers") or ()
        try:
            counts = {e["name"]: int(e["allocatable"]["count"]) for e in drivers if (e.get("allocatable") or {})}
        except (AttributeError, KeyError, TypeError, ValueError):
            export.refuse(each, f"has drivers that cannot be read; got {shown(drivers)}", "spec", "drivers")
        yield each.name, counts
