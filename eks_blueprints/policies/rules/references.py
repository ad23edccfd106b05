"""What objects refer to by name: services, service accounts, pods and ports that are to be there.

What a chart or an operator makes is not in the stack, so only namespaces are judged of which the stack makes all that a
name can mean: no chart, delivery tool or custom resource stands in them.
"""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from eks_blueprints.policies.addresses import ranges_of_vpc
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.objects import (
    CONFIG_MAP,
    INGRESS,
    SERVICE,
    WORKLOADS,
    canonical,
    in_namespace,
    namespace_of,
    object_name,
    others_make_pods,
    pod_of,
    selected,
    workloads,
)
from eks_blueprints.policies.platform import cluster_of
from eks_blueprints.policies.pods import containers, pod_rule
from eks_blueprints.policies.props import Faults, NotApplicable, Props
from eks_blueprints.policies.roles import ACCOUNT
from eks_blueprints.policies.stack import Resource, Stack

NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
_ADDRESS = re.compile(r"(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?!\.?\w)(?!/\d{1,3}\b)")
_Ranges = tuple[ipaddress.IPv4Network, ...]
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")


@rule("k8s-ingress-backend-exists", INGRESS, severity="medium", enforcement="advisory", wave=2, across=True)
def ingress_backend(ingress: Props, context: Context) -> Faults:
    """The services and ports that an Ingress uses exist.

    A namespace without a service of the stack is not judged.
    """
    stack = context.stack
    namespace = namespace_of(context.resource, stack)
    services = {object_name(each, stack): each for each in in_namespace(stack, namespace, SERVICE)}
    if not services or others_make_pods(stack, namespace):
        raise NotApplicable
    actions = {
        key.removeprefix("alb.ingress.kubernetes.io/actions.")
        for key, _ in ingress.pairs("metadata", "annotations")
        if key.startswith("alb.ingress.kubernetes.io/actions.")
    }
    backends = [ingress.at("spec", "defaultBackend", "service")] if ingress.has("spec", "defaultBackend") else []
    for each in ingress.items("spec", "rules"):
        backends += [path.at("backend", "service") for path in each.items("http", "paths")]
    for backend in backends:
        name = canonical(backend.text("name") or "", stack)
        if not name or name in actions:
            continue
        if name not in services:
            yield backend.fault("points to a service that does not exist", "name", got=name)
        elif not _has_port(services[name], backend):
            got = backend.raw("port", "name") or backend.raw("port", "number")
            yield backend.fault(f"points to a port that {name} does not have", "port", got=got)


@rule("k8s-network-policy-selects-pods", NETWORK_POLICY, severity="low", enforcement="advisory", wave=3, across=True)
def network_policy(policy: Props, context: Context) -> Faults:
    """A network policy matches pods.

    Its podSelector matches the pods of a workload of its namespace. A namespace without a workload of the stack is not
    judged.
    """
    stack = context.stack
    namespace = namespace_of(context.resource, stack)
    selector = policy.get("spec", "podSelector") or {}
    if not workloads(stack, namespace) or others_make_pods(stack, namespace):
        raise NotApplicable
    if not selected(stack, namespace, selector):
        yield policy.fault("selects no workload of its namespace", "spec", "podSelector", got=selector)


@rule("k8s-service-account-exists", *WORKLOADS, severity="medium", enforcement="advisory", wave=2, across=True)
def service_account(_: Props, context: Context) -> Faults:
    """The service account of a workload exists.

    Only namespaces that the stack makes, or in which it makes service accounts, are judged.
    """
    stack, pod = context.stack, pod_of(context.resource)
    given = pod.text("serviceAccountName")
    namespace = namespace_of(context.resource, stack)
    known = {object_name(each, stack) for each in in_namespace(stack, namespace, ACCOUNT)}
    made = any(object_name(each, stack) == namespace for each in stack.of("kubernetes:core/v1:Namespace"))
    if given in (None, "", "default") or not (known or made) or others_make_pods(stack, namespace):
        raise NotApplicable
    name = canonical(given, stack)
    if name not in known:
        yield pod.fault("runs as a service account that does not exist", "serviceAccountName", got=name)


@pod_rule("k8s-probe-port-exists", "high", each=containers, wave=1)
def probe_port(container: Props) -> Faults:
    """A named port in a probe exists in its container.

    The port of an httpGet or tcpSocket probe that is not a number is the name of one of the container's ports.
    """
    names = {str(port.get("name")) for port in container.items("ports")}
    for probe in _PROBES:
        for kind in ("httpGet", "tcpSocket"):
            port = container.get(probe, kind, "port")
            if isinstance(port, str) and not port.isdigit() and port not in names:
                yield container.fault(
                    "probes a port that the container does not declare", probe, kind, "port", got=port
                )


@rule("k8s-no-pod-addresses", *WORKLOADS, CONFIG_MAP, severity="medium", enforcement="advisory", wave=2, across=True)
def no_pod_addresses(subject: Props, context: Context) -> Faults:
    """Pods are reached by the name of a Service, not by an address.

    No variable, argument or entry of a ConfigMap has an address out of the ranges of the VPC, where pods and nodes get
    theirs: the next pod has another. The resolver of the VPC keeps its address. A range (10.0.0.0/16) is none.
    """
    resource, stack = context.resource, context.stack
    cluster = cluster_of(resource, stack)
    ranges = stack.once(("ranges of the VPC", cluster), lambda: _ranges(cluster, stack))
    if not ranges:
        raise NotApplicable
    parts = subject.pairs("data") if resource.type == CONFIG_MAP else _texts(containers(context))
    for _, part in parts:
        if not part.is_known() or not isinstance(part.value, str):
            continue
        for found in _ADDRESS.findall(part.value):
            if _is_of_a_pod(found, ranges):
                yield part.fault("has the address of a pod or a node, which changes", got=found)


@pod_rule("k8s-env-names-unique", "medium", each=containers, wave=2, patches=True)
def unique_variables(container: Props) -> Faults:
    """An environment variable is set only once.

    No two entries of env have one name; of two the last one counts.
    """
    names = Counter(str(each.get("name")) for each in container.items("env"))
    if twice := sorted(name for name, count in names.items() if count > 1):
        yield container.fault("sets environment variables twice", "env", got=twice)


def _has_port(service: Resource, backend: Props) -> bool:
    name, number = backend.get("port", "name"), backend.get("port", "number")
    ports = service.props.items("spec", "ports")
    if name is None and number is None:
        return True
    return any((name is not None and each.get("name") == name) or each.get("port") == number for each in ports)


def _ranges(cluster: Resource | None, stack: Stack) -> _Ranges:
    found = ranges_of_vpc(cluster, stack) if cluster is not None else []
    return tuple(ipaddress.IPv4Network(each, strict=False) for each in found if "${" not in each)


def _is_of_a_pod(text: str, ranges: _Ranges) -> bool:
    try:
        address = ipaddress.IPv4Address(text)
    except ValueError:  # a version, such as 1.2.3.400
        return False
    # AWS keeps the first four of each range and subnet; the third is the resolver's.
    return any(address in each and int(address) - int(each.network_address) > _KEPT for each in ranges)


_KEPT = 3


def _texts(every: Iterable[Props]) -> Iterator[tuple[str, Props]]:
    for container in every:
        for variable in container.items("env"):
            yield "env", variable.at("value")
        for key in ("command", "args"):
            yield from ((key, each) for each in container.items(key))
