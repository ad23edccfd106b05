"""How workloads are reached: services, load balancers and ingresses."""

from __future__ import annotations

import re
from typing import Any

from eks_blueprints.core.address_ranges import is_world
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.objects import (
    INGRESS,
    SERVICE,
    WORKLOADS,
    containers_of,
    namespace_of,
    object_name,
    others_make_pods,
    pod_of,
    selected,
    workloads,
)
from eks_blueprints.policies.platform import RELEASE
from eks_blueprints.policies.props import Faults, NotApplicable, Props
from eks_blueprints.policies.stack import Resource, Stack

_NLB = "service.beta.kubernetes.io/aws-load-balancer-"
_ALB = "alb.ingress.kubernetes.io/"
_OF_CONTROLLERS = (
    "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-completion-index",
    "batch.kubernetes.io/job-name",
    "controller-revision-hash",
    "job-name",
    "pod-template-generation",
    "pod-template-hash",
    "statefulset.kubernetes.io/pod-name",
)
"""Labels that pods get from what makes them."""
_TILLER = re.compile(r"(?:^|-)tiller(?:$|[-:@])")
_OLD_TLS = ("ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS-1-0-2015-04", "ELBSecurityPolicy-TLS-1-1-2017-01")


@rule("k8s-load-balancer-scheme-explicit", SERVICE, INGRESS, severity="medium", enforcement="advisory", wave=3)
def scheme_explicit(subject: Props, context: Context) -> Faults:
    """The scheme of a load balancer (internal or internet-facing) is set explicitly."""
    key = _NLB + "scheme" if context.resource.type == SERVICE else _ALB + "scheme"
    if not _is_balanced(subject, context.resource):
        raise NotApplicable
    found = subject.get("metadata", "annotations", key)
    if found not in ("internal", "internet-facing"):
        yield subject.fault("does not say whether it faces the internet", "metadata", "annotations", key, got=found)


@rule(
    "k8s-load-balancer-source-ranges", SERVICE, severity="high", enforcement="advisory", production="mandatory", wave=2
)
def source_ranges(service: Props) -> Faults:
    """Only web ports are open to the internet."""
    if service.get("spec", "type") != "LoadBalancer":
        raise NotApplicable
    if service.get("metadata", "annotations", _NLB + "scheme") != "internet-facing":
        raise NotApplicable
    ports = [port.get("port") for port in service.items("spec", "ports")]
    others = [port for port in ports if port not in (80, 443)]
    if not others:
        return
    ranges = service.words("spec", "loadBalancerSourceRanges")
    given = service.get("metadata", "annotations", "service.beta.kubernetes.io/load-balancer-source-ranges")
    ranges += [each.strip() for each in str(given).split(",")] if given else []
    if not ranges or is_world(ranges):
        yield service.fault("opens more than the web to everyone", "spec", "loadBalancerSourceRanges", got=others)


@rule("k8s-load-balancer-controller-class", SERVICE, severity="low", enforcement="advisory", wave=3, across=True)
def balancer_class(service: Props) -> Faults:
    """Load balancers are managed by the AWS Load Balancer Controller or Auto Mode."""
    if service.get("spec", "type") != "LoadBalancer":
        raise NotApplicable
    found = service.get("spec", "loadBalancerClass")
    kind = service.get("metadata", "annotations", _NLB + "type")
    if found not in ("service.k8s.aws/nlb", "eks.amazonaws.com/nlb") and kind not in ("external", "nlb-ip"):
        yield service.fault("is created by the controller in Kubernetes itself", "spec", "loadBalancerClass", got=found)


@rule(
    "k8s-load-balancer-tls", SERVICE, INGRESS, severity="high", enforcement="advisory", production="mandatory", wave=2
)
def tls(subject: Props, context: Context) -> Faults:
    """Internet-facing load balancers use TLS."""
    notes = subject.at("metadata", "annotations")
    if context.resource.type == SERVICE:
        if subject.get("spec", "type") != "LoadBalancer" or notes.get(_NLB + "scheme") != "internet-facing":
            raise NotApplicable
        ports = [str(port.get("name")) for port in subject.items("spec", "ports")]
        if not notes.has(_NLB + "ssl-cert") and not any("https" in name or "tls" in name for name in ports):
            yield subject.fault("communicates without encryption", "metadata", "annotations", _NLB + "ssl-cert")
        policy = notes.get(_NLB + "ssl-negotiation-policy")
    else:
        if not _is_balanced(subject, context.resource) or notes.get(_ALB + "scheme") != "internet-facing":
            raise NotApplicable
        yield from _ingress_tls(subject, notes)
        policy = notes.get(_ALB + "ssl-policy")
    if policy in _OLD_TLS:
        yield subject.fault("uses a TLS version that is broken", "metadata", "annotations", got=policy)


@rule("k8s-no-service-external-ips", SERVICE, severity="high", enforcement="mandatory", wave=1, patches=True)
def no_external_ips(service: Props) -> Faults:
    """Services use no externalIPs."""
    if found := service.items("spec", "externalIPs"):
        yield service.fault("uses addresses of others", "spec", "externalIPs", got=[each.value for each in found])


