"""Namespaces, and what holds them apart."""

from __future__ import annotations

import ipaddress
from typing import Any

from eks_blueprints.core.address_ranges import network_of
from eks_blueprints.policies.addresses import world_known
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.objects import (
    INGRESS,
    NAMESPACE,
    SERVICE,
    SYSTEM,
    SYSTEM_NAMESPACES,
    UNKNOWN,
    WORKLOADS,
    in_namespace,
    namespace_of,
    object_name,
    selects,
)
from eks_blueprints.policies.props import Faults, NotApplicable, Props, Undetermined
from eks_blueprints.policies.stack import Resource, Stack

NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
_METADATA = ipaddress.IPv4Network("169.254.169.254/32")
_PLATFORM = [
    "aws-for-fluent-bit",
    "aws-load-balancer-controller",
    "aws-node",
    "aws-node-termination-handler",
    "cluster-autoscaler",
    "coredns",
    "ebs-csi-controller",
    "ebs-csi-node",
    "efs-csi-controller",
    "efs-csi-node",
    "eks-node-monitoring-agent",
    "eks-pod-identity-agent",
    "external-dns",
    "fsx-csi-controller",
    "fsx-csi-node",
    "karpenter",
    "kube-proxy",
    "metrics-server",
    "s3-csi-controller",
    "s3-csi-node",
    "snapshot-controller",
]
"""Workloads of EKS's add-ons, and of charts that are meant for kube-system."""
_PSA = "pod-security.kubernetes.io/"


@rule(
    "k8s-no-default-namespace",
    *WORKLOADS,
    SERVICE,
    "kubernetes:core/v1:ServiceAccount",
    "kubernetes:core/v1:Secret",
    "kubernetes:core/v1:ConfigMap",
    "kubernetes:core/v1:PersistentVolumeClaim",
    INGRESS,
    "kubernetes:policy/v1:PodDisruptionBudget",
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    severity="medium",
    enforcement="mandatory",
    wave=2,
    across=True,
)
def no_default(subject: Props, context: Context) -> Faults:
    """Nothing is deployed to the namespace `default`.

    Its own namespace counts, else that of its Kubernetes provider; the service `kubernetes` is where it belongs, and so
    is a RoleBinding that names `default` itself, to give rights there.
    """
    kind = context.resource.kind
    if object_name(context.resource, context.stack) == "kubernetes":
        raise NotApplicable
    if kind == "RoleBinding" and subject.has("metadata", "namespace"):
        raise NotApplicable
    provider = context.stack.by_urn.get(context.resource.provider or "")
    if not subject.has("metadata", "namespace") and provider is not None and "namespace" in provider.inputs:
        subject = Props({"metadata": {"namespace": provider.inputs["namespace"]}}, (), subject.names)
    if isinstance(subject.raw("metadata", "namespace"), dict):
        raise Undetermined((*subject.path, "metadata", "namespace"))
    if namespace_of(context.resource, context.stack) == "default":
        yield context.resource.props.fault("is put into the namespace default", "metadata", "namespace")


@rule(
    "k8s-no-tenant-workloads-in-system-namespaces",
    *WORKLOADS,
    severity="medium",
    enforcement="advisory",
    wave=3,
    params={"platform": _PLATFORM},
    across=True,
)
def no_tenants(_: Props, context: Context) -> Faults:
    """System namespaces contain only platform workloads.

    Workloads in kube-system, kube-public and kube-node-lease are those of the parameter platform, by their whole names.
    """
    resource, stack = context.resource, context.stack
    namespace = namespace_of(resource, stack)
    if namespace == UNKNOWN:
        raise Undetermined(("metadata", "namespace"))
    if namespace not in ("kube-system", "kube-public", "kube-node-lease"):
        return
    if object_name(resource, stack) not in context.params["platform"]:
        yield resource.props.fault("is not a part of Kubernetes or of the platform", "metadata", "namespace")


@rule(
    "k8s-namespace-pod-security-labels",
    NAMESPACE,
    severity="high",
    enforcement="mandatory",
    wave=1,
    params={"privileged": ["kube-system", "amazon-guardduty"]},
)
def pod_security(namespace: Props, context: Context) -> Faults:
    """A namespace has Pod Security labels.

    The label pod-security.kubernetes.io/enforce is baseline or restricted, or privileged in the namespaces of
    `privileged` and in those of system_namespaces. A missing warn or audit label, or version, is advisory.
    """
    name = object_name(context.resource, context.stack)
    labels = namespace.at("metadata", "labels")
    level = labels.get(f"{_PSA}enforce")
    if level == "privileged" and (name in context.params["privileged"] or _is_system(name)):
        return
    if level not in ("baseline", "restricted"):
        yield namespace.fault("allows its pods to do anything", "metadata", "labels", f"{_PSA}enforce", got=level)
        return
    missing = [key for key in ("enforce-version",) if not labels.has(f"{_PSA}{key}")]
    if level != "restricted":
        missing += [key for key in ("warn", "audit") if labels.get(f"{_PSA}{key}") != "restricted"]
    if missing:
        do = "set " + ", ".join(f"{_PSA}{key}" for key in missing)
        yield namespace.fault(
            "does not report what would break at the next level", "metadata", "labels", do=do, advisory=True
        )


