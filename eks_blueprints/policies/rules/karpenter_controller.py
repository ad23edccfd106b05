"""Karpenter itself: where it runs, what it may do, and what it hears."""

from __future__ import annotations

import re
from datetime import date, datetime

from eks_blueprints.core import versions
from eks_blueprints.core.iam_match import limits
from eks_blueprints.karpenter import releases
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.installed import Installed, charts, karpenters
from eks_blueprints.policies.karpenter import capacity
from eks_blueprints.policies.objects import DEPLOYMENT, pod_of
from eks_blueprints.policies.platform import (
    APPLICATION,
    CHART,
    EC2_NODE_CLASS,
    FARGATE,
    FLUX_RELEASE,
    NODE_GROUP,
    NODE_POOL,
    POLICY,
    RELEASE,
    ROLE_POLICY,
    cluster_of,
    on_cluster,
    version_of,
)
from eks_blueprints.policies.props import Faults, NotApplicable, Props, Undetermined
from eks_blueprints.policies.quantities import quantity
from eks_blueprints.policies.roles import allowing, conditions, documents, gives, unlimited
from eks_blueprints.policies.stack import CLUSTER

QUEUE = "aws:sqs/queue:Queue"
INSTALLERS = (RELEASE, CHART, APPLICATION, FLUX_RELEASE)


@rule(
    "karpenter-interruption-queue-configured",
    *INSTALLERS,
    severity="high",
    enforcement="mandatory",
    wave=1,
    across=True,
)
def interruption_queue(subject: Props, context: Context) -> Faults:
    """Karpenter has an interruption queue."""
    chart = _karpenter(context)
    if not any(_allows_spot(each.props) for each in context.stack.of(NODE_POOL)):
        raise NotApplicable
    queue = chart.values.text("settings", "interruptionQueue")
    keys = ("values", "settings", "interruptionQueue")
    if not queue:
        yield subject.fault("does not receive Spot interruptions", *keys)
    elif "${" not in queue:
        names = [each.inputs.get("name") for each in context.stack.of(QUEUE)]
        if names and queue not in names and all(isinstance(name, str) for name in names):
            yield subject.fault("listens to a queue that does not exist", *keys, got=queue)


@rule(
    "karpenter-controller-placement",
    *INSTALLERS,
    DEPLOYMENT,
    severity="critical",
    enforcement="mandatory",
    wave=1,
    across=True,
)
def placement(subject: Props, context: Context) -> Faults:
    """Karpenter does not run on nodes that it manages.

    Its affinity keeps it off nodes with the label karpenter.sh/nodepool, as the chart's own does, and the stack has
    a managed node group or a Fargate profile for its namespace.
    """
    stack, resource = context.stack, context.resource
    if resource not in karpenters(stack):
        raise NotApplicable
    cluster = cluster_of(resource, stack)
    if cluster is not None and not on_cluster(cluster, stack, NODE_GROUP, FARGATE, "aws:autoscaling/group:Group"):
        yield subject.fault("has no node to run on except those that it launches")
    if resource.type == DEPLOYMENT:
        affinity = pod_of(resource).at("affinity", "nodeAffinity")
    else:
        affinity = _karpenter(context).values.at("affinity", "nodeAffinity")
        if affinity.value is None:
            return
    if not _keeps_off(affinity):
        yield affinity.fault("may run on nodes that it launches itself")


@rule("karpenter-controller-ha", *INSTALLERS, severity="medium", enforcement="advisory", wave=3)
def high_availability(subject: Props, context: Context) -> Faults:
    """Karpenter survives the loss of a node."""
    values = _karpenter(context).values
    count = values.number("replicas")
    if count is not None and count < 2:
        yield subject.fault("runs in one pod", "values", "replicas", got=count)
    memory = values.get("controller", "resources", "requests", "memory")
    if memory is None or (quantity(memory) or 0) < 2**30:
        yield subject.fault("has little memory", "values", "controller", "resources", "requests", "memory", got=memory)


@rule("karpenter-version-compatible", *INSTALLERS, severity="high", enforcement="mandatory", wave=1, across=True)
def compatible(subject: Props, context: Context) -> Faults:
    """The version of Karpenter supports the cluster's Kubernetes version."""
    chart = _karpenter(context)
    match = re.match(r"v?(\d+)\.(\d+)\.(\d+)", chart.version or "")
    if match is None:
        if not subject.is_known("version"):
            raise Undetermined(("version",))
        yield subject.fault("has no pinned version", "version", got=chart.version)
        return
    found = tuple(int(each) for each in match.groups())
    minor = version_of(cluster_of(context.resource, context.stack))
    if found == (1, 8, 4):
        yield subject.fault("is a release that was broken", "version", got=chart.version, do="use another one")
    if minor is None:
        return
    needed = releases.oldest_for(f"1.{minor}")
    if needed is None:
        raise Undetermined(("version",), f"may not know Kubernetes 1.{minor}: it is newer than the table")
    if found < releases.parts(needed):
        do = f"use {needed} or newer"
        yield subject.fault(f"does not know Kubernetes 1.{minor}", "version", got=chart.version, do=do)


