"""Rules across a platform that no other catalogue has."""

from __future__ import annotations

from typing import Any

from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.node_labels import lacks
from eks_blueprints.policies.objects import DAEMON_SET, WORKLOADS, canonical, object_name, pod_of
from eks_blueprints.policies.platform import (
    GROUP,
    NODE_GROUP,
    NODE_POOL,
    auto_mode,
    cluster_of,
    fargate_profile_of,
    on_cluster,
)
from eks_blueprints.policies.props import Faults, NotApplicable, Props, Undetermined
from eks_blueprints.policies.rbac import BINDINGS, CLUSTER_ROLE, ROLE, everything, subjects
from eks_blueprints.policies.stack import Resource, Stack


@rule("k8s-workload-schedulable", *WORKLOADS, severity="high", enforcement="mandatory", wave=1, across=True)
def schedulable(_: Props, context: Context) -> Faults:
    """There is a kind of node that takes a workload's pods.

    Where the stack makes all compute of a cluster (node groups and node pools; no Auto Mode pools that are built in,
    no Auto Scaling groups), at least one of them has no taint that a workload does not tolerate, and the labels that
    its nodeSelector asks for: those it is given, and those that nodes of its source carry by themselves. Pods of a
    Fargate profile are taken by that.
    """
    resource, stack = context.resource, context.stack
    cluster = cluster_of(resource, stack)
    kinds = on_cluster(cluster, stack, NODE_GROUP, NODE_POOL)
    if cluster is None or not kinds or resource.type == DAEMON_SET or on_cluster(cluster, stack, GROUP):
        raise NotApplicable
    if auto_mode(cluster) and cluster.props.items("computeConfig", "nodePools"):
        raise NotApplicable
    pod = pod_of(resource)
    if pod.has("schedulerName") or fargate_profile_of(resource, stack) is not None:
        raise NotApplicable
    unknown: Undetermined | None = None
    why = []
    for kind in kinds:
        try:
            reason = _refuses(kind, pod, stack)
        except Undetermined as error:
            unknown = error
            continue
        if not reason:
            return
        why.append(f"{kind.name} {reason}")
    if unknown is not None:
        raise unknown
    yield pod.fault("fits no node of its cluster", got="; ".join(why[:4]))


@rule(
    "k8s-service-account-no-wildcard-rights", *BINDINGS, severity="high", enforcement="mandatory", wave=1, across=True
)
def no_wildcard_account(binding: Props, context: Context) -> Faults:
    """No service account may do everything.

    A binding that names a service account leads to no role of the stack with `*` for both verbs and resources.
    """
    stack = context.stack
    accounts = [name for kind, _, name in subjects(context.resource, stack) if kind == "ServiceAccount"]
    if not accounts:
        raise NotApplicable
    name = canonical(binding.text("roleRef", "name") or "", stack)
    kind = CLUSTER_ROLE if binding.get("roleRef", "kind") == "ClusterRole" else ROLE
    for role in stack.of(kind):
        if object_name(role, stack) == name and any(map(everything, role.props.items("rules"))):
            yield binding.fault(f"lets {accounts[0]} do everything, by {role.name}", "roleRef", "name", got=name)


def _refuses(kind: Resource, pod: Props, stack: Stack) -> str:
    """Why nodes of a kind do not take a pod; empty if they do."""
    for taint in _taints(kind):
        if taint[2] in ("NoSchedule", "NoExecute") and not any(
            _tolerates(each, taint) for each in pod.items("tolerations")
        ):
            return f"has the taint {taint[0]}"
    for key, value in pod.pairs("nodeSelector"):
        if reason := lacks(kind, key, str(value.get()), stack):
            return reason
    return ""


def _taints(kind: Resource) -> list[tuple[str, Any, str]]:
    keys = ("taints",) if kind.type == NODE_GROUP else ("spec", "template", "spec", "taints")
    effects = {"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}
    found = []
    for taint in kind.props.items(*keys):
        effect = str(taint.get("effect"))
        found.append((str(taint.get("key")), taint.get("value"), effects.get(effect, effect)))
    return found


def _tolerates(toleration: Props, taint: tuple[str, Any, str]) -> bool:
    key, value, effect = taint
    if toleration.get("effect") not in (None, "", effect):
        return False
    if toleration.get("operator") == "Exists":
        return toleration.get("key") in (None, "", key)
    return bool(toleration.get("key") == key and (toleration.get("value") or "") == (value or ""))
