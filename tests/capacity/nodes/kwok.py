"""Where KWOK's controller differs from that for AWS, and what is done about it.

- It knows other labels of types, and one list of types. So offerings carry the labels of their types, and types of
  several classes of nodes have a number behind their name.
- Three things look at types alone: `minValues`, which nodes have a DaemonSet's pod, and what a NodeOverlay adds. They
  go by the family as it reads it off a name, which for `m7i-flex` is `m7i`.
- It keeps the same of each node, whatever the type. So a type has that more than what a node has for pods, and a pool's
  limits count that.
- A node's `status.capacity` is what its NodeClaim requests, which limits count from the second round on, and no node of
  it is ever ready, so that each round looks at all pods again. So one round is held, and not what comes after it.
- It launches nothing: which of the instance types of a NodeClaim EC2 takes is not held here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from eks_blueprints.capacity.read.cluster_facts import facts_of_cluster
from eks_blueprints.capacity.read.node_classes import class_way
from eks_blueprints.capacity.read.plain import Gaps
from eks_blueprints.karpenter import instances
from eks_blueprints.karpenter.labels import AUTO_MODE, KARPENTER
from eks_blueprints.policies.karpenter import node_class
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.provisioning.machine import Machine, Offering
from eks_blueprints.provisioning.offers import machines
from eks_blueprints.review.cost.prices import list_prices

if TYPE_CHECKING:
    from .bridge import Bridge

Object = dict[str, Any]
ZONE, TYPE = "topology.kubernetes.io/zone", "node.kubernetes.io/instance-type"
CAPACITY_TYPE = "karpenter.sh/capacity-type"
CLASS = "example.com/class"
"""What tells apart the instance types of several classes of nodes."""
KEPT = {"cpu": 100, "memory": 10 * 2**20}
"""What KWOK's controller keeps of each node: thousandths of a core and bytes."""
_FAMILY = "karpenter.kwok.sh/instance-family"
_FAMILIES = frozenset({"karpenter.k8s.aws/instance-family", "eks.amazonaws.com/instance-family"})
_AWS = ("karpenter.k8s.aws/", "eks.amazonaws.com/", "topology.k8s.aws/zone-id", "topology.kubernetes.io/region")


def quantities(amounts: Mapping[str, int]) -> dict[str, str]:
    return {name: f"{number}m" if name == "cpu" else str(number) for name, number in amounts.items() if number}


def typed(found: Bridge, cluster: Resource, stack: Stack) -> None:
    """The list of instance types of all classes, and pools and pods with the labels that KWOK's controller knows."""
    facts = facts_of_cluster(cluster, stack, list_prices(), Gaps())
    resources = {each.inputs["metadata"]["name"]: each for each in stack.resources if each.kind == "NodePool"}
    written = json.dumps([found.pools, found.pods, found.daemons, found.overlays])
    lists: list[tuple[Machine, ...]] = []
    numbers: dict[str, int] = {}
    for pool in found.pools:
        name, reference = pool["metadata"]["name"], pool["spec"]["template"]["spec"]["nodeClassRef"]
        flavor = AUTO_MODE if reference["group"] == AUTO_MODE.group else KARPENTER
        resource = resources.get(name)
        of_class = None if resource is None else next(iter(node_class(resource, stack)), None)
        way = class_way(of_class, flavor, cluster, stack, facts, Gaps(), name)
        mine = machines(sorted(instances.launchable(flavor)), way)
        if mine not in lists:
            lists.append(mine)
        numbers[name] = lists.index(mine)
        label = f"{flavor.group}/{flavor.kind.lower()}"
        metadata = pool["spec"]["template"].setdefault("metadata", {})
        metadata["labels"] = {**(metadata.get("labels") or {}), label: reference["name"]}
        if flavor is AUTO_MODE:
            metadata["labels"]["eks.amazonaws.com/compute-type"] = "auto"
    keys = sorted({key for machine in lists[0] for key in machine.labels if key.startswith(_AWS) and key in written})
    several = len(lists) > 1
    for number, each in enumerate(lists):
        found.types += [_type(machine, keys, number if several else None) for machine in each]
    for pool in found.pools:
        _of_kwok(pool, numbers[pool["metadata"]["name"]] if several else None)
    if several:
        for group in (found.pools, found.pods, found.daemons, found.overlays):
            group[:] = [_numbered(each, len(lists)) for each in group]
    found.daemons = [_by_family(each) for each in found.daemons]
    found.overlays = [_by_family(each) for each in found.overlays]


def _of_kwok(pool: Object, number: int | None) -> None:
    """A pool of KWOK's class, whose nodes stay."""
    spec = pool["spec"]
    node = spec["template"]["spec"]
    node["nodeClassRef"] = {"group": "karpenter.kwok.sh", "kind": "KWOKNodeClass", "name": "default"}
    spec["disruption"] = {"consolidateAfter": "Never"}
    node["expireAfter"] = "Never"
    node.setdefault("requirements", [])
    for each in [*node["requirements"]]:
        if each["key"] in _FAMILIES and "minValues" in each:
            node["requirements"].append({"key": _FAMILY, "operator": "Exists", "minValues": each.pop("minValues")})
    if number is not None:
        node["requirements"].append({"key": CLASS, "operator": "In", "values": [str(number)]})


def _type(machine: Machine, keys: Iterable[str], number: int | None) -> Object:
    arches, systems = machine.labels["kubernetes.io/arch"], machine.labels["kubernetes.io/os"]
    (arch,) = arches
    has = {name: amount + KEPT.get(name, 0) for name, amount in machine.allocatable.items()}

    def offering(each: Offering) -> Object:
        asked = [
            {"key": CAPACITY_TYPE, "operator": "In", "values": [each.capacity_type]},
            {"key": ZONE, "operator": "In", "values": [each.zone]},
        ]
        for key in keys:
            values = sorted(machine.labels.get(key, ()))
            asked.append({"key": key, "operator": "In", "values": values} if values else _absent(key))
        if number is not None:
            asked.append({"key": CLASS, "operator": "In", "values": [str(number)]})
        return {"Price": each.price, "Available": True, "Requirements": asked}

    return {
        "name": machine.name if number is None else f"{machine.name}-{number}",
        "architecture": arch,
        "operatingSystems": sorted(systems),
        "resources": quantities(has),
        "offerings": [offering(each) for each in machine.offerings],
    }


def _absent(key: str) -> Object:
    return {"key": key, "operator": "DoesNotExist"}


def _numbered(value: Any, count: int) -> Any:
    """The same with the names that instance types have in each class."""
    if isinstance(value, dict):
        found = {key: _numbered(each, count) for key, each in value.items()}
        if found.get("key") == TYPE:
            found["values"] = [f"{name}-{number}" for name in found.get("values") or () for number in range(count)]
        return found
    return [_numbered(each, count) for each in value] if isinstance(value, list) else value


def _by_family(value: Any) -> Any:
    """The same with KWOK's label of the family."""
    if isinstance(value, dict):
        return {_FAMILY if key in _FAMILIES else key: _by_family(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_by_family(each) for each in value]
    return _FAMILY if isinstance(value, str) and value in _FAMILIES else value
