"""A cluster as it is: its nodes with the pods on them, and the pods that wait, read off an export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from eks_blueprints.capacity.model import Daemon, Demand, Platform, Running
from eks_blueprints.capacity.read.claims import rebound
from eks_blueprints.capacity.read.exported import Exported, Item, read_export
from eks_blueprints.capacity.read.exported_fargate import profiles_of
from eks_blueprints.capacity.read.exported_gaps import missing
from eks_blueprints.capacity.read.exported_makers import expansion_of, pools_of
from eks_blueprints.capacity.read.exported_nodes import Nodes, staying
from eks_blueprints.capacity.read.exported_pods import (
    DAEMON,
    Pods,
    goes_with_its_node,
    node_of_daemon,
    of_daemon_set,
    owner,
)
from eks_blueprints.capacity.read.objects import Objects
from eks_blueprints.capacity.read.plain import Gaps
from eks_blueprints.capacity.read.pod_budgets import budget_of
from eks_blueprints.capacity.read.workloads import by_volume
from eks_blueprints.karpenter.labels import REGION
from eks_blueprints.provisioning.karpenter.disruption.pod_budgets import PodBudget
from eks_blueprints.provisioning.makers import Group
from eks_blueprints.recording.positions import Position
from eks_blueprints.review.cost.prices import Prices, list_prices


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
    pods = Pods(export, objects)
    found = _sorted(export, pods, {*(e.name for e in platform.demands), *(e.name for e in platform.daemons)})
    prices = prices or list_prices()
    region = platform.region or next((label for e in export.of("Node") if (label := e.labels.get(REGION))), "")
    regional = replace(platform, region=region)
    there = Nodes(export, pods, regional, prices)
    running = tuple(there.running(found.bound, found.of_daemons, found.daemons.values()))
    demands = [part for each in platform.demands for part in by_volume(rebound(each, objects, gaps), objects)]
    demands += _waiting(export, found.waiting, pods)
    pools = pools_of(export, region, prices, gaps, besides={each.name for each in platform.pools})
    groups = tuple(_as_it_is(each, running) for each in platform.groups)
    whole = replace(
        platform,
        region=region,
        demands=(*demands, *there.homeless),
        daemons=(*platform.daemons, *found.daemons.values()),
        pools=(*platform.pools, *pools),
        groups=groups,
        profiles=(*platform.profiles, *profiles_of(export, found.waiting, regional, prices)),
        running=(*platform.running, *running),
        pod_budgets=(*platform.pod_budgets, *_pod_budgets(export, platform)),
        autoscaler=platform.autoscaler or expansion_of(export),
        namespaces={**objects.namespaces, **platform.namespaces},
    )
    bound = {shape: None for each in running for _, shape in each.pods}
    unsure = [said for shape in bound for said in pods.unsure.get(shape, ())]
    for each in found.daemons.values():
        unsure += [f"of the pods of {each.name}: {said}" for said in pods.unsure.get(each.shape, ())]
    for sentence in (*missing(export, whole, prices), *unsure):
        gaps.say(sentence)
    return replace(whole, unknown=tuple(dict.fromkeys((*platform.unknown, *gaps.sentences))))


@dataclass(slots=True)
class _Sorted:
    """The pods of an export that are not the platform's own, by what becomes of them."""

    bound: dict[str, list[Item]] = field(default_factory=dict)
    """Those on nodes that stay, by the node's name."""
    waiting: list[Item] = field(default_factory=list)
    daemons: dict[str, Daemon] = field(default_factory=dict)
    """DaemonSets by name, of each the shape of one of its pods."""
    of_daemons: dict[str, list[Item]] = field(default_factory=dict)
    """Pods of DaemonSets that wait for the node that they are for, by the node's name."""


