"""Every kind of node that a cluster has: node groups, Auto Scaling groups, pools, those that EKS Auto Mode brings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from eks_blueprints.karpenter.fitting import Nodes
from eks_blueprints.policies.node_labels import built_in_nodes, nodes_of
from eks_blueprints.policies.platform import NODE_GROUP, NODE_POOL, on_cluster
from eks_blueprints.policies.props import Undetermined
from eks_blueprints.policies.self_managed import groups_of, nodes_of_group
from eks_blueprints.policies.stack import Resource, Stack


def kinds_of(cluster: Resource, stack: Stack) -> tuple[list[Nodes], Undetermined | None]:
    """Every kind of node of a cluster that the stack makes, and why one is not known."""
    return stack.once(("kinds of nodes", cluster), lambda: _kinds(cluster, stack))


def _kinds(cluster: Resource, stack: Stack) -> tuple[list[Nodes], Undetermined | None]:
    makers: list[Callable[[], list[Nodes]]] = [
        partial(_listed, nodes_of, each, stack) for each in on_cluster(cluster, stack, NODE_GROUP, NODE_POOL)
    ]
    makers += [partial(_listed, nodes_of_group, each, stack) for each in groups_of(cluster, stack)]
    makers += [partial(built_in_nodes, cluster, stack)]
    kinds: list[Nodes] = []
    unknown: Undetermined | None = None
    for make in makers:
        try:
            kinds += make()
        except Undetermined as error:
            unknown = error
    if cluster.props.raw("remoteNetworkConfig") is not None:
        unknown = unknown or Undetermined((), "may fit nodes of its own network, which is not known here")
    return kinds, unknown


def _listed(make: Callable[[Resource, Stack], Nodes], kind: Resource, stack: Stack) -> list[Nodes]:
    return [make(kind, stack)]
