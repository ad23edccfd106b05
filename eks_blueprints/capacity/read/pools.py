"""Pools of Karpenter and EKS Auto Mode, with the instance types that they may launch."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eks_blueprints.capacity.model import Doubt
from eks_blueprints.capacity.read.cluster_facts import ClusterFacts
from eks_blueprints.capacity.read.machines import Machines, types_left
from eks_blueprints.capacity.read.node_classes import class_way
from eks_blueprints.capacity.read.overlays import followed, overlaid, overlays_of
from eks_blueprints.capacity.read.plain import Gaps, plain
from eks_blueprints.core.errors import shown
from eks_blueprints.karpenter.labels import AUTO_MODE, COMPUTE_TYPE, KARPENTER, POOL, Flavor, normal
from eks_blueprints.karpenter.requirements import Requirement, allowed
from eks_blueprints.karpenter.tolerating import taint_of
from eks_blueprints.policies.karpenter import node_class
from eks_blueprints.policies.node_labels import built_in_pools
from eks_blueprints.policies.objects import object_name
from eks_blueprints.policies.platform import NODE_POOL, auto_mode, on_cluster
from eks_blueprints.policies.props import Undetermined
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.provisioning.karpenter.disruption.rules import rules_of
from eks_blueprints.provisioning.makers import Pool
from eks_blueprints.provisioning.offers import Way, left_out, unpriced
from eks_blueprints.scheduling.amounts import amounts

Manifest = Mapping[str, Any]

_OPERATORS = frozenset({"In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt", "Gte", "Lte"})
_OF_NUMBERS = frozenset({"Gt", "Lt", "Gte", "Lte"})
_OF_POOLS = ("disruption", "limits", "replicas", "weight")
_OF_NODES = ("expireAfter", "nodeClassRef", "requirements", "taints", "terminationGracePeriod")


def pools_of(cluster: Resource, stack: Stack, facts: ClusterFacts) -> Iterator[Pool | str]:
    """The pools of a cluster, those that EKS Auto Mode brings among them; a sentence for what is not known of one."""
    machines, pools = Machines(), list[Pool]()
    brought: list[Resource] = []
    try:
        brought = built_in_pools(cluster) if auto_mode(cluster) else []
    except Undetermined as error:
        yield f"the pools that EKS Auto Mode brings are not counted: {error}"
    for each in (*on_cluster(cluster, stack, NODE_POOL), *brought):
        gaps, name = Gaps(), each.name if "#" in each.urn else object_name(each, stack)
        name = each.name if "${" in name else name
        try:
            found = next(iter(node_class(each, stack)), None)
            way = class_way(found, _flavor(each), cluster, stack, facts, gaps, name)
            manifest = _manifest(each, stack, gaps)
            pool = pool_of(manifest, name, way, machines)
            offered = () if pool.machines else types_left(pool.requirements, way)
        except (AttributeError, TypeError, ValueError, Undetermined) as error:
            yield f"the pool {name} is not counted: {error}"
            continue
        if not pool.machines:
            yield _none(name, offered, way)
        if gaps:
            yield f"of the pool {name}: {gaps}"
        pools.append(pool)
    changes = list(followed(overlays_of(cluster, stack), pools))
    yield from (each for each in changes if isinstance(each, str))
    overlays = [each for each in changes if not isinstance(each, str)]
    yield from (overlaid(each, overlays) for each in pools)
    yield from machines.sentences


def pool_of(manifest: Manifest, name: str, way: Way, machines: Machines) -> Pool:
    """A pool by its NodePool.

    Args:
        manifest: The NodePool as plain values.
        name: Its name.
        way: How it gets and runs its nodes.
        machines: Makes its instance types, and keeps what is not known of them.

    Raises:
        ValueError: if a limit is no quantity, a requirement is none, or a duration of its disruption cannot be read.
    """
    spec = manifest.get("spec") or {}
    template = spec.get("template") or {}
    node = template.get("spec") or {}
    flavor = AUTO_MODE if way.kind == "auto_mode" else KARPENTER
    given = node.get("requirements") or ()
    asked = allowed(map(_requirement, given))
    reference = node.get("nodeClassRef") or {}
    labels = {normal(str(k)): str(v) for k, v in ((template.get("metadata") or {}).get("labels") or {}).items()}
    labels[POOL] = name
    labels[f"{flavor.group}/{flavor.kind.lower()}"] = str(reference.get("name"))
    if flavor is AUTO_MODE:
        labels[COMPUTE_TYPE] = "auto"
    replicas = spec.get("replicas")
    return Pool(
        name=name,
        weight=int(spec.get("weight") or 0),
        requirements=asked,
        min_values={normal(str(each["key"])): int(each["minValues"]) for each in given if each.get("minValues")},
        labels=labels,
        taints=tuple(
            taint_of(str(each.get("key")), str(each.get("value") or ""), str(each.get("effect")))
            for each in node.get("taints") or ()
        ),
        limits=amounts(spec.get("limits")),
        machines=machines.left(asked, way),
        machines_for=lambda others: machines.left(others, way),
        replicas=int(replicas) if isinstance(replicas, int) else None,
        auto_mode=flavor is AUTO_MODE,
        rules=rules_of(spec, auto_mode=flavor is AUTO_MODE),
    )


def _none(name: str, types: Sequence[str], way: Way) -> str:
    """Why a pool has no instance types."""
    if not types:
        return f"the pool {name} has no instance type of which anything is known"
    gone = left_out(types, way)
    why = Counter(gone.values()).most_common(1)[0][0]
    one = next(each for each, reason in gone.items() if reason == why)
    more = f", to name one of {len(types)}" if len(types) > 1 else ""
    said = f"the pool {name} makes no nodes: {one} {why}{more}"
    # A price, which our table may lack, is all that keeps such a pool from nodes that AWS would launch.
    return said if unpriced(types, way) else Doubt(said)


def _manifest(pool: Resource, stack: Stack, gaps: Gaps) -> dict[str, Any]:
    """What is read of a NodePool, as plain values."""
    template = ("spec", "template")
    node = {key: plain(pool.props, stack, gaps, *template, "spec", key) for key in _OF_NODES}
    metadata = {key: plain(pool.props, stack, gaps, *template, "metadata", key) for key in ("annotations", "labels")}
    own = {key: plain(pool.props, stack, gaps, "spec", key) for key in _OF_POOLS}
    return {"spec": {**own, "template": {"metadata": metadata, "spec": node}}}


def _requirement(given: Any) -> Requirement:
    if not isinstance(given, Mapping) or given.get("operator") not in _OPERATORS or "key" not in given:
        raise ValueError("one of its requirements has no key or no operator")
    values = [*(given.get("values") or ())]
    if given["operator"] in _OF_NUMBERS and not (len(values) == 1 and re.fullmatch(r"[0-9]+", str(values[0]))):
        compared = f"its requirement of {given['key']} compares with {given['operator']}"
        raise ValueError(f"{compared}, which needs one whole number; got {shown(values)}; write one")
    return Requirement.model_construct(
        key=str(given["key"]), operator=given["operator"], values=tuple(map(str, values))
    )


def _flavor(pool: Resource) -> Flavor:
    group = pool.props.get("spec", "template", "spec", "nodeClassRef", "group")
    return AUTO_MODE if group == AUTO_MODE.group else KARPENTER
