"""Whether a workload survives the loss of a pod, a node or a zone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.objects import (
    DEPLOYMENT,
    REPLICATED,
    ROLLOUT,
    STATEFUL_SET,
    in_namespace,
    namespace_of,
    others_make_pods,
    pod_labels,
    replicas,
    selected,
    selects,
    target_of,
    workloads,
)
from eks_blueprints.policies.props import Faults, NotApplicable, Props, Undetermined
from eks_blueprints.policies.stack import Resource, Stack

PDB = "kubernetes:policy/v1:PodDisruptionBudget"
HPA = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
SCALED_OBJECT = "kubernetes:keda.sh/v1alpha1:ScaledObject"


@rule(
    "k8s-replicas-min-two",
    DEPLOYMENT,
    STATEFUL_SET,
    ROLLOUT,
    severity="medium",
    enforcement="advisory",
    production="mandatory",
    wave=2,
    across=True,
    params={"min": 2},
)
def two_replicas(workload: Props, context: Context) -> Faults:
    """A workload has at least two replicas.

    One with none is switched off.
    """
    least = lowest(context.resource, context.stack)
    if 0 < least < context.params["min"]:
        yield workload.fault("is down whenever its pod moves", "spec", "replicas", got=least)


@rule(
    "k8s-pdb-required", DEPLOYMENT, STATEFUL_SET, ROLLOUT, severity="high", enforcement="mandatory", wave=1, across=True
)
def budget_required(workload: Props, context: Context) -> Faults:
    """A workload with several replicas has a PodDisruptionBudget.

    A workload of two pods or more, by replicas or by an autoscaler's minimum, is matched by a PodDisruptionBudget of
    its namespace. That there is only one is asked by k8s-pdb-single-per-pod.
    """
    if lowest(context.resource, context.stack) < 2:
        raise NotApplicable
    if not list(budgets_of(context.resource, context.stack)):
        yield workload.fault(
            "may lose all of its pods at once", "spec", "replicas", got=lowest(context.resource, context.stack)
        )


@rule("k8s-pdb-allows-disruption", PDB, severity="high", enforcement="mandatory", wave=1, across=True)
def budget_allows(budget: Props, context: Context) -> Faults:
    """A PodDisruptionBudget allows at least one pod to be evicted."""
    most, least = budget.get("spec", "maxUnavailable"), budget.get("spec", "minAvailable")
    if most in (0, "0", "0%"):
        yield budget.fault("allows no pod to be evicted", "spec", "maxUnavailable", got=most)
        return
    if least == "100%":
        yield budget.fault("allows no pod to be evicted", "spec", "minAvailable", got=least)
        return
    if least is None:
        return
    for workload in _covered(context):
        count = lowest(workload, context.stack)
        if _count(least, count) >= count:
            yield budget.fault(
                f"allows none of the {count} pods of {workload.name} to be evicted", "spec", "minAvailable", got=least
            )


@rule("k8s-pdb-single-per-pod", PDB, severity="high", enforcement="mandatory", wave=1, across=True)
def budget_single(budget: Props, context: Context) -> Faults:
    """A pod has at most one PodDisruptionBudget, and no budget covers a whole namespace."""
    selector = budget.get("spec", "selector")
    if isinstance(selector, dict) and not selector.get("matchLabels") and not selector.get("matchExpressions"):
        yield budget.fault("covers every pod of its namespace", "spec", "selector", got=selector)
        return
    for workload in _covered(context):
        others = [each for each in budgets_of(workload, context.stack) if each is not context.resource]
        if others:
            yield budget.fault(f"covers {workload.name}, as {others[0].name} does", "spec", "selector")


@rule("k8s-pdb-not-dangling", PDB, severity="low", enforcement="advisory", wave=3, across=True)
def budget_used(budget: Props, context: Context) -> Faults:
    """A PodDisruptionBudget matches a workload."""
    stack = context.stack
    namespace = namespace_of(context.resource, stack)
    budget.get("spec", "selector")
    if not workloads(stack, namespace) or others_make_pods(stack, namespace):
        raise NotApplicable
    if not _covered(context):
        yield budget.fault(
            "covers no workload of its namespace", "spec", "selector", got=budget.get("spec", "selector")
        )


@rule("k8s-pdb-unhealthy-eviction", PDB, severity="low", enforcement="advisory", wave=3)
def budget_unhealthy(budget: Props) -> Faults:
    """Pods that never become ready do not block the eviction from nodes."""
    found = budget.get("spec", "unhealthyPodEvictionPolicy")
    if found != "AlwaysAllow":
        yield budget.fault(
            "lets unhealthy pods block the drain of their node", "spec", "unhealthyPodEvictionPolicy", got=found
        )


def lowest(workload: Resource, stack: Stack) -> int:
    """The fewest pods a workload has: its replicas, or the minimum of what scales it.

    Raises:
        Undetermined: if that is not known.
    """
    found = scaler_of(workload, stack)
    if found is None:
        return replicas(workload)
    key = "minReplicas" if found.type == HPA else "minReplicaCount"
    number = found.props.number("spec", key)
    return int(number) if number is not None else (1 if found.type == HPA else 0)


def scaler_of(workload: Resource, stack: Stack) -> Resource | None:
    """The HorizontalPodAutoscaler or ScaledObject that scales a workload."""
    index = stack.cache.get("scalers")
    if index is None:
        index = stack.cache["scalers"] = {}
        for scaler in stack.of(HPA, SCALED_OBJECT):
            try:
                target = _target(scaler, stack)
            except Undetermined:
                continue
            if target is not None:
                index[target] = scaler
    found: Resource | None = index.get(workload)
    return found


def budgets_of(workload: Resource, stack: Stack) -> Iterator[Resource]:
    """The budgets that cover a workload.

    Raises:
        Undetermined: if none is known to do so, and one might.
    """
    unknown, found = None, False
    here = in_namespace(stack, namespace_of(workload, stack), PDB)
    labels = pod_labels(workload) if here else {}
    for budget in here:
        try:
            if selects(budget.props.get("spec", "selector"), labels):
                found = True
                yield budget
        except Undetermined as error:
            unknown = error
    if unknown is not None and not found:
        raise unknown


def _target(scaler: Resource, stack: Stack) -> Resource | None:
    if scaler.type == HPA:
        return target_of(scaler, stack, "spec", "scaleTargetRef")
    if not scaler.props.has("spec", "scaleTargetRef", "kind"):
        # KEDA takes a Deployment where no kind is given.
        name = scaler.props.text("spec", "scaleTargetRef", "name")
        here = workloads(stack, namespace_of(scaler, stack), (DEPLOYMENT,))
        return next((each for each in here if each.props.text("metadata", "name") == name), None)
    return target_of(scaler, stack, "spec", "scaleTargetRef")


def _covered(context: Context) -> list[Resource]:
    stack, resource = context.stack, context.resource
    return selected(stack, namespace_of(resource, stack), resource.props.get("spec", "selector"), REPLICATED)


def _count(value: Any, replicas: int) -> int:
    if isinstance(value, str) and value.endswith("%"):
        return math.ceil(replicas * float(value[:-1]) / 100)
    return int(value)
