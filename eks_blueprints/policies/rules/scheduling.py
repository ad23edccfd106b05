"""Rules across a platform that no other catalogue has."""

from __future__ import annotations

from eks_blueprints.karpenter.fitting import Nodes, fit
from eks_blueprints.karpenter.labels import OPERATING_SYSTEM
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.node_kinds import kinds_of
from eks_blueprints.policies.objects import DAEMON_SET, WORKLOADS, canonical, object_name, pod_of
from eks_blueprints.policies.platform import cluster_of, fargate_profile_of
from eks_blueprints.policies.pod_needs import needs_of
from eks_blueprints.policies.props import Faults, NotApplicable, Props, Undetermined
from eks_blueprints.policies.rbac import BINDINGS, CLUSTER_ROLE, ROLE, everything, subjects


@rule("k8s-workload-schedulable", *WORKLOADS, severity="high", enforcement="mandatory", wave=1, across=True)
def schedulable(_: Props, context: Context) -> Faults:
    """There are nodes on which the pods of a workload can run.

    Of all compute of a cluster that the stack makes (node groups, Auto Scaling groups, node pools, those that EKS Auto
    Mode brings), at least one kind has no taint that a workload does not tolerate, the labels that its
    nodeSelector and node affinity ask for (those it is given, and those that nodes of its source carry by
    themselves), and an instance type with the cores, memory, disk and devices that it requests. Pods of a Fargate
    profile are taken by it. Where a kind of node might do and it is not known whether it does, the verdict is
    undetermined and says what it hangs on.
    """
    resource, stack = context.resource, context.stack
    cluster = cluster_of(resource, stack)
    if cluster is None or resource.type == DAEMON_SET:
        raise NotApplicable
    pod = pod_of(resource)
    if pod.has("schedulerName") or fargate_profile_of(resource, stack) is not None:
        raise NotApplicable
    kinds, unknown = kinds_of(cluster, stack)
    if not kinds and unknown is None:
        raise NotApplicable
    needs = needs_of(resource)
    why = []
    for nodes in kinds:
        answer = fit(nodes, needs)
        if answer.takes:
            return
        if answer.refused:
            why.append(f"{nodes.name} {answer.refused}")
        else:
            unknown = unknown or Undetermined(pod.path, f"may fit {nodes.name}: {answer.unknown}")
    if unknown is not None:
        raise unknown
    yield pod.fault("fits no node of its cluster", got="; ".join(why[:4]))


@rule("k8s-pod-os-selected", *WORKLOADS, severity="medium", enforcement="advisory", wave=2, across=True)
def system_selected(_: Props, context: Context) -> Faults:
    """Pods of a cluster with Windows nodes say on which operating system they run.

    A pod that has no nodeSelector or node affinity on kubernetes.io/os, and no `os`, is a finding if a kind of node
    that runs Windows would take it: by taints, other labels, and the cores, memory and disk that it requests.
    """
    resource, stack = context.resource, context.stack
    cluster = cluster_of(resource, stack)
    kinds = kinds_of(cluster, stack)[0] if cluster is not None else []
    windows = [each for each in kinds if _runs_windows(each)]
    pod = pod_of(resource)
    if not windows or pod.has("schedulerName") or fargate_profile_of(resource, stack) is not None:
        raise NotApplicable
    needs = needs_of(resource)
    if all(any(each.key == OPERATING_SYSTEM for each in conditions) for conditions in needs.alternatives):
        return
    for nodes in windows:
        if not fit(nodes, needs).refused:
            do = "add nodeSelector: {kubernetes.io/os: linux}, or taint those nodes"
            yield pod.fault(f"may be placed on {nodes.name}, which runs Windows", "nodeSelector", do=do)
            return


def _runs_windows(nodes: Nodes) -> bool:
    found = nodes.labels.get(OPERATING_SYSTEM)
    return found is not None and found.values == frozenset({"windows"})


@rule(
    "k8s-service-account-no-wildcard-rights", *BINDINGS, severity="high", enforcement="mandatory", wave=1, across=True
)
def no_wildcard_account(binding: Props, context: Context) -> Faults:
    """Service accounts do not have all rights.

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
            yield binding.fault(f"allows {accounts[0]} to do everything, by {role.name}", "roleRef", "name", got=name)
