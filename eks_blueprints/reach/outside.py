"""Ways from outside a cluster to its pods: Services and Ingresses, and the load balancers that AWS makes for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from eks_blueprints.policies.objects import INGRESS, SERVICE, namespace_of, object_name, selects
from eks_blueprints.policies.props import Props, Undetermined
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.reach.pods import Pod
from eks_blueprints.reach.ports import NONE, Ports, one

_NLB = "service.beta.kubernetes.io/aws-load-balancer-"
_ALB = "alb.ingress.kubernetes.io/"
_WORLD = ("0.0.0.0/0", "::/0")
PUBLIC, PRIVATE = "the internet", "the VPC and networks connected to it"


@dataclass(frozen=True, slots=True)
class Door:
    """One way in from outside."""

    via: str
    """`NLB for Service shop/web`, `ALB for Ingress shop/web`, `port 30080 of each node (Service shop/web)`."""
    who: str
    """Who can use it: the internet, the VPC, or ranges."""
    ports: Ports
    """Ports of the pods that it leads to."""
    ranges: tuple[str, ...]
    """Addresses that the pods see; those of the VPC where this is empty."""
    public: bool = False
    unknown: str = ""


def doors(pod: Pod, stack: Stack, objects: Iterable[Resource]) -> list[Door]:
    """The ways from outside to a pod."""
    found: list[Door] = []
    whole = list(objects)
    for each in whole:
        if each.type == SERVICE and namespace_of(each, stack) == pod.namespace and _selects(each, pod):
            found += _service(each, pod, stack)
            found += (
                door
                for ingress in whole
                if ingress.type == INGRESS and namespace_of(ingress, stack) == pod.namespace
                for door in _ingress(ingress, each, pod, stack)
            )
    return found


def _selects(service: Resource, pod: Pod) -> bool:
    try:
        selector = service.props.get("spec", "selector")
        return isinstance(selector, dict) and bool(selector) and selects({"matchLabels": selector}, pod.labels)
    except Undetermined:
        return False


def _service(service: Resource, pod: Pod, stack: Stack) -> Iterator[Door]:
    kind = service.inputs.get("spec", {}).get("type")
    name = f"Service {namespace_of(service, stack)}/{object_name(service, stack)}"
    ports = list(service.props.items("spec", "ports"))
    to = _joined(_target(each, pod) for each in ports)
    if kind == "NodePort":
        numbers = (
            ", ".join(str(each.raw("nodePort")) for each in ports if each.raw("nodePort")) or "of Kubernetes' choice"
        )
        who = "who the security groups of the nodes let in"
        yield Door(f"port {numbers} of each node ({name})", who, to, ())
    if kind != "LoadBalancer":
        return
    notes = service.props.at("metadata", "annotations")
    scheme = _note(notes, f"{_NLB}scheme")
    ranges = _ranges(service, notes)
    yield _balancer("NLB" if _is_nlb(service, notes) else "load balancer", name, to, ranges, scheme)


def _is_nlb(service: Resource, notes: Props) -> bool:
    known = ("service.k8s.aws/nlb", "eks.amazonaws.com/nlb")
    return service.inputs.get("spec", {}).get("loadBalancerClass") in known or _note(notes, f"{_NLB}type") in (
        "external",
        "nlb-ip",
        "nlb",
    )


def _balancer(kind: str, name: str, to: Ports, ranges: tuple[str, ...], scheme: str | None) -> Door:
    unknown, public = "", scheme == "internet-facing"
    if kind == "load balancer" and scheme is None:
        public = True  # Kubernetes' own controller makes them so
    if scheme == "?":
        unknown = "its scheme is not known"
    limited = bool(ranges) and not set(ranges) & {*_WORLD}
    who = ", ".join(ranges) if limited else PUBLIC if public else PRIVATE
    return Door(f"{kind} for {name}", who, to, ranges if limited else (), public and not limited, unknown)


def _ranges(service: Resource, notes: Props) -> tuple[str, ...]:
    found: list[str] = []
    try:
        found += service.props.words("spec", "loadBalancerSourceRanges")
    except Undetermined:
        return ("?",)
    given = _note(notes, "service.beta.kubernetes.io/load-balancer-source-ranges")
    return tuple(found + ([each.strip() for each in given.split(",") if each.strip()] if given else []))


def _ingress(ingress: Resource, service: Resource, pod: Pod, stack: Stack) -> Iterator[Door]:
    wanted = object_name(service, stack)
    try:
        backends = [each for each in _backends(ingress.props.at("spec")) if each.get("service", "name") == wanted]
    except Undetermined:
        return
    if not backends:
        return
    to = _joined(_of_backend(each.at("service", "port"), service, pod) for each in backends)
    notes = ingress.props.at("metadata", "annotations")
    name = f"Ingress {namespace_of(ingress, stack)}/{object_name(ingress, stack)}"
    class_ = ingress.inputs.get("spec", {}).get("ingressClassName") or _note(notes, "kubernetes.io/ingress.class")
    if class_ is not None and "alb" not in str(class_):
        yield Door(f"controller {class_} for {name}", "who reaches that controller", to, ())
        return
    given = _note(notes, f"{_ALB}inbound-cidrs")
    ranges = tuple(each.strip() for each in given.split(",")) if given else ()
    yield _balancer("ALB", name, to, ranges, _note(notes, f"{_ALB}scheme"))


def _backends(spec: Props) -> Iterator[Props]:
    if spec.has("defaultBackend"):
        yield spec.at("defaultBackend")
    for rule in spec.items("rules"):
        for path in rule.items("http", "paths"):
            yield path.at("backend")


def _of_backend(port: Props, service: Resource, pod: Pod) -> Ports:
    for each in service.props.items("spec", "ports"):
        if each.get("name") == port.get("name") or each.get("port") == port.get("number"):
            return _target(each, pod)
    return NONE


def _target(port: Props, pod: Pod) -> Ports:
    """The port of the pod that a port of a Service leads to."""
    try:
        said: Any = port.get("targetPort")
        protocol = str(port.get("protocol") or "TCP")
        number = port.get("port") if said is None else said
    except Undetermined:
        return NONE
    if isinstance(number, str) and not number.isdigit():
        return one(*pod.ports[number]) if number in pod.ports else NONE
    return NONE if number is None else one(protocol, int(number))


def _joined(found: Iterable[Ports]) -> Ports:
    every = NONE
    for each in found:
        every |= each
    return every


def _note(notes: Props, key: str) -> str | None:
    try:
        found = notes.get(key)
    except Undetermined:
        return "?"
    return None if found is None else str(found)
