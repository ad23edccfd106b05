"""Rules across a platform that no other catalogue has."""

from __future__ import annotations

from typing import Any

from eks_blueprints.core.facts.ami_types import ami_types
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
from eks_blueprints.policies.rule import Context, rule
from eks_blueprints.policies.rules.rbac import CLUSTER_ROLE, ROLE
from eks_blueprints.policies.rules.secrets import BINDINGS, subjects
from eks_blueprints.policies.stack import Resource

_KNOWN = ("kubernetes.io", "k8s.io", "eks.amazonaws.com", "karpenter.sh", "k8s.aws")
"""Ends of the domains whose labels nodes get by themselves."""


@rule("k8s-workload-schedulable", *WORKLOADS, severity="high", enforcement="mandatory", wave=1, across=True)
def schedulable(_: Props, context: Context) -> Faults:
    """There is a kind of node that takes a workload's pods.

    Where the stack makes all compute of a cluster (node groups and node pools; no Auto Mode pools that are built in,
    no Auto Scaling groups), at least one of them has no taint that a workload does not tolerate, and the labels and
    the architecture that its nodeSelector asks for. Pods of a Fargate profile are taken by that.
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
            reason = _refuses(kind, pod)
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
        if object_name(role, stack) == name and _is_wild(role):
            yield binding.fault(f"lets {accounts[0]} do everything, by {role.name}", "roleRef", "name", got=name)


def _is_wild(role: Resource) -> bool:
    return any("*" in each.words("verbs") and "*" in each.words("resources") for each in role.props.items("rules"))


def _refuses(kind: Resource, pod: Props) -> str:
    """Why nodes of a kind do not take a pod; empty if they do."""
    for taint in _taints(kind):
        if taint[2] in ("NoSchedule", "NoExecute") and not any(
            _tolerates(each, taint) for each in pod.items("tolerations")
        ):
            return f"has the taint {taint[0]}"
    for key, value in pod.pairs("nodeSelector"):
        offered = _offers(kind, key)
        if offered is not None and str(value.get()) not in offered:
            return f"has no {key}={value.get()}"
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


def _offers(kind: Resource, key: str) -> set[str] | None:
    """The values of a label that nodes of a kind have; None where they may have any."""
    if kind.type == NODE_GROUP:
        labels = kind.props.at("labels")
        if key == "kubernetes.io/arch" and (ami := ami_types().get(str(kind.props.get("amiType")))):
            return {"arm64" if ami.architecture == "arm64" else "amd64"}
        if labels.value is not None and labels.has(key):
            return {str(labels.get(key))}
        return None if _is_given(key) else set()
    template = kind.props.at("spec", "template")
    if template.has("metadata", "labels", key):
        return {str(template.get("metadata", "labels", key))}
    for requirement in template.items("spec", "requirements"):
        if requirement.get("key") == key:
            return set(requirement.words("values")) if requirement.get("operator") == "In" else None
    return None if _is_given(key) else set()


def _is_given(key: str) -> bool:
    domain = key.partition("/")[0] if "/" in key else ""
    return domain.endswith(_KNOWN)
