"""Pods that Fargate runs, and what it cannot run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from eks_blueprints.policies.addresses import is_public, subnets_of
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.objects import (
    CRON_JOB,
    DAEMON_SET,
    INGRESS,
    JOB,
    SERVICE,
    WORKLOADS,
    containers_of,
    namespace_of,
    pod_of,
    selected,
)
from eks_blueprints.policies.platform import FARGATE, cluster_of, compute, fargate_profile_of, on_cluster
from eks_blueprints.policies.pods import pod_rule
from eks_blueprints.policies.props import Faults, NotApplicable, Props
from eks_blueprints.policies.quantities import quantity
from eks_blueprints.policies.stack import Resource
from eks_blueprints.policies.volumes import claims_of, is_dynamic_efs, is_ebs
from eks_blueprints.provisioning.fargate import MOST_CPU, MOST_MEMORY, RESERVED_MEMORY
from eks_blueprints.provisioning.fargate_limits import ACCELERATORS, HOST_FIELDS, NODE_LABELS, OTHER_MACHINES

_NLB_TARGETS = "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type"
_ALB_TARGETS = "alb.ingress.kubernetes.io/target-type"
_ELB = re.compile(r"alb|(.*/)?(alb|nlb)")


def fargate_pods(context: Context) -> Iterator[Props]:
    """The pod of a workload that Fargate runs."""
    if context.stack.of(FARGATE) and fargate_profile_of(context.resource, context.stack) is not None:
        yield pod_of(context.resource)


@rule("fargate-no-daemonset", DAEMON_SET, severity="high", enforcement="mandatory", wave=1, across=True)
def no_daemon_set(_: Props, context: Context) -> Faults:
    """No DaemonSet is expected to run on Fargate."""
    stack, resource = context.stack, context.resource
    if not stack.of(FARGATE):
        raise NotApplicable
    if any(map(_excludes_fargate, _node_requirements(pod_of(resource)))):
        return
    cluster = cluster_of(resource, stack)
    profile = fargate_profile_of(resource, stack)
    if profile is not None:
        yield resource.props.fault(f"matches {profile.name}, and Fargate runs no DaemonSet", "metadata", "namespace")
    elif not compute(cluster, stack) and on_cluster(cluster, stack, FARGATE):
        yield resource.props.fault("has no node to run on: the cluster has Fargate alone")


@pod_rule("fargate-no-custom-ami-or-node-options", "high", each=fargate_pods, across=True)
def no_node_options(pod: Props) -> Faults:
    """Fargate pods do not select node types."""
    for key, value in pod.pairs("nodeSelector"):
        if NODE_LABELS.fullmatch(key):
            yield pod.fault("chooses a kind of node, and Fargate has none", "nodeSelector", key, got=value.value)
    for requirement in _node_requirements(pod):
        key = requirement.get("key")
        if isinstance(key, str) and NODE_LABELS.fullmatch(key) and requirement.get("operator") in ("In", "Exists"):
            yield requirement.fault("chooses a kind of node, and Fargate has none", "key", got=key)


@pod_rule("fargate-no-privileged-or-host-access", "high", each=fargate_pods, across=True)
def no_host(pod: Props, context: Context) -> Faults:
    """Fargate pods are not privileged and do not access the host."""
    for key in HOST_FIELDS:
        if pod.flag(key):
            yield pod.fault("uses the host, which Fargate refuses", key, got=True)
    for volume in pod.items("volumes"):
        if volume.has("hostPath"):
            yield volume.fault("uses the host, which Fargate refuses", "hostPath")
    for container in containers_of(context.resource):
        if container.flag("securityContext", "privileged"):
            yield container.fault("is privileged, which Fargate refuses", "securityContext", "privileged", got=True)
        for port in container.items("ports"):
            if port.has("hostPort") and port.get("hostPort") != 0:
                yield port.fault("uses a port of the host, which Fargate refuses", "hostPort", got=port.get("hostPort"))


@pod_rule("fargate-no-gpu-arm-or-windows", "high", each=fargate_pods, across=True)
def no_special_hardware(pod: Props, context: Context) -> Faults:
    """Fargate pods do not need GPUs, Arm or Windows."""
    for container in containers_of(context.resource):
        for kind in ("limits", "requests"):
            for key, _ in container.pairs("resources", kind):
                if ACCELERATORS.fullmatch(key):
                    yield container.fault("needs an accelerator, and Fargate has none", "resources", kind, key)
    for key, wrong in OTHER_MACHINES:
        if pod.get("nodeSelector", key) == wrong:
            yield pod.fault(f"needs {wrong}, which Fargate does not support", "nodeSelector", key, got=wrong)


@rule("fargate-no-ebs-or-dynamic-volumes", *WORKLOADS, severity="high", enforcement="mandatory", wave=1, across=True)
def no_volumes(_: Props, context: Context) -> Faults:
    """Fargate pods use no EBS volumes and no dynamically provisioned EFS volumes."""
    if not list(fargate_pods(context)):
        raise NotApplicable
    for claim in claims_of(context.resource, context.stack):
        if is_ebs(claim, context.stack):
            yield claim.fault("is an EBS volume, which Fargate cannot mount")
        elif is_dynamic_efs(claim, context.stack):
            yield claim.fault("is provisioned dynamically, which Fargate cannot do")


@rule("fargate-private-subnets", FARGATE, severity="high", enforcement="mandatory", wave=1, across=True)
def private_subnets(profile: Props, context: Context) -> Faults:
    """Fargate runs pods in private subnets."""
    for subnet in subnets_of(context.resource, context.stack, "subnetIds"):
        if why := is_public(subnet.resource, context.stack):
            yield profile.fault(f"is in {subnet.resource.name}, which {why}", "subnetIds")


@rule(
    "fargate-load-balancer-ip-targets",
    SERVICE,
    INGRESS,
    severity="medium",
    enforcement="mandatory",
    wave=2,
    across=True,
)
def ip_targets(subject: Props, context: Context) -> Faults:
    """Load balancers use IP targets for Fargate pods."""
    stack, resource = context.stack, context.resource
    if not stack.of(FARGATE):
        raise NotApplicable
    services = [resource] if resource.type == SERVICE else _services_of(resource, context)
    if not any(_on_fargate(service, context) for service in services):
        raise NotApplicable
    if resource.type == INGRESS:
        if not _ELB.fullmatch(str(subject.get("spec", "ingressClassName") or "alb")):
            raise NotApplicable
        target = subject.get("metadata", "annotations", _ALB_TARGETS)
        if target != "ip":
            yield subject.fault("sends traffic to nodes", "metadata", "annotations", _ALB_TARGETS, got=target)
        return
    kind = subject.get("spec", "type")
    if kind == "NodePort":
        yield subject.fault("listens on nodes, and Fargate has none", "spec", "type", got=kind)
    elif kind == "LoadBalancer" and subject.get("metadata", "annotations", _NLB_TARGETS) != "ip":
        yield subject.fault("sends traffic to nodes", "metadata", "annotations", _NLB_TARGETS)


@rule("fargate-selector-not-catch-all", FARGATE, severity="medium", enforcement="advisory", wave=3)
def narrow_selectors(profile: Props) -> Faults:
    """A Fargate profile does not select every pod."""
    selectors = profile.items("selectors")
    for selector in selectors:
        if selector.get("namespace") == "*" and not selector.pairs("labels"):
            yield selector.fault("selects every pod of the cluster", "namespace", got="*")
    if len(selectors) > 5:
        yield profile.fault("has more selectors than EKS allows", "selectors", got=len(selectors))


@pod_rule("fargate-requests-set", "medium", each=fargate_pods, wave=2, across=True)
def requests_set(pod: Props) -> Faults:
    """Fargate pods have resource requests that fit a Fargate size."""
    cpu = memory = 0.0
    for container in pod.items("containers"):
        for key in ("cpu", "memory"):
            if not container.has("resources", "requests", key):
                yield container.fault(f"requests no {key}, which is what Fargate sizes", "resources", "requests", key)
        cpu += quantity(container.get("resources", "requests", "cpu")) or 0
        memory += quantity(container.get("resources", "requests", "memory")) or 0
    if cpu > MOST_CPU / 1000:
        yield pod.fault(f"requests more than the {MOST_CPU // 1000} vCPU of Fargate", "containers", got=cpu)
    if memory + RESERVED_MEMORY > MOST_MEMORY:
        most = f"{MOST_MEMORY // 2**30} GiB of Fargate, less the {RESERVED_MEMORY // 2**20} MiB that it keeps"
        yield pod.fault(f"requests more than the {most}", "containers", got=memory)


@rule("fargate-job-ttl", JOB, CRON_JOB, severity="low", enforcement="advisory", wave=3, across=True)
def job_ttl(job: Props, context: Context) -> Faults:
    """Finished jobs on Fargate are removed."""
    if not list(fargate_pods(context)):
        raise NotApplicable
    if context.resource.type == JOB:
        if not job.has("spec", "ttlSecondsAfterFinished"):
            yield job.fault("is billed after it has finished", "spec", "ttlSecondsAfterFinished")
        return
    for key, default in (("successfulJobsHistoryLimit", 3), ("failedJobsHistoryLimit", 1)):
        number = job.number("spec", key)
        if (default if number is None else number) > 3:
            yield job.fault("keeps many finished jobs, which are billed", "spec", key, got=number)


def _node_requirements(pod: Props) -> Iterator[Props]:
    keys = ("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
    for term in pod.items(*keys):
        yield from term.items("matchExpressions")


def _excludes_fargate(requirement: Props) -> bool:
    if requirement.get("key") != "eks.amazonaws.com/compute-type":
        return False
    operator, values = requirement.get("operator"), requirement.words("values")
    if operator == "In":
        return "fargate" not in values
    return operator == "DoesNotExist" or (operator == "NotIn" and "fargate" in values)


def _services_of(ingress: Resource, context: Context) -> list[Resource]:
    named: set[Any] = set()
    backends = [ingress.props.at("spec", "defaultBackend")]
    for each in ingress.props.items("spec", "rules"):
        backends += [path.at("backend") for path in each.items("http", "paths")]
    named = {backend.text("service", "name") for backend in backends if backend.value is not None}
    namespace = namespace_of(ingress, context.stack)
    found = [each for each in context.stack.of(SERVICE) if namespace_of(each, context.stack) == namespace]
    return [each for each in found if each.props.text("metadata", "name") in named]


def _on_fargate(service: Resource, context: Context) -> bool:
    selector = {"matchLabels": service.props.get("spec", "selector")}
    if not selector["matchLabels"]:
        return False
    found = selected(context.stack, namespace_of(service, context.stack), selector)
    return any(fargate_profile_of(each, context.stack) is not None for each in found)
