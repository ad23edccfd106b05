"""Pools and classes of nodes as objects in the cluster, of Karpenter and of EKS Auto Mode alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from eks_blueprints.core.component import Component, in_cluster
from eks_blueprints.core.refs import ClusterRef
from eks_blueprints.core.spec import In
from eks_blueprints.karpenter import manifests
from eks_blueprints.karpenter.node_overlay import NodeOverlay
from eks_blueprints.karpenter.node_pool import Pool
from eks_blueprints.karpenter.selectors import SubnetSelectorTerm

DISCOVERY = "karpenter.sh/discovery"
"""Tag by which Karpenter finds subnets and security groups of a cluster."""


def subnets_of(cluster: ClusterRef) -> tuple[SubnetSelectorTerm, ...]:
    """Private subnets by their tag where this platform makes them; those of others are not touched, but named."""
    if cluster.network.discovery is not None:
        return (SubnetSelectorTerm(tags={DISCOVERY: cluster.network.discovery}),)
    return tuple(SubnetSelectorTerm(id=leaf(subnet)) for subnet in cluster.network.ids("private"))


def leaf(value: pulumi.Input[str]) -> In[str]:
    """A value as specs take it."""
    return value if isinstance(value, str) else pulumi.Output.from_input(value)


def make_classes(
    component: Component,
    objects: Iterable[Mapping[str, Any]],
    after: Sequence[pulumi.Resource],
    options: Mapping[str, Any],
) -> dict[str, pulumi.Resource]:
    """The classes of nodes by name: `{component}-class-{name}`.

    `options` say what a replaced cluster means for them.
    """
    return {
        manifest["metadata"]["name"]: _object(
            component, "class", manifest, component.child(depends_on=after, **options)
        )
        for manifest in objects
    }


def make_pools(  # noqa: PLR0917 - read in this order
    component: Component,
    pools: Iterable[Pool],
    classes: Mapping[str, pulumi.Resource],
    after: Sequence[pulumi.Resource],
    drain_minutes: int,
    options: Mapping[str, Any],
) -> tuple[pulumi.Resource, ...]:
    """The pools: `{component}-pool-{name}`; `options` say what a replaced cluster means for them.

    A pool goes before its class, and the class before the controller. Deleting a pool waits for its nodes.
    """
    made = []
    for pool in pools:
        opts = component.child(
            depends_on=[*after, *([classes[pool.node_class]] if pool.node_class in classes else [])],
            **options,
            # Kubernetes lets no pool become static, or cease to be.
            replacement_trigger="dynamic" if pool.replicas is None else "static",
            custom_timeouts=pulumi.CustomTimeouts(delete=f"{drain_minutes}m"),
        )
        made.append(_object(component, "pool", manifests.node_pool(pool), opts))
    return tuple(made)


def make_overlays(
    component: Component,
    overlays: Iterable[NodeOverlay],
    after: Sequence[pulumi.Resource],
    cluster: pulumi.Resource | None,
) -> tuple[pulumi.Resource, ...]:
    """The overlays: `{component}-overlay-{name}`. They own nothing outside the cluster and go with it."""
    return tuple(
        _object(
            component,
            "overlay",
            manifests.node_overlay(overlay),
            component.child(depends_on=after, **in_cluster(cluster, goes_with_it=True)),
        )
        for overlay in overlays
    )


def _object(
    component: Component, role: str, manifest: Mapping[str, Any], opts: pulumi.ResourceOptions
) -> pulumi.Resource:
    return kubernetes.apiextensions.CustomResource(
        f"{component.pulumi_resource_name}-{role}-{manifest['metadata']['name']}",
        api_version=manifest["apiVersion"],
        kind=manifest["kind"],
        metadata=manifest["metadata"],
        spec=manifest["spec"],
        opts=opts,
    )