@rule(
    "k8s-namespace-default-deny",
    NAMESPACE,
    severity="high",
    enforcement="advisory",
    production="mandatory",
    wave=2,
    across=True,
    params={"egress": False, **SYSTEM},
)
def default_deny(namespace: Props, context: Context) -> Faults:
    """A namespace has a network policy that denies by default."""
    name = tenant(context)
    kinds = {"Ingress", "Egress"} if context.params["egress"] else {"Ingress"}
    denied: set[str] = set()
    for policy in policies_in(name, context.stack):
        denied |= denied_by(policy)
    if missing := sorted(kinds - denied):
        yield namespace.fault(f"denies no {' and no '.join(missing)} by default")


@rule(
    "k8s-namespace-resource-quota",
    NAMESPACE,
    severity="low",
    enforcement="advisory",
    wave=3,
    across=True,
    params=SYSTEM,
)
def quota(namespace: Props, context: Context) -> Faults:
    """A namespace has a resource quota."""
    found = _only("kubernetes:core/v1:ResourceQuota", tenant(context), context.stack)
    for each in found:
        hard = [key for key, _ in each.props.pairs("spec", "hard")]
        if any(key in hard for key in ("requests.cpu", "cpu")) and any(
            k in hard for k in ("requests.memory", "memory")
        ):
            return
    yield namespace.fault("may use the whole cluster")


@rule(
    "k8s-namespace-limit-range", NAMESPACE, severity="low", enforcement="advisory", wave=3, across=True, params=SYSTEM
)
def limit_range(namespace: Props, context: Context) -> Faults:
    """A namespace has default requests and limits for containers."""
    for each in _only("kubernetes:core/v1:LimitRange", tenant(context), context.stack):
        for limit in each.props.items("spec", "limits"):
            if limit.get("type") == "Container" and (limit.has("defaultRequest") or limit.has("default")):
                return
    yield namespace.fault("gives containers no requests and limits")


@rule(
    "k8s-default-deny-egress-allows-dns", NETWORK_POLICY, severity="high", enforcement="mandatory", wave=1, across=True
)
def deny_allows_dns(policy: Props, context: Context) -> Faults:
    """Where egress is denied, DNS is allowed.

    Where a policy denies all egress of a namespace, some policy of it that selects every pod, or the same pods,
    allows port 53 by UDP and TCP.
    """
    if "Egress" not in denied_by(context.resource):
        raise NotApplicable
    namespace = namespace_of(context.resource, context.stack)
    ports: set[str] = set()
    unknown: Undetermined | None = None
    for other in policies_in(namespace, context.stack):
        try:
            if selects(other.props.get("spec", "podSelector") or {}, {}):
                ports |= _dns_ports(other.props)
        except Undetermined as error:
            unknown = error
    if missing := sorted({"UDP", "TCP"} - ports):
        if unknown is not None:
            raise unknown
        yield policy.fault(f"blocks DNS for {' or '.join(missing)}", "spec", "egress")


@rule("k8s-network-policy-not-allow-all", NETWORK_POLICY, severity="medium", enforcement="advisory", wave=3)
def not_allow_all(policy: Props) -> Faults:
    """A network policy does not allow everything."""
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for each in policy.items("spec", direction):
            narrow = each.items("ports")
            if not each.items(peers) and not narrow:
                yield each.fault(f"allows all {direction}")
            blocks = [peer for peer in each.items(peers) if peer.has("ipBlock", "cidr") and not _spares_metadata(peer)]
            if blocks and not narrow and world_known(peer.at("ipBlock", "cidr") for peer in blocks):
                got = [peer.raw("ipBlock", "cidr") for peer in blocks]
                yield each.fault(f"allows all {direction}, instance metadata too", peers, got=got)


def _spares_metadata(peer: Props) -> bool:
    spared = [network_of(each) for each in peer.words("ipBlock", "except")]
    return any(isinstance(each, ipaddress.IPv4Network) and _METADATA.subnet_of(each) for each in spared)


def tenant(context: Context) -> str:
    """The name of a namespace that is none of the system's.

    Raises:
        NotApplicable: if it is one of the system's.
    """
    name = object_name(context.resource, context.stack)
    if name in context.params["system_namespaces"] or name == "default":
        raise NotApplicable
    return name


def policies_in(namespace: str, stack: Stack) -> list[Resource]:
    """The network policies of a namespace."""
    return _only(NETWORK_POLICY, namespace, stack)


def denied_by(policy: Resource) -> set[str]:
    """What a policy denies to every pod of its namespace: `Ingress`, `Egress`, both or nothing.

    Raises:
        Undetermined: if that is not known.
    """
    spec = policy.props.at("spec")
    selector = spec.get("podSelector") or {}
    if selector.get("matchLabels") or selector.get("matchExpressions"):
        return set()
    kinds = spec.words("policyTypes") or ["Ingress", *(["Egress"] if spec.has("egress") else [])]
    return {kind for kind in kinds if not spec.items(kind.lower())}


def _only(type_: str, namespace: str, stack: Stack) -> list[Resource]:
    return in_namespace(stack, namespace, type_)


def _dns_ports(policy: Props) -> set[str]:
    found: set[Any] = set()
    for each in policy.items("spec", "egress"):
        ports = each.items("ports")
        if not ports:
            return {"UDP", "TCP"}
        for port in ports:
            number, last = port.get("port"), port.number("endPort")
            inside = last is not None and isinstance(number, int) and number <= 53 <= last
            if number in (53, "53", "dns", "dns-tcp", None) or inside:
                found.add(port.get("protocol") or "TCP")
    return found


def _is_system(name: str) -> bool:
    return name in SYSTEM_NAMESPACES