@rule("k8s-no-node-port", SERVICE, severity="low", enforcement="advisory", wave=3)
def no_node_port(service: Props, context: Context) -> Faults:
    """Services use no node ports.

    A NodePort service fails, unless an ALB ingress of its namespace with instance targets sends traffic to it.
    """
    if service.get("spec", "type") != "NodePort":
        return
    stack = context.stack
    name, namespace = object_name(context.resource, stack), namespace_of(context.resource, stack)
    for ingress in stack.of(INGRESS):
        if namespace_of(ingress, stack) != namespace or name not in _backends(ingress):
            continue
        if ingress.props.get("metadata", "annotations", _ALB + "target-type") != "ip":
            return
    yield service.fault("opens a port on every node", "spec", "type", got="NodePort")


@rule("k8s-service-selects-workload", SERVICE, severity="medium", enforcement="advisory", wave=3, across=True)
def service_selects(service: Props, context: Context) -> Faults:
    """A Service matches pods that have its ports.

    XX
        tools or operators may make the pods, a service that selects none is not judged.
    """
    given = service.get("spec", "selector")
    namespace = namespace_of(context.resource, context.stack)
    if not given or not workloads(context.stack, namespace):
        raise NotApplicable
    selector = {key: value for key, value in given.items() if key not in _OF_CONTROLLERS}
    found = selected(context.stack, namespace, {"matchLabels": selector})
    if not found:
        if others_make_pods(context.stack, namespace):
            raise NotApplicable
        yield service.fault("selects no workload of its namespace", "spec", "selector", got=selector)
        return
    open_ports = [port for each in found for c in containers_of(each) for port in c.items("ports")]
    names = {str(port.get("name")) for port in open_ports}
    # The ports of a headless Service lead nowhere: its name has the addresses of the pods.
    is_headless = service.get("spec", "clusterIP") == "None"
    numbers = set() if is_headless else {str(port.get("containerPort")) for port in open_ports}
    for port in service.items("spec", "ports"):
        key = "targetPort" if port.has("targetPort") else "port"
        target = str(port.get(key))
        if not target.isdigit() and target not in names:
            yield port.fault("points to a port that no container names", key, got=target)
        elif target.isdigit() and numbers and target not in numbers:
            yield port.fault("points to a port that no container declares", key, got=target)


def _is_balanced(subject: Props, resource: Resource) -> bool:
    if resource.type == SERVICE:
        return bool(subject.get("spec", "type") == "LoadBalancer")
    found = subject.get("spec", "ingressClassName") or subject.get(
        "metadata", "annotations", "kubernetes.io/ingress.class"
    )
    return "alb" in str(found).lower()


def _ingress_tls(ingress: Props, notes: Props) -> Faults:
    ports = notes.document(_ALB + "listen-ports").value
    https = any("HTTPS" in each for each in ports) if isinstance(ports, list) else None
    certified = notes.has(_ALB + "certificate-arn") or bool(ingress.items("spec", "tls"))
    if https is False or (https is None and not certified):
        yield ingress.fault("communicates without encryption", "metadata", "annotations", _ALB + "listen-ports")
    elif isinstance(ports, list) and any("HTTP" in each for each in ports) and not notes.has(_ALB + "ssl-redirect"):
        yield ingress.fault(
            "serves what should be encrypted in plain", "metadata", "annotations", _ALB + "ssl-redirect"
        )


def _backends(ingress: Resource) -> list[Any]:
    found = [ingress.props.text("spec", "defaultBackend", "service", "name")]
    for each in ingress.props.items("spec", "rules"):
        found += [path.text("backend", "service", "name") for path in each.items("http", "paths")]
    return found


@rule(
    "k8s-no-dashboard-or-tiller",
    *WORKLOADS,
    SERVICE,
    RELEASE,
    severity="critical",
    enforcement="mandatory",
    wave=1,
    across=True,
)
def no_dashboard(subject: Props, context: Context) -> Faults:
    """Neither Tiller nor an open dashboard is installed.

    Nothing runs an image of tiller and no Service is named for it; the Kubernetes dashboard is not made
    reachable by a LoadBalancer service, and has no binding to cluster-admin in the stack.
    """
    resource, stack = context.resource, context.stack
    if resource.type == SERVICE:
        subject.text("metadata", "name")
        name = object_name(resource, stack)
        if _TILLER.search(name):
            yield subject.fault("is for Tiller", "metadata", "name", got=name)
        elif "kubernetes-dashboard" in name and subject.get("spec", "type") == "LoadBalancer":
            yield subject.fault("shows the dashboard to everyone", "spec", "type", got="LoadBalancer")
    elif resource.type != RELEASE:
        for image in _images(resource):
            if _TILLER.search(image.rpartition("/")[2]):
                yield subject.fault("is Tiller", got=image)
            elif "kubernetesui/dashboard" in image and _is_admin(resource, stack):
                yield subject.fault("is a dashboard that may do anything", got=image)
    elif subject.text("chart") == "kubernetes-dashboard" and subject.get("values", "service", "type") == "LoadBalancer":
        yield subject.fault("shows the dashboard to everyone", "values", "service", "type", got="LoadBalancer")


def _images(workload: Resource) -> list[str]:
    return [container.text("image") or "" for container in containers_of(workload)]


def _is_admin(workload: Resource, stack: Stack) -> bool:
    from eks_blueprints.policies.rbac import BINDINGS, subjects

    name, namespace = pod_of(workload).text("serviceAccountName"), namespace_of(workload, stack)
    for binding in stack.of(*BINDINGS):
        is_admin = binding.props.get("roleRef", "name") == "cluster-admin"
        if is_admin and ("ServiceAccount", namespace, name) in list(subjects(binding, stack)):
            return True
    return False
