"""What the API server asks of that by which others are reached: Services, Ingresses, webhooks and addresses.

The rules are those of its own validation (pkg/apis/core/validation and its neighbours in k8s.io/kubernetes).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.errors import Path, Problem, shown
from eks_blueprints.kubernetes import names

_BALANCED = ("allocateLoadBalancerNodePorts", "loadBalancerClass", "loadBalancerSourceRanges")
"""Fields of a Service that only one of type LoadBalancer has."""
_VERSION = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
_ADDRESSES = {"IPv4": 4, "IPv6": 6}


def _service(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    kind = value.get("type") or "ClusterIP"
    if not isinstance(kind, str):
        return
    for field in _BALANCED:
        if kind != "LoadBalancer" and value.get(field) not in (None, [], ()):
            do = "set type: LoadBalancer, or remove it"
            yield Problem((*path, field), f"is allowed with type LoadBalancer only; got type {kind}; {do}")
    outside = kind in ("LoadBalancer", "NodePort") or (kind == "ClusterIP" and value.get("externalIPs"))
    if not outside and value.get("externalTrafficPolicy") not in (None, ""):
        do = "set type: LoadBalancer or NodePort, or remove it"
        yield Problem(
            (*path, "externalTrafficPolicy"), f"needs a service that is reached from outside; got type {kind}; {do}"
        )


def _host(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    host = value.get("host")
    if not isinstance(host, str) or not host:
        return
    if _is_address(host, None):
        yield Problem((*path, "host"), f"cannot be an address; got {shown(host)}; write a DNS name")
    elif message := names.fault(names.DNS_NAME, host.removeprefix("*.")):
        yield Problem((*path, "host"), message)


def _place(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    """The path at which a webhook's service is called."""
    found = value.get("path")
    if not isinstance(found, str) or found in ("", "/"):
        return
    parts = found.removeprefix("/").removesuffix("/").split("/")
    if not found.startswith("/") or any(not part or names.fault(names.DNS_NAME, part) for part in parts):
        do = "write one such as /validate, of lower-case letters, digits, - and ."
        yield Problem((*path, "path"), f"is not a valid path of a webhook; got {shown(found)}; {do}")


def _webhook(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    seen: set[str] = set()
    for at, version in names.entries(value.get("admissionReviewVersions"), (*path, "admissionReviewVersions")):
        if not _VERSION.fullmatch(version):
            yield Problem(at, f"is not a valid version; got {shown(version)}; write one such as v1")
        elif version in seen:
            yield Problem(at, f"is listed twice; got {shown(version)}; remove one")
        seen.add(version)


def _slice(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    kind, endpoints = value.get("addressType"), value.get("endpoints")
    if (version := _ADDRESSES.get(str(kind))) is not None:
        for index, each in enumerate(endpoints if isinstance(endpoints, list) else ()):
            found = each.get("addresses") if isinstance(each, Mapping) else None
            for at, address in names.entries(found, (*path, "endpoints", index, "addresses")):
                if not _is_address(address, version):
                    yield Problem(at, f"is not a valid {kind} address; got {shown(address)}; write one")
    yield from names.apart(value.get("ports"), (*path, "ports"), "name")


def _is_address(text: str, version: int | None) -> bool:
    try:
        found = ipaddress.ip_address(text).version
    except ValueError:
        return False
    return version in (None, found)


RULES: Mapping[str, Any] = {
    "EndpointSlice": _slice,
    "IngressRule": _host,
    "MutatingWebhook": _webhook,
    "ServiceSpec": _service,
    "ValidatingWebhook": _webhook,
    "admissionregistration.v1.ServiceReference": _place,
    "apiextensions.v1.ServiceReference": _place,
}
"""The rules by the type of what they judge."""