def _sorted(export: Exported, pods: Pods, own: Collection[str]) -> _Sorted:
    found = _Sorted()
    nodes = {each.name for each in staying(export)}
    alive = pods.alive()
    nominated = {node: pod for pod in alive if not _node_name(pod) and (node := _nominated(pod)) in nodes}
    for pod in alive:
        name = owner(pod)
        if name in own or _gives_way(pod, nominated):
            continue
        daemon = of_daemon_set(pod)
        if daemon and name not in found.daemons:
            found.daemons[name] = Daemon(name=name, shape=pods.shape(pod), position=_position(export, pod))
        if (node := _node_name(pod) or _nominated(pod)) in nodes:
            found.bound.setdefault(node, []).append(pod)
        elif daemon:
            if not _node_name(pod) and (wanted := node_of_daemon(pod)) in nodes:
                found.of_daemons.setdefault(wanted, []).append(pod)
        elif not (_node_name(pod) and goes_with_its_node(pod)):
            found.waiting.append(pod)
    # Of pods that are as important, kube-scheduler takes first what came first.
    found.waiting.sort(key=lambda each: str(each.metadata.get("creationTimestamp") or ""))
    for each in export.of(DAEMON):
        name = f"{each.namespace}/{DAEMON}/{each.name}"
        if name not in own and name not in found.daemons:
            shape = pods.of_daemon_set(each)
            found.daemons[name] = Daemon(name=name, shape=shape, position=_position(export, each))
    return found


def _pod_budgets(export: Exported, platform: Platform) -> Iterator[PodBudget]:
    """The PodDisruptionBudgets of an export that the platform does not have."""
    known = {(each.namespace, each.name) for each in platform.pod_budgets}
    for each in export.of("PodDisruptionBudget"):
        if (each.namespace, each.name) not in known:
            try:
                yield budget_of(each.manifest, each.name, each.namespace)
            except (AttributeError, TypeError, ValueError) as error:
                export.refuse(each, f"cannot be read: {error}", "spec")


def _waiting(export: Exported, pods: Iterable[Item], shapes: Pods) -> Iterator[Demand]:
    """Pods that no node has, those of one workload that are alike together; one that differs has its own name."""
    found: dict[tuple[str, int], list[Item]] = {}
    for each in pods:
        found.setdefault((owner(each), id(shapes.shape(each))), []).append(each)
    names: Counter[str] = Counter()
    kinds = Counter(name for name, _ in found)
    for (made_by, _), alike in found.items():
        single = kinds[made_by] > 1 and len(alike) == 1
        name = f"{made_by.rpartition('/')[0]}/{alike[0].name}" if single else made_by
        names[name] += 1
        shape = shapes.shape(alike[0])
        unsure = shapes.unsure.get(shape, ())
        yield Demand(
            name=name if names[name] == 1 else f"{name} ({names[name]})",
            shape=shape,
            least=len(alike),
            most=len(alike),
            position=_position(export, alike[0]),
            traits=shapes.traits(alike[0]),
            asked="; ".join(unsure),
        )


def _as_it_is(group: Group, running: Iterable[Running]) -> Group:
    """A group that begins with the nodes that it has."""
    count = sum(each.maker == group.name for each in running)
    return replace(group, start=count, most=max(group.most, count)) if count else group


def _node_name(pod: Item) -> str:
    return str(pod.spec.get("nodeName") or "")


def _nominated(pod: Item) -> str:
    """The node on which others end for a pod that waits. Karpenter brings none for it (`IsPreempting`, v1.14.1)."""
    return str(pod.status.get("nominatedNodeName") or "")


def _gives_way(pod: Item, nominated: Mapping[str, Item]) -> bool:
    """Whether a pod ends for a more important one that waits for its room."""
    coming = nominated.get(_node_name(pod))
    if coming is None or not pod.metadata.get("deletionTimestamp"):
        return False
    return int(pod.spec.get("priority") or 0) < int(coming.spec.get("priority") or 0)


def _position(export: Exported, item: Item) -> Position | None:
    line = item.line
    return None if line is None else Position(export.file, line)
