"""A cluster as it is: its nodes with the pods on them, and the pods that wait, read off an export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from eks_blueprints.capacity.model import Daemon, Demand, Platform, Running
from eks_blueprints.capacity.read.claims import rebound
from eks_blueprints.capacity.read.cluster_facts import Hours, SpotShares
from eks_blueprints.capacity.read.exported import Exported, Item, read_export
from eks_blueprints.capacity.read.exported_makers import expansion_of, pools_of
from eks_blueprints.capacity.read.exported_pods import DAEMON, Pods, owner
from eks_blueprints.capacity.read.objects import Objects
from eks_blueprints.capacity.read.plain import Gaps
from eks_blueprints.capacity.read.pod_budgets import budget_of
from eks_blueprints.capacity.read.workloads import by_volume
from eks_blueprints.core.errors import shown
from eks_blueprints.karpenter.labels import CAPACITY_TYPE, INSTANCE_TYPE, OPERATING_SYSTEM
from eks_blueprints.provisioning.karpenter.disruption.pod_budgets import PodBudget
from eks_blueprints.provisioning.karpenter.disruption.state import DO_NOT_DISRUPT, PLAIN
from eks_blueprints.provisioning.machine import ON_DEMAND, RESERVED, SPOT, Offering
from eks_blueprints.provisioning.makers import Group
from eks_blueprints.provisioning.offers import Way, machines
from eks_blueprints.recording.positions import Position
from eks_blueprints.review.cost.prices import Prices, list_prices
from eks_blueprints.scheduling.filters import allowed_by_itself
from eks_blueprints.scheduling.node import ZONE, Node, node_of

_REGION = "topology.kubernetes.io/region"
_POOL, _GROUP = "karpenter.sh/nodepool", "eks.amazonaws.com/nodegroup"
_CAPACITY = "eks.amazonaws.com/capacityType"
_OF_GROUPS = {"ON_DEMAND": ON_DEMAND, "SPOT": SPOT, "CAPACITY_BLOCK": RESERVED}
_COMPUTE = "eks.amazonaws.com/compute-type"


def platform_of_export(path: Path, prices: Prices | None = None) -> Platform:
    """A platform of which nothing is known but an export of its cluster.

    Args:
        path: The export; `read_export` says what it has to be.
        prices: Prices of instances. Default: the list prices.

    Raises:
        InputError: if it is no export.
        OSError: if it cannot be read.
    """
    return with_export(Platform(name=path.stem), path, prices)


def with_export(platform: Platform, path: Path, prices: Prices | None = None) -> Platform:
    """A platform with the nodes of its cluster, and the pods that are there besides those that it asks for itself.

    Pods of workloads that the platform has as well, by namespace, kind and name, are left out: its own take their
    place, and those of its DaemonSets are on all nodes that they may be on. Groups begin with the nodes that they have.

    Args:
        platform: The platform, as its plan has it.
        path: The export of its cluster; `read_export` says what it has to be.
        prices: Prices of instances, for pools that the platform does not have. Default: the list prices.

    Raises:
        InputError: if it is no export.
        OSError: if it cannot be read.
    """
    export, gaps = read_export(path), Gaps()
    objects = Objects((item.manifest for items in export.items.values() for item in items), whole=True)
    pods = Pods(export, objects, gaps)
    own = {*(each.name for each in platform.demands), *(each.name for each in platform.daemons)}
    nodes = {each.name for each in export.of("Node")}
    bound: dict[str, list[Item]] = {}
    waiting: list[Item] = []
    daemons: dict[str, Daemon] = {}
    for pod in pods.alive():
        name = owner(pod)
        if name in own:
            continue
        if name.split("/")[1] == DAEMON:
            daemons.setdefault(name, Daemon(name=name, shape=pods.shape(pod), position=_position(export, pod)))
        if (node := _node_name(pod)) in nodes:
            bound.setdefault(node, []).append(pod)
        elif name not in daemons:
            waiting.append(pod)
    prices = prices or list_prices()
    region = platform.region or next((each.labels.get(_REGION, "") for each in export.of("Node")), "")
    running = tuple(_running(export, bound, pods, replace(platform, region=region), prices))
    demands = [part for each in platform.demands for part in by_volume(rebound(each, objects, gaps), objects)]
    pools = pools_of(export, region, prices, gaps, besides={each.name for each in platform.pools})
    groups = tuple(_as_it_is(each, running) for each in platform.groups)
    _say_what_is_missing(export, platform, running, gaps)
    return replace(
        platform,
        region=region,
        demands=(*demands, *_waiting(export, waiting, pods)),
        daemons=(*platform.daemons, *daemons.values()),
        pools=(*platform.pools, *pools),
        groups=groups,
        running=(*platform.running, *running),
        pod_budgets=(*platform.pod_budgets, *_pod_budgets(export, platform)),
        autoscaler=platform.autoscaler or expansion_of(export),
        namespaces={**objects.namespaces, **platform.namespaces},
        unknown=tuple(dict.fromkeys((*platform.unknown, *gaps.sentences))),
    )


def _pod_budgets(export: Exported, platform: Platform) -> Iterator[PodBudget]:
    """The PodDisruptionBudgets of an export that the platform does not have."""
    known = {(each.namespace, each.name) for each in platform.pod_budgets}
    for each in export.of("PodDisruptionBudget"):
        if (each.namespace, each.name) not in known:
            try:
                yield budget_of(each.manifest, each.name, each.namespace)
            except (AttributeError, TypeError, ValueError) as error:
                export.refuse(each, f"cannot be read: {error}", "spec")


def _running(
    export: Exported, bound: Mapping[str, list[Item]], pods: Pods, platform: Platform, prices: Prices
) -> Iterator[Running]:
    limits = dict(_limits(export))
    for each in export.of("Node"):
        here = bound.get(each.name, [])
        labels = each.labels
        if labels.get(_COMPUTE) == "fargate" and not here:
            continue  # it goes with its only pod
        try:
            node = node_of(each.manifest, limits.get(each.name))
        except (AttributeError, TypeError, ValueError) as error:
            export.refuse(each, f"cannot be read: {error}", "status")
        if not node.allocatable:
            export.refuse(each, "has no status.allocatable; export it with kubectl get -o json", "status")
        fargate = labels.get(_COMPUTE) == "fargate"  # which has no pods of DaemonSets
        planned = [e for e in platform.daemons if not fargate and allowed_by_itself(e.shape, node) is None]
        yield Running(
            node=node,
            pods=(
                *((_name(pod, node), pods.shape(pod)) for pod in here),
                *((f"{each.name}@{node.name}", each.shape) for each in planned),
            ),
            machine=labels.get(INSTANCE_TYPE, ""),
            capacity_type=_capacity_type(labels),
            maker=_maker(labels, platform.groups),
            do_not_disrupt=each.annotations.get(DO_NOT_DISRUPT) == "true",
            traits={_name(pod, node): held for pod in here if (held := pods.traits(pod)) is not PLAIN},
            offerings=() if fargate else _offerings(labels, platform.region, prices),
        )


def _capacity_type(labels: Mapping[str, str]) -> str:
    return labels.get(CAPACITY_TYPE) or _OF_GROUPS.get(labels.get(_CAPACITY, ""), "")


def _offerings(labels: Mapping[str, str], region: str, prices: Prices) -> tuple[Offering, ...]:
    """What a node costs that is there, whatever its region offers now; one that does not say how is on-demand."""
    auto = labels.get(_COMPUTE) == "auto"
    way = Way(
        kind="auto_mode" if auto else "self_managed_node_group",
        image="WINDOWS" if labels.get(OPERATING_SYSTEM) == "windows" else "CUSTOM",
        zones=(labels.get(ZONE, ""),),
        capacity_types=(_capacity_type(labels) or ON_DEMAND,),
        hour=Hours(prices, region),
        spot_of=SpotShares(prices, region),
        fee=(prices.of("eks", "auto_mode_share") or 0.0) if auto else 0.0,
        windows_fee=prices.of("ec2", "windows_vcpu_hour") or 0.0,
    )
    return tuple(each for found in machines((labels.get(INSTANCE_TYPE, ""),), way) for each in found.offerings)


def _name(pod: Item, node: Node) -> str:
    """The name of a pod that runs: what makes it, and which of its pods it is."""
    made_by = owner(pod)
    return f"{made_by}@{node.name}" if made_by.split("/")[1] == DAEMON else f"{made_by}#{pod.name}"


def _maker(labels: Mapping[str, str], groups: Iterable[Group]) -> str:
    """The pool or group that made a node; a group that Pulumi has named by the name that the plan knows."""
    if (pool := labels.get(_POOL)) is not None:
        return pool
    named = labels.get(_GROUP, "")
    exact = [each.name for each in groups if named and each.labels.get(_GROUP) == named]
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


def _waiting(export: Exported, pods: Iterable[Item], shapes: Pods) -> Iterator[Demand]:
    """Pods that no node has, those of one workload that are alike together."""
    found: dict[tuple[str, int], list[Item]] = {}
    for each in pods:
        found.setdefault((owner(each), id(shapes.shape(each))), []).append(each)
    names: Counter[str] = Counter()
    for (name, _), alike in found.items():
        names[name] += 1
        held = any((each.manifest.get("spec") or {}).get("schedulingGates") for each in alike)
        yield Demand(
            name=name if names[name] == 1 else f"{name} ({names[name]})",
            shape=shapes.shape(alike[0]),
            least=len(alike),
            most=len(alike),
            position=_position(export, alike[0]),
            traits=shapes.traits(alike[0]),
            asked="held back by scheduling gates, and taken for pods that can be placed" if held else "",
        )


def _as_it_is(group: Group, running: Iterable[Running]) -> Group:
    """A group that begins with the nodes that it has."""
    count = sum(each.maker == group.name for each in running)
    return replace(group, start=count, most=max(group.most, count)) if count else group


def _say_what_is_missing(export: Exported, platform: Platform, running: Iterable[Running], gaps: Gaps) -> None:
    known = {*(each.name for each in platform.groups), *(each.name for each in platform.pools)}
    for name in sorted({each.maker for each in running if _GROUP in each.node.labels} - known):
        gaps.say(f"the sizes of the group {name} are not in the export: it gets no further nodes")
    if not export.of("Node"):
        gaps.say("the export has no nodes: its pods wait for new ones")
    if not export.of("CSINode"):
        gaps.say("the export has no csinodes: nodes take any number of volumes")


def _node_name(pod: Item) -> str:
    spec: Any = pod.manifest.get("spec")
    return str(spec.get("nodeName") or "") if isinstance(spec, Mapping) else ""


def _position(export: Exported, item: Item) -> Position | None:
    line = item.line
    return None if line is None else Position(export.file, line)
