"""The Cluster Autoscaler, and what does not go with it."""

from __future__ import annotations

import re

from eks_blueprints.policies.addresses import subnets_of
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.installed import charts, cluster_autoscalers, images, karpenters, running
from eks_blueprints.policies.objects import DEPLOYMENT, STATEFUL_SET
from eks_blueprints.policies.platform import (
    APPLICATION,
    CHART,
    FLUX_RELEASE,
    GROUP,
    NODE_GROUP,
    NODE_POOL,
    POLICY,
    RELEASE,
    ROLE_POLICY,
    auto_mode,
    cluster_of,
    on_cluster,
    version_of,
)
from eks_blueprints.policies.props import Faults, NotApplicable, Props, Undetermined
from eks_blueprints.policies.roles import allowing, conditions, documents, gives, unlimited, values
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.policies.volumes import is_ebs, templates_of

INSTALLERS = (RELEASE, CHART, APPLICATION, FLUX_RELEASE, DEPLOYMENT)


@rule(
    "cluster-autoscaler-not-with-karpenter",
    *INSTALLERS,
    severity="critical",
    enforcement="mandatory",
    wave=1,
    across=True,
)
def not_with_karpenter(subject: Props, context: Context) -> Faults:
    """Cluster Autoscaler and Karpenter do not scale the same nodes.

    The Cluster Autoscaler does not share a cluster with Karpenter, a NodePool or Auto Mode, unless every node group
    that it may scale has a NoSchedule taint and, where the stack makes node pools, so has each of them.
    """
    stack, resource = context.stack, context.resource
    if resource not in cluster_autoscalers(stack):
        raise NotApplicable
    cluster = cluster_of(resource, stack)
    pools = on_cluster(cluster, stack, NODE_POOL)
    others = [*karpenters(stack), *pools]
    if not others and not auto_mode(cluster):
        return
    groups = on_cluster(cluster, stack, NODE_GROUP)
    separate = bool(groups) and all(map(_is_tainted_group, groups)) and not on_cluster(cluster, stack, GROUP)
    if separate and bool(pools) and all(map(_is_tainted_pool, pools)):
        return
    name = others[0].name if others else "Auto Mode"
    yield subject.fault(f"adds nodes for the same pods as {name}")


@rule("cluster-autoscaler-version-match", *INSTALLERS, severity="medium", enforcement="mandatory", wave=2, across=True)
def version_match(subject: Props, context: Context) -> Faults:
    """The version of the Cluster Autoscaler matches the cluster's Kubernetes version."""
    stack, resource = context.stack, context.resource
    if resource not in cluster_autoscalers(stack):
        raise NotApplicable
    minor = version_of(cluster_of(resource, stack))
    tag = _image_tag(resource, stack)
    match = re.match(r"v?1\.(\d+)", tag or "")
    if minor is None or match is None:
        if minor is not None and tag is None:
            raise Undetermined(("values", "image", "tag"), "runs the version of the chart")
        raise NotApplicable
    if int(match[1]) != minor:
        yield subject.fault(f"is not made for Kubernetes 1.{minor}", "values", "image", "tag", got=tag)


@rule(
    "cluster-autoscaler-iam-scoped", POLICY, ROLE_POLICY, severity="medium", enforcement="advisory", wave=2, across=True
)
def iam_scoped(_: Props, context: Context) -> Faults:
    """The Cluster Autoscaler can change only the node groups of its cluster."""
    asked = False
    for document in documents(context.resource):
        for statement in allowing(document):
            if not gives(
                statement, "autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"
            ):
                continue
            asked = True
            keys = [key.lower() for _, key, _ in conditions(statement)]
            scoped = any(
                "resourcetag/k8s.io/cluster-autoscaler" in k or "resourcetag/kubernetes.io/cluster" in k for k in keys
            )
            if not scoped and unlimited(statement):
                got = values(statement, "Action")
                yield document.fault("may scale the groups of every cluster", got=got)
    if not asked:
        raise NotApplicable


@rule("cluster-autoscaler-ebs-zonal-groups", NODE_GROUP, severity="medium", enforcement="advisory", wave=1, across=True)
def zonal_groups(group: Props, context: Context) -> Faults:
    """The Cluster Autoscaler can choose the zone that a volume is in.

    Where the stack has the Cluster Autoscaler and a StatefulSet with EBS volumes, each node group without a taint
    is in one zone, and the chart of the autoscaler sets balance-similar-node-groups.
    """
    stack, resource = context.stack, context.resource
    installed = cluster_autoscalers(stack)
    if not installed or not _has_ebs_set(stack) or _is_tainted_group(resource):
        raise NotApplicable
    zones = {subnet.zone for subnet in subnets_of(resource, stack, "subnetIds")}
    if len(zones) > 1:
        yield group.fault("spans zones, and volumes are in one", "subnetIds", got=sorted(map(str, zones)))
    for chart in charts(stack, "cluster-autoscaler"):
        if chart.values.flag("extraArgs", "balance-similar-node-groups") is not True:
            yield group.fault(
                f"is not balanced with similar groups by {chart.resource.name}",
                "subnetIds",
                do="set extraArgs.balance-similar-node-groups",
            )


@rule(
    "node-termination-handler-not-with-karpenter",
    *INSTALLERS,
    severity="medium",
    enforcement="advisory",
    wave=3,
    across=True,
)
def no_termination_handler(subject: Props, context: Context) -> Faults:
    """Node Termination Handler is not used with Karpenter."""
    stack, resource = context.stack, context.resource
    if resource not in running(stack, "aws-node-termination-handler"):
        raise NotApplicable
    if karpenters(stack):
        yield subject.fault("empties nodes that Karpenter empties")
    elif stack.of(NODE_GROUP) and not stack.of(GROUP):
        yield subject.fault("empties nodes that managed node groups empty")


def _image_tag(resource: Resource, stack: Stack) -> str | None:
    if resource.type == DEPLOYMENT:
        found = [image for image in images(resource) if "cluster-autoscaler" in image]
        return found[0].rpartition(":")[2] if found else None
    for chart in charts(stack, "cluster-autoscaler"):
        if chart.resource is resource:
            tag = chart.values.get("image", "tag")
            return str(tag) if tag is not None else None
    return None


def _is_tainted_group(group: Resource) -> bool:
    return any(taint.get("effect") in ("NO_SCHEDULE", "NO_EXECUTE") for taint in group.props.items("taints"))


def _is_tainted_pool(pool: Resource) -> bool:
    taints = pool.props.items("spec", "template", "spec", "taints")
    return any(taint.get("effect") in ("NoSchedule", "NoExecute") for taint in taints)


def _has_ebs_set(stack: Stack) -> bool:
    return any(is_ebs(t.at("spec"), stack) for each in stack.of(STATEFUL_SET) for t in templates_of(each))
