"""What pods of a namespace may reach and be reached by, as NetworkPolicies that select all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

from eks_blueprints.core.json_values import JsonValues
from eks_blueprints.core.spec import Many, Spec

if TYPE_CHECKING:
    from eks_blueprints.core.refs import Ground

DENIED, OWN = "default-deny", "allow"
"""Names of the policy that denies, and of the one with rules of the user's own."""

_KUBE_SYSTEM = {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}
_DNS_PORTS = [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]
_EVERYWHERE = ("0.0.0.0/0", "::/0")
_AGENT = {"ipv4": "169.254.170.23/32", "ipv6": "fd00:ec2::23/128"}
"""Where the agent of Pod Identity answers on each node. Source: EKS User Guide, "Understand how EKS Pod Identity
works", read 2026-11-29."""
_SERVICE_RANGES = {"ipv4": ("10.100.0.0/16", "172.20.0.0/16"), "ipv6": ()}
"""From which EKS takes the addresses of Services where none is named. Source: EKS API reference,
KubernetesNetworkConfigRequest, read 2026-11-29."""


class NamespaceNetworkPolicy(Spec):
    """Denies all connections of a namespace's pods, in and out, besides those that are allowed here or by the policies
    of its workloads. A network plugin has to enforce it, such as the VPC CNI with `network_policy`."""

    same_namespace: bool = True
    """Whether its pods may talk to one another."""

    dns: bool = True
    """Whether they may ask the cluster's DNS: the pods `k8s-app: kube-dns` in kube-system; with EKS Auto Mode, whose
    nodes answer themselves, port 53 anywhere."""

    pod_identity: bool = True
    """Whether they may ask the agent of EKS Pod Identity on their node (169.254.170.23, port 80), which answers those
    alone whose service account has a role. With Cilium it takes a policy of its own, with `toEntities: [host]`."""

    api_server: bool = False
    """Whether they may call the Kubernetes API: port 443 in the VPC, and of the Service `kubernetes`."""

    ingress: Many[JsonValues] = ()
    """From where else they accept connections, as rules in Kubernetes' own words (NetworkPolicyIngressRule), such as
    `{from: [{namespaceSelector: {matchLabels: {team: web}}}]}`."""

    egress: Many[JsonValues] = ()
    """Where else they may open connections to (NetworkPolicyEgressRule), such as
    `{to: [{ipBlock: {cidr: 10.0.0.0/16}}], ports: [{port: 443}]}`. Nothing here reaches the instance metadata service
    unless it says so."""


def policies(said: NamespaceNetworkPolicy, namespace: str, ground: Ground) -> Iterator[Mapping[str, Any]]:
    """The NetworkPolicies of a namespace, the one that denies first."""
    yield _policy(DENIED, namespace, policyTypes=["Ingress", "Egress"])
    if said.dns:
        yield _policy("allow-dns", namespace, policyTypes=["Egress"], egress=[_dns(ground)])
    if said.same_namespace:
        own: list[dict[str, Any]] = [{"podSelector": {}}]
        rules: dict[str, Any] = {"ingress": [{"from": own}], "egress": [{"to": own}]}
        yield _policy("allow-same-namespace", namespace, policyTypes=["Ingress", "Egress"], **rules)
    if said.pod_identity:
        agent = {"to": [_block(_AGENT[ground.network.ip_family])], "ports": [{"protocol": "TCP", "port": 80}]}
        yield _policy("allow-pod-identity", namespace, policyTypes=["Egress"], egress=[agent])
    if said.api_server:
        server = {"to": [_block(each) for each in _server(ground)], "ports": [{"protocol": "TCP", "port": 443}]}
        yield _policy("allow-api-server", namespace, policyTypes=["Egress"], egress=[server])
    own_rules = {word: list(getattr(said, word)) for word in ("ingress", "egress") if getattr(said, word)}
    if own_rules:
        yield _policy(OWN, namespace, policyTypes=[word.capitalize() for word in own_rules], **own_rules)


def _policy(name: str, namespace: str, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"podSelector": {}, **spec},
    }


def _dns(ground: Ground) -> dict[str, Any]:
    to: list[dict[str, Any]] = [
        {"namespaceSelector": _KUBE_SYSTEM, "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}
    ]
    if ground.auto_mode:
        to += map(_block, _EVERYWHERE)
    return {"to": to, "ports": _DNS_PORTS}


def _server(ground: Ground) -> Iterator[str]:
    """Addresses at which the API server answers pods: its interfaces in the VPC, and the Service `kubernetes`."""
    network = ground.network
    ours = [each.cidr for each in network.subnets if each.cidr is not None and each.role != "pod"]
    yield from [network.cidr] if network.cidr is not None else dict.fromkeys(ours)
    for each in (ground.service_cidr,) if ground.service_cidr else _SERVICE_RANGES[network.ip_family]:
        first = ip_network(each)[1]
        yield f"{first}/{first.max_prefixlen}"


def _block(cidr: str) -> dict[str, Any]:
    return {"ipBlock": {"cidr": cidr}}
