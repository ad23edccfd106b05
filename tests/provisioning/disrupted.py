"""Clusters to take nodes from, made at random; what Karpenter 1.14.1 did to them, and where the library differs."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from eks_blueprints.provisioning.karpenter.disruption.command import Command
from eks_blueprints.provisioning.karpenter.disruption.drift import drifting
from eks_blueprints.provisioning.karpenter.disruption.looking import look
from eks_blueprints.provisioning.karpenter.disruption.pod_budgets import PodBudget
from eks_blueprints.provisioning.karpenter.disruption.rules import rules_of
from eks_blueprints.provisioning.karpenter.disruption.state import Owned, State, Traits
from eks_blueprints.scheduling.cluster import Cluster
from eks_blueprints.scheduling.node import HOST, ZONE, Node
from eks_blueprints.scheduling.pod import Pod
from eks_blueprints.scheduling.selectors import selector

from . import pools

DISRUPTED = Path(__file__).with_name("disrupted.json")
CASES = 48
_Object = dict[str, Any]
_NOW = datetime(2026, 11, 30, tzinfo=UTC)
_FAMILIES = ("c5", "m5", "r5", "m6g", "c7g")
_SIZES = ("large", "xlarge", "2xlarge", "4xlarge")


@dataclass
class Case:
    """Pools, nodes, what runs on them, and budgets of pods."""

    pools: list[_Object] = field(default_factory=list)
    nodes: list[_Object] = field(default_factory=list)
    """Name, pool, instance type, zone, capacity type, whether the node must stay, and its annotations."""
    pods: list[_Object] = field(default_factory=list)
    daemons: list[_Object] = field(default_factory=list)
    budgets: list[_Object] = field(default_factory=list)


def case(number: int) -> Case:
    """One cluster."""
    dice = random.Random(1000 + number)  # noqa: S311
    found = Case()
    drifts = number % 6 == 5
    for index in range(dice.choice((1, 1, 2))):
        found.pools.append(_pool(dice, "ab"[index], drifts=drifts))
    if dice.random() < 0.4:
        found.daemons.append(_daemon())
    for index in range(dice.randint(2, 7)):
        found.nodes.append(_node(dice, f"n{index}", dice.choice(found.pools)))
    if drifts:
        first = found.nodes[0]
        first["family"] = next(each for each in _FAMILIES if each not in _families(_pool_of(found, 0)))
        first["size"] = "xlarge" if first["size"] == "large" else first["size"]  # of which there is spot capacity
    for node in found.nodes:
        found.pods += _pods(dice, node, agent=bool(found.daemons))
    for app in ("web", "api", "db"):
        if dice.random() < 0.15:
            found.budgets.append({"app": app, "allowed": dice.choice((0, 1, 1)), "never": dice.random() < 0.3})
    return found


def _pool_of(found: Case, at: int) -> _Object:
    return next(each for each in found.pools if each["metadata"]["name"] == found.nodes[at]["pool"])


def _families(pool: _Object) -> list[str]:
    (asked,) = [e for e in pool["spec"]["template"]["spec"]["requirements"] if e["key"] == pools.FAMILY]
    return list(asked["values"])


def _pool(dice: random.Random, name: str, *, drifts: bool) -> _Object:
    families = dice.sample(_FAMILIES, dice.randint(1, 4))
    kinds = dice.choice((["on-demand"], ["on-demand"], ["spot"], ["spot", "on-demand"], ["spot", "on-demand"]))
    asked: list[_Object] = [
        {"key": pools.FAMILY, "operator": "In", "values": families},
        {"key": pools.CAPACITY_TYPE, "operator": "In", "values": kinds},
    ]
    if dice.random() < 0.15:
        asked[0]["minValues"] = dice.randint(1, len(families))
    if dice.random() < 0.3:
        asked.append({"key": pools.SIZE, "operator": "In", "values": dice.sample(_SIZES, 3)})
    template: _Object = {"metadata": {"labels": {"team": name}}, "spec": {"requirements": asked}}
    template["spec"]["nodeClassRef"] = {"group": pools.GROUP, "kind": "KWOKNodeClass", "name": "default"}
    template["spec"]["expireAfter"] = "Never"
    policy = dice.choice(("WhenEmptyOrUnderutilized",) * 4 + ("Balanced", "WhenEmpty"))
    budgets = dice.choice(([], [], [{"nodes": "10%"}], [{"nodes": "50%"}], [{"nodes": "2"}]))
    if dice.random() < 0.15:
        budgets = [*budgets, {"nodes": "0", "reasons": [dice.choice(("Empty", "Underutilized"))]}]
    disruption = {
        "consolidateAfter": "Never" if drifts else "0s",
        "consolidationPolicy": policy,
        "budgets": budgets,
    }
    # Pools of the same weight are tried in the order of their names, which the library and Karpenter share.
    spec = {"template": template, "disruption": disruption, "weight": 10 if name == "a" else 20}
    return {"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": name}, "spec": spec}


def _node(dice: random.Random, name: str, pool: _Object) -> _Object:
    asked = {e["key"]: e["values"] for e in pool["spec"]["template"]["spec"]["requirements"]}
    kinds = list(asked[pools.CAPACITY_TYPE])
    size = dice.choice(asked.get(pools.SIZE, _SIZES))
    family = dice.choice(asked[pools.FAMILY])
    kind = "on-demand" if (family, size) == ("m5", "large") and "on-demand" in kinds else dice.choice(kinds)
    if (family, size, kind) == ("m5", "large", "spot"):
        size = "xlarge"
    return {
        "name": name,
        "pool": pool["metadata"]["name"],
        "family": family,
        "size": size,
        "zone": dice.choice(pools.ZONES),
        "kind": kind,
        "stays": dice.random() < 0.08,
    }


def _daemon() -> _Object:
    spec = {"containers": [{"name": "main", "image": "example/agent:1", "resources": {"requests": _AGENT}}]}
    labels = {"daemon": "agent"}
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "agent", "namespace": "default"},
        "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": spec}},
    }


_AGENT = {"cpu": "100m", "memory": "128Mi"}
_CORES = {each.name: each.cores for each in pools.types()}


def _pods(dice: random.Random, node: _Object, *, agent: bool) -> Iterator[_Object]:
    cores = _CORES[f"{node['family']}.{node['size']}"]
    left = 0 if dice.random() < 0.04 else max(100, int(cores * 1000 * dice.choice((0.1, 0.2, 0.3, 0.6, 0.85))) - 200)
    if agent:
        spec = {"containers": [{"name": "main", "image": "example/agent:1", "resources": {"requests": _AGENT}}]}
        owner = {"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "agent", "uid": "agent", "controller": True}
        metadata: _Object = {"labels": {"daemon": "agent"}, "ownerReferences": [owner]}
        yield _bound(f"agent-{node['name']}", node, spec, metadata)
    count = 0
    while left >= 100:
        cpu = min(left, dice.choice((100, 200, 500, 1000, 1900)))
        left -= cpu
        requests = {"cpu": f"{cpu}m", "memory": f"{dice.choice((64, 128, 256))}Mi"}
        spec = {"containers": [{"name": "main", "image": "example/app:1", "resources": {"requests": requests}}]}
        if dice.random() < 0.1:
            choices = ((ZONE, node["zone"]), ("team", node["pool"]), (pools.CAPACITY_TYPE, node["kind"]))
            spec["nodeSelector"] = dict([dice.choice(choices)])
        if dice.random() < 0.06:
            same = {"labelSelector": {"matchLabels": {"app": "db"}}, "topologyKey": HOST}
            spec["affinity"] = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [same]}}
        # No two nodes are worth the same, so that Karpenter's order is the only one.
        annotations = {"controller.kubernetes.io/pod-deletion-cost": str(dice.randint(-(2**26), 2**26))}
        if dice.random() < 0.02:
            annotations["karpenter.sh/do-not-disrupt"] = "true"
        metadata = {"labels": {"app": dice.choice(("web", "api", "db"))}, "annotations": annotations}
        yield _bound(f"{node['name']}-{count}", node, spec, metadata)
        count += 1


def _bound(name: str, node: _Object, spec: _Object, metadata: _Object) -> _Object:
    metadata = {"name": name, "namespace": "default", **metadata}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {**spec, "on": node["name"]}}


def state(found: Case) -> State:
    """The same as the library reads it."""
    machines = {each.name: each for each in pools.machines()}
    cluster, owned, traits = Cluster(), {}, {}
    labels_of = {e["metadata"]["name"]: e["spec"]["template"]["metadata"]["labels"] for e in found.pools}
    for each in found.nodes:
        machine = machines[f"{each['family']}.{each['size']}"]
        labels = {key: next(iter(values)) for key, values in machine.labels.items() if len(values) == 1}
        labels |= {ZONE: each["zone"], pools.CAPACITY_TYPE: each["kind"], HOST: each["name"], **labels_of[each["pool"]]}
        cluster.open(Node(name=each["name"], labels=labels, allocatable=machine.allocatable))
        owned[each["name"]] = Owned(
            pool=each["pool"],
            machine=machine.name,
            zone=each["zone"],
            capacity_type=each["kind"],
            initialized=_NOW - timedelta(hours=1),
            do_not_disrupt=each["stays"],
        )
    shapes = pools.Shapes()
    for each in found.pods:
        name, metadata = each["metadata"]["name"], each["metadata"]
        spec = {key: value for key, value in each["spec"].items() if key != "on"}
        cluster.add(Pod(name, shapes.of({**each, "spec": spec})), cluster.places[each["spec"]["on"]])
        annotations = metadata.get("annotations") or {}
        traits[name] = Traits(
            daemon="ownerReferences" in metadata,
            keeps="karpenter.sh/do-not-disrupt" in annotations,
            deletion_cost=float(annotations.get("controller.kubernetes.io/pod-deletion-cost", 0)),
        )
    plain = State(
        now=_NOW,
        cluster=cluster,
        pools=[pools.pool_of(each) for each in found.pools],
        nodes=owned,
        rules={each["metadata"]["name"]: rules_of(each["spec"]) for each in found.pools},
        traits=traits,
        daemons=[shapes.of({**e["spec"]["template"], "kind": "Pod"}) for e in found.daemons],
        pod_budgets=[
            PodBudget(
                name=each["app"],
                namespace="default",
                selector=selector({"matchLabels": {"app": each["app"]}}),
                allowed=each["allowed"],
                max_unavailable=0 if each["never"] else None,
            )
            for each in found.budgets
        ],
        spot_to_spot=True,
    )
    drifted = {name for pool in plain.pools for name in drifting(plain, pool)}
    nodes = {name: replace(each, drifted=_NOW if name in drifted else None) for name, each in owned.items()}
    return replace(plain, nodes=nodes)


def ours(number: int) -> _Object:
    """What the library does with one case."""
    return said(look(state(case(number))).commands)


def said(commands: tuple[Command, ...]) -> _Object:
    """Commands in the form in which Karpenter's are written down."""
    if not commands:
        return {}
    (command,) = commands
    launched = [
        [
            new.template.pool.name,
            ",".join(sorted(each.name for each in new.machines)),
            ",".join(sorted(new.requirements[pools.CAPACITY_TYPE].values or ())),
        ]
        for new in command.replacements
    ]
    return {"reason": command.reason, "nodes": sorted(command.nodes), "launched": sorted(launched)}


def _swapped(number: int) -> _Object:
    """The same with the pools in the other order, in which Karpenter may look at them as well."""
    found = state(case(number))
    names = {"a": "b", "b": "a"}

    def named(each: Any) -> Any:
        return replace(each, pool=names[each.pool])

    other = replace(
        found,
        pools=[replace(each, name=names[each.name]) for each in found.pools],
        nodes={name: named(each) for name, each in found.nodes.items()},
        rules={names[name]: rules for name, rules in found.rules.items()},
    )
    mine = said(look(other).commands)
    return {**mine, "launched": sorted([names[pool], *rest] for pool, *rest in mine["launched"])} if mine else mine


def apart(disrupted: Mapping[str, Any]) -> Iterator[str]:
    """Each case in which the library does something else."""
    for number, theirs in disrupted.items():
        mine = ours(int(number))
        if mine != theirs and (len(case(int(number)).pools) < 2 or _swapped(int(number)) != theirs):
            yield f"case {number}: ours {mine}, Karpenter's {theirs}"
