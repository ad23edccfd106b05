"""Pods and nodes that there may be, and of which the plan of a stack does not tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.policies.embedded import is_read
from eks_blueprints.policies.objects import ROLLOUT, SCALED_JOB, WORKLOADS, namespace_of, object_name
from eks_blueprints.policies.platform import (
    APPLICATION,
    CHARTS,
    EC2_NODE_CLASS,
    NODE_CLASS,
    NODE_POOL,
    cluster_of,
    clusters,
    on_cluster,
)
from eks_blueprints.policies.stack import Resource, Stack

_FROM_FILES = (
    *("kubernetes:yaml:ConfigGroup", "kubernetes:yaml/v2:ConfigGroup", "kubernetes:yaml:ConfigFile"),
    *("kubernetes:yaml/v2:ConfigFile", "kubernetes:kustomize:Directory", "kubernetes:kustomize/v2:Directory"),
)
_FLUX = "kubernetes:kustomize.toolkit.fluxcd.io/v1:Kustomization"
_APPLICATIONS = "kubernetes:argoproj.io/v1alpha1:ApplicationSet"
_NONE = frozenset(
    {ROLLOUT, SCALED_JOB, APPLICATION, _APPLICATIONS, _FLUX, EC2_NODE_CLASS, NODE_CLASS, NODE_POOL, *CHARTS}
)
"""Kinds of custom resources that are read elsewhere, or that make no pods."""
_SIGNS = frozenset({"containers", "instances", "podTemplate", "podSpec", "replicas"})
"""Fields of custom resources that operators make pods of."""
OPERATED = frozenset(
    {"Alertmanager", "ClusterPolicy", "Goldmane", "Installation", "Prometheus", "ThanosRuler", "Whisker"}
)
"""Kinds of custom resources in charts of the table that operators make pods of (Prometheus, NVIDIA's GPU operator,
Calico)."""
_DEEPEST = 6


def uncounted(cluster: Resource, stack: Stack) -> Iterator[str]:
    """What may run on a cluster, or be a node of it, and is not counted: sentences without a full stop."""
    if cluster.props.raw("remoteNetworkConfig") is not None:
        yield "nodes of its own network (EKS Hybrid Nodes) may take pods, and are not counted"
    for each in on_cluster(cluster, stack, *_FROM_FILES):
        if not is_read(each, stack):
            yield f"what {each.name} brings is not counted: its files are not at hand"
    for each in on_cluster(cluster, stack, APPLICATION, _APPLICATIONS, _FLUX):
        if each.type != APPLICATION or not _is_chart(each):
            yield f"what the {each.kind} {object_name(each, stack)} brings from Git is not counted"
    made = Counter(each.kind for each in stack.objects if _makes_pods(each) and _is_on(each, cluster, stack))
    for kind, count in sorted(made.items()):
        yield f"the pods that an operator makes of {count} {kind} are not counted"
    if len(clusters(stack)) > 1:
        lost = [each for each in stack.of(*WORKLOADS) if not each.patch and cluster_of(each, stack) is None]
        for each in lost:
            name = f"{namespace_of(each, stack)}/{each.kind}/{object_name(each, stack)}"
            yield f"the pods of {name} are not counted: it is not known on which cluster they run"


def _is_on(resource: Resource, cluster: Resource, stack: Stack) -> bool:
    return cluster_of(resource, stack) in (cluster, None)


def _is_chart(application: Resource) -> bool:
    spec = application.inputs.get("spec")
    given = spec if isinstance(spec, Mapping) else {}
    sources = given.get("sources")
    parts = [given.get("source"), *(sources if isinstance(sources, list) else [])]
    named = [each for each in parts if isinstance(each, Mapping)]
    return bool(named) and all("path" not in each for each in named)


def _makes_pods(resource: Resource) -> bool:
    group = resource.api_version.partition("/")[0]
    if "." not in group or group.endswith((".k8s.io", ".keda.sh", "keda.sh")) or resource.type in _NONE:
        return False
    return resource.kind in OPERATED or _has_signs(resource.inputs.get("spec"), _DEEPEST)


def _has_signs(value: Any, deep: int) -> bool:
    if not deep:
        return False
    if isinstance(value, Mapping):
        return not _SIGNS.isdisjoint(value) or any(_has_signs(each, deep - 1) for each in value.values())
    return isinstance(value, list) and any(_has_signs(each, deep - 1) for each in value)
