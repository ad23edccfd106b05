"""Makes the objects of a workload."""

from __future__ import annotations

from typing import Any

import pulumi

from eks_blueprints.access.pod_identity import PodIdentity
from eks_blueprints.access.pod_identity_spec import ROLE_ANNOTATION
from eks_blueprints.core.component import Component, in_cluster
from eks_blueprints.core.kubernetes_object import KubernetesObject, put_on
from eks_blueprints.core.refs import ClusterRef
from eks_blueprints.workloads._drawing import Drawing
from eks_blueprints.workloads.base import Workload

_LATER = frozenset(
    {
        "HorizontalPodAutoscaler",
        "HTTPRoute",
        "Ingress",
        "Rollout",
        "ScaledJob",
        "ScaledObject",
        "VerticalPodAutoscaler",
        "VolumeSnapshot",
    }
)
"""Kinds that name the workload, its Service or volumes that its pods have made, and are made after them."""


def deploy(workload: Workload, cluster: ClusterRef) -> Component:
    """The component of a workload: an IAM role for its pods where they have one, and its objects.

    What pods need when they start is there before them: their role, service account, ConfigMaps, Secrets and claims.
    """
    component = workload.component(cluster)
    role_arn, needed = _role(workload, component, cluster)
    before: list[pulumi.Resource] = list(needed)
    own: list[pulumi.Resource] = []
    for each in workload.objects(cluster.ground):
        kind = each.manifest["kind"]
        if kind == "ServiceAccount" and role_arn is not None:
            annotations = {**each.manifest["metadata"].get("annotations", {}), ROLE_ANNOTATION: role_arn}
            each.put(("metadata", "annotations"), annotations, ("service_account",))
        if kind == workload.kubernetes_kind:
            own += _made(each, component, cluster, before)
        elif kind in _LATER:
            own += _made(each, component, cluster, [*before, *own])
        elif kind in ("NetworkPolicy", "PodDisruptionBudget") or (kind == "Service" and each.key.startswith("service")):
            own += _made(each, component, cluster, needed)
        else:
            before += _made(each, component, cluster, needed)
    component.ready = (*before, *own)
    component.register_outputs({"name": workload.object_name_used, "namespace": workload.namespace})
    return component


def _role(
    workload: Workload, component: Component, cluster: ClusterRef
) -> tuple[pulumi.Input[str] | None, tuple[pulumi.Resource, ...]]:
    """The ARN that the service account carries, where it does, and what pods wait for."""
    association = workload.service_account.association(workload.namespace, workload.account_name)
    if association is None:
        return None, ()
    irsa = association.identity_used(only_fargate=cluster.only_fargate) == "irsa"
    if irsa and association.role_arn is not None:
        return association.role_arn, ()
    identity = PodIdentity(
        f"{component.pulumi_resource_name}-identity",
        association,
        pulumi.ResourceOptions(parent=component),
        cluster=cluster,
        place=(*component.spec_path, "service_account"),
    )
    arn = identity.role.arn if irsa and identity.role is not None else None
    return arn, identity.ready


def _made(each: Drawing, component: Component, cluster: ClusterRef, after: Any) -> tuple[KubernetesObject, ...]:
    return put_on(
        cluster,
        f"{component.pulumi_resource_name}-{each.key}",
        each.manifest,
        component.child(
            depends_on=after,
            retain_on_delete=each.kept or None,
            ignore_changes=list(each.ignored) or None,
            **in_cluster(cluster.resource, goes_with_it=not each.makes_outside),
        ),
        field_of=each.field_of,
    )
