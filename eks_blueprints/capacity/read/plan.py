"""The platforms of a stack: what its pods ask for, and what makes nodes for them, read off its plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

from eks_blueprints.capacity.model import Daemon, Demand, Platform
from eks_blueprints.capacity.read.autoscaler import autoscaler_of
from eks_blueprints.capacity.read.charts import classes_of_charts, pods_of_charts
from eks_blueprints.capacity.read.cluster_facts import facts_of_cluster
from eks_blueprints.capacity.read.eks_addons import pods_of_addons
from eks_blueprints.capacity.read.groups import groups_in
from eks_blueprints.capacity.read.objects import READ, Objects
from eks_blueprints.capacity.read.plain import Gaps, plain
from eks_blueprints.capacity.read.pod_budgets import budgets_of
from eks_blueprints.capacity.read.pools import pools_of
from eks_blueprints.capacity.read.profiles import profiles_of
from eks_blueprints.capacity.read.quotas import over_quota
from eks_blueprints.capacity.read.uncounted import uncounted
from eks_blueprints.capacity.read.workloads import asked_for
from eks_blueprints.capacity.read.zone_names import asked_by_name
from eks_blueprints.policies.embedded import type_of
from eks_blueprints.policies.objects import WORKLOADS, namespace_of, object_name
from eks_blueprints.policies.platform import cluster_of, clusters, on_cluster
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.policies.volumes import USUAL
from eks_blueprints.provisioning.karpenter.disruption.pod_budgets import PodBudget
from eks_blueprints.provisioning.makers import Group, Pool, Profile
from eks_blueprints.review.cost.prices import Prices

T = TypeVar("T")
N = TypeVar("N", Demand, Daemon)

_APIS = {"PriorityClass": "scheduling.k8s.io/v1", "RuntimeClass": "node.k8s.io/v1", "StorageClass": "storage.k8s.io/v1"}
"""API versions of the kinds that are looked at and not in the core group."""


def platforms_of(stack: Stack, prices: Prices) -> list[Platform]:
    """The platforms of a stack, one for each cluster that it makes, in the order of the plan.

    Args:
        stack: The stack.
        prices: Prices of instances.
    """
    return [_platform(each, stack, prices) for each in clusters(stack)]


def _platform(cluster: Resource, stack: Stack, prices: Prices) -> Platform:
    gaps = Gaps()
    facts = facts_of_cluster(cluster, stack, prices, gaps)
    objects = Objects(_manifests(cluster, stack))
    autoscaler = autoscaler_of(cluster, stack, gaps)
    made: list[Any] = []
    for workload in stack.of(*WORKLOADS):
        if not workload.patch and cluster_of(workload, stack) is cluster:
            made += asked_for(workload, stack, objects)
    made += pods_of_charts(cluster, stack, objects)
    made += pods_of_addons(cluster, stack, objects)
    made += pools_of(cluster, stack, facts)
    made += groups_in(cluster, stack, facts, autoscaler)
    made += profiles_of(cluster, stack, facts)
    made += budgets_of(cluster, stack)
    made += uncounted(cluster, stack)
    made += over_quota([*_of(Demand, made), *_of(Daemon, made)], objects)
    made += asked_by_name(_of(Demand, made), _of(Pool, made), _of(Group, made))
    sentences = [*gaps.sentences, *facts.sentences, *_of(str, made)]
    name = cluster.inputs.get("name")
    return Platform(
        name=name if isinstance(name, str) and "${" not in name else cluster.name,
        region=facts.region,
        demands=tuple(_named_apart(_of(Demand, made))),
        daemons=tuple(_named_apart(_of(Daemon, made))),
        pools=tuple(_of(Pool, made)),
        groups=tuple(_of(Group, made)),
        profiles=tuple(_of(Profile, made)),
        autoscaler=None if autoscaler is None else autoscaler.expansion,
        namespaces=objects.namespaces,
        pod_budgets=tuple(_of(PodBudget, made)),
        unknown=tuple(dict.fromkeys(sentences)),
    )


def _manifests(cluster: Resource, stack: Stack) -> Iterator[dict[str, Any]]:
    """The objects of a cluster that decide about pods, and those that clusters of EKS have by themselves."""
    for name, provisioner in USUAL.items():
        yield {
            "kind": "StorageClass",
            "metadata": {"name": name},
            "provisioner": provisioner,
            "volumeBindingMode": "WaitForFirstConsumer",
        }
    for kind in READ:
        for each in on_cluster(cluster, stack, type_of(_APIS.get(kind, "v1"), kind)):
            found = plain(each.props, stack, Gaps()) or {}
            own = {"name": object_name(each, stack), "namespace": namespace_of(each, stack)}
            yield {**found, "kind": kind, "metadata": {**(found.get("metadata") or {}), **own}}
    yield from classes_of_charts(cluster, stack)


def _named_apart(found: Iterable[N]) -> Iterator[N]:
    """The same, with a number behind names that were there before."""
    names: Counter[str] = Counter()
    for each in found:
        names[each.name] += 1
        yield each if names[each.name] == 1 else replace(each, name=f"{each.name} ({names[each.name]})")


def _of(kind: type[T], found: Iterable[Any]) -> list[T]:
    return [each for each in found if isinstance(each, kind)]