@rule("karpenter-crds-managed", *INSTALLERS, severity="medium", enforcement="advisory", wave=3, across=True)
def crds(subject: Props, context: Context) -> Faults:
    """Karpenter's CRDs are updated together with Karpenter."""
    chart = _karpenter(context)
    found = charts(context.stack, "karpenter-crd")
    if not found:
        yield subject.fault("leaves its definitions as they were first installed", "chart")
    elif subject.get("version") and found[0].version != chart.version and found[0].version and chart.version:
        yield subject.fault(f"is not of the version of {found[0].resource.name}", "version", got=chart.version)


@rule("karpenter-iam-scoped", POLICY, ROLE_POLICY, severity="high", enforcement="advisory", wave=2, across=True)
def iam_scoped(_: Props, context: Context) -> Faults:
    """Karpenter can terminate only nodes of its cluster, and pass only the node role.

    A statement that allows ec2:TerminateInstances on everything is conditioned on tags, and one that allows
    iam:PassRole names the role, or the service that it is passed to.
    """
    asked = False
    for document in documents(context.resource):
        allowed = list(allowing(document))
        wanted = ("ec2:CreateFleet", "ec2:RunInstances", "ec2:TerminateInstances")
        if not all(any(gives(statement, each) for statement in allowed) for each in wanted):
            continue
        asked = True
        for statement in allowed:
            found = conditions(statement)
            tagged = limits([each for each in found if "tag" in each[1].lower()])
            if gives(statement, "ec2:TerminateInstances") and not tagged:
                yield document.fault("may end every instance of the account", got="ec2:TerminateInstances")
            if gives(statement, "iam:PassRole") and unlimited(statement) and not limits(found, "iam:PassedToService"):
                yield document.fault("may pass any role", got="iam:PassRole")
    if not asked:
        raise NotApplicable


@rule(
    "karpenter-pinned-alias-available-for-target",
    EC2_NODE_CLASS,
    severity="high",
    enforcement="advisory",
    wave=3,
    across=True,
)
def alias_available(found: Props, context: Context) -> Faults:
    """A pinned node image is available for the cluster's Kubernetes version."""
    minor = version_of(cluster_of(context.resource, context.stack))
    release = versions.releases().get(f"1.{minor}") if minor is not None else None
    asked = False
    for term in found.items("spec", "amiSelectorTerms"):
        match = re.fullmatch(r"al2023@v(\d{8})", str(term.get("alias")))
        if match is None or release is None or release.eks_release is None:
            continue
        asked = True
        if _day(match[1]) < release.eks_release:
            yield term.fault(
                f"is older than Kubernetes 1.{minor} on EKS, and has no image for it", "alias", got=term.get("alias")
            )
    if not asked:
        raise NotApplicable


@rule(
    "automode-custom-nodepools-in-production",
    CLUSTER,
    severity="medium",
    enforcement="advisory",
    wave=3,
    across=True,
    production_only=True,
)
def custom_pools(cluster: Props) -> Faults:
    """In production Auto Mode uses node pools with limits."""
    if cluster.flag("computeConfig", "enabled") is not True:
        raise NotApplicable
    if "general-purpose" in cluster.words("computeConfig", "nodePools"):
        yield cluster.fault("uses a pool that has no limits", "computeConfig", "nodePools", got="general-purpose")


def _karpenter(context: Context) -> Installed:
    for chart in charts(context.stack, "karpenter"):
        if chart.resource is context.resource:
            return chart
    raise NotApplicable


def _allows_spot(pool: Props) -> bool:
    try:
        return "spot" in capacity(pool)
    except Undetermined:
        return False


def _keeps_off(affinity: Props) -> bool:
    for term in affinity.items("requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"):
        for each in term.items("matchExpressions"):
            if each.get("key") == "karpenter.sh/nodepool" and each.get("operator") == "DoesNotExist":
                return True
            if each.get("key") == "eks.amazonaws.com/nodegroup":
                return True
    return False


def _day(digits: str) -> date:
    return datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007 - a calendar day
