"""Everything in a stack that pods run on, by kind: its name, what makes it, and who does what about it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from eks_blueprints.karpenter.built_in import BUILT_IN
from eks_blueprints.karpenter.labels import AUTO_MODE
from eks_blueprints.policies.karpenter import node_class
from eks_blueprints.policies.node_labels import launch_template
from eks_blueprints.policies.platform import FARGATE, NODE_GROUP, NODE_POOL, on_cluster
from eks_blueprints.policies.self_managed import groups_of, templates
from eks_blueprints.policies.stack import Resource, Stack

KindName = Literal["managed_nodes", "self_managed_nodes", "karpenter", "auto_mode", "fargate", "hybrid_nodes"]
_DUTIES = Path(__file__).with_name("compute_duties.toml")


@dataclass(frozen=True, slots=True)
class ComputeKind:
    """One group, pool or profile."""

    name: str
    kind: KindName
    resource: Resource | None = None
    """What makes it; None for what EKS brings along, and for hybrid nodes."""
    nodes: Resource | None = None
    """What says how its nodes start, if the stack has it: a launch template, or a node class."""


def compute_of(cluster: Resource, stack: Stack) -> list[ComputeKind]:
    """What pods of a cluster run on, as far as the stack makes it."""
    return [*_groups(cluster, stack), *_pools(cluster, stack), *_others(cluster, stack)]


def duties(kind: KindName) -> dict[str, str]:
    """Who does what for one kind of compute, by the task."""
    return {task: who.get(kind, who.get("default", "you")) for task, who in _table().items()}


@cache
def _table() -> dict[str, dict[str, str]]:
    return tomllib.loads(_DUTIES.read_text(encoding="utf-8"))


def _groups(cluster: Resource, stack: Stack) -> Iterator[ComputeKind]:
    for each in on_cluster(cluster, stack, NODE_GROUP):
        template = launch_template(each, stack, "launchTemplate", "id") if each.props.has("launchTemplate") else None
        yield ComputeKind(each.name, "managed_nodes", each, template)
    for each in groups_of(cluster, stack):
        yield ComputeKind(each.name, "self_managed_nodes", each, next(templates(each, stack)))


def _pools(cluster: Resource, stack: Stack) -> Iterator[ComputeKind]:
    for each in on_cluster(cluster, stack, NODE_POOL):
        group = each.props.get("spec", "template", "spec", "nodeClassRef", "group")
        found = next(iter(node_class(each, stack)), None)
        yield ComputeKind(each.name, "auto_mode" if group == AUTO_MODE.group else "karpenter", each, found)
    if cluster.props.is_known("computeConfig", "nodePools"):
        for name in cluster.props.words("computeConfig", "nodePools"):
            if name in BUILT_IN:
                yield ComputeKind(name, "auto_mode")


def _others(cluster: Resource, stack: Stack) -> Iterator[ComputeKind]:
    for each in on_cluster(cluster, stack, FARGATE):
        yield ComputeKind(each.name, "fargate", each)
    if cluster.props.raw("remoteNetworkConfig") is not None:
        yield ComputeKind("hybrid nodes", "hybrid_nodes")
