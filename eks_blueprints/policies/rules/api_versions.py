"""Versions of Kubernetes' API, and forms that it no longer takes."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from eks_blueprints.kubernetes.removed import Removed, table
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.objects import SERVICE, WORKLOADS, pod_of, template
from eks_blueprints.policies.platform import minor_of
from eks_blueprints.policies.props import Fault, Faults, Props, Undetermined
from eks_blueprints.policies.stack import ANY_OBJECT

_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
_SLICE = "kubernetes:discovery.k8s.io/v1:EndpointSlice"
_CIDR = "kubernetes:networking.k8s.io/v1:ServiceCIDR"
_BUILT_IN = re.compile(
    r"(apps|batch|autoscaling|policy|extensions|(admissionregistration|apiextensions|apiregistration|authentication|"
    r"authorization|certificates|coordination|discovery|events|flowcontrol\.apiserver|internal\.apiserver|networking|"
    r"node|rbac\.authorization|resource|scheduling|storage|storagemigration)\.k8s\.io)/v\d+(alpha|beta)\d+"
)
_OLD_KEYS = re.compile(
    r"seccomp\.security\.alpha\.kubernetes\.io/.*|container\.(seccomp|apparmor)\.security\.(alpha|beta)\.kubernetes\.io/.*|"
    r"scheduler\.alpha\.kubernetes\.io/.*|kubernetes\.io/ingress\.class|failure-domain\.beta\.kubernetes\.io/.*|"
    r"beta\.kubernetes\.io/(arch|os|instance-type)|node-role\.kubernetes\.io/master|karpenter\.sh/do-not-evict|"
    r"kubernetes\.io/enforce-mountable-secrets"
)
_VERSION = {"kubernetes_version": ""}


@rule(
    "k8s-removed-api-version",
    ANY_OBJECT,
    severity="critical",
    enforcement="mandatory",
    wave=1,
    params=_VERSION,
    patches=True,
    across=True,
)
def removed(_: Props, context: Context) -> Faults:
    """No object uses an API version that the cluster no longer serves.

    The object's apiVersion and kind are in the table of removed APIs for the minor of its cluster in the stack, or of
    the parameter kubernetes_version where the stack makes no cluster.
    """
    found = table().get((context.resource.api_version, context.resource.kind))
    if found is None or found.removed_in is None:
        return
    minor = minor_of(context.resource, context.stack, context.params["kubernetes_version"])
    if found.removed_in <= minor:
        yield _fault(context, f"was removed in Kubernetes 1.{found.removed_in}", found)


@rule(
    "k8s-deprecated-api-version",
    ANY_OBJECT,
    severity="medium",
    enforcement="advisory",
    wave=3,
    params={**_VERSION, "lookahead": 2},
    patches=True,
    across=True,
)
def deprecated(_: Props, context: Context) -> Faults:
    """No object uses a deprecated API version.

    The object's apiVersion and kind are deprecated for the minor of its cluster, or removed within `lookahead` minors.
    """
    found = table().get((context.resource.api_version, context.resource.kind))
    if found is None:
        return
    minor = minor_of(context.resource, context.stack, context.params["kubernetes_version"])
    gone = found.removed_in
    if gone is not None and gone <= minor:
        return  # k8s-removed-api-version tells it.
    if gone is not None and gone <= minor + context.params["lookahead"]:
        yield _fault(context, f"is removed in Kubernetes 1.{gone}", found)
    elif found.deprecated_in is not None and found.deprecated_in <= minor:
        yield _fault(context, f"is deprecated since Kubernetes 1.{found.deprecated_in}", found)


@rule("k8s-no-alpha-api", ANY_OBJECT, severity="high", enforcement="mandatory", wave=1, patches=True)
def no_alpha(_: Props, context: Context) -> Faults:
    """No object uses an alpha API, which EKS does not serve.

    An alpha version of a group of Kubernetes itself fails. A beta one is advisory: those made after 1.24 are off.
    """
    version = context.resource.api_version
    match = _BUILT_IN.fullmatch(version)
    if match is None:
        return
    if "alpha" in version.rpartition("/")[2]:
        yield context.resource.props.fault("is written for an API that EKS does not serve", "apiVersion", got=version)
    elif (version, context.resource.kind) not in table():
        yield context.resource.props.fault(
            "is written for an API that may be off", "apiVersion", got=version, advisory=True
        )


@rule(
    "k8s-canonical-ip-cidr",
    _POLICY,
    SERVICE,
    _SLICE,
    _CIDR,
    severity="medium",
    enforcement="mandatory",
    wave=2,
    params=_VERSION,
    patches=True,
)
def canonical_addresses(subject: Props, context: Context) -> Faults:
    """IP addresses and CIDR blocks are written in canonical form."""
    unknown: Undetermined | None = None
    for part in _addresses(subject, context.resource.type):
        try:
            value = str(part.get())
        except Undetermined as error:
            unknown = error
            continue
        if (right := _right(value)) is not None:
            yield part.fault(
                "is not an address as Kubernetes writes it", got=value, do=f"write {right}" if right else ""
            )
    if unknown is not None:
        raise unknown


@rule("k8s-deprecated-annotations-and-labels", *WORKLOADS, severity="low", enforcement="advisory", wave=3, patches=True)
def old_keys(subject: Props, context: Context) -> Faults:
    """No deprecated annotations or labels are used."""
    pod = pod_of(context.resource)
    parts = [subject.at("metadata"), template(context.resource).at("metadata")]
    places = [(part, key) for part in parts for key in ("annotations", "labels")] + [(pod, "nodeSelector")]
    for part, key in dict.fromkeys(places):
        for name, value in part.pairs(key):
            if _OLD_KEYS.fullmatch(name):
                yield value.fault(_fate(name), got=name)
    for toleration in pod.items("tolerations"):
        if _OLD_KEYS.fullmatch(str(toleration.get("key"))):
            yield toleration.fault(_fate(str(toleration.get("key"))), "key", got=toleration.get("key"))


def _fate(name: str) -> str:
    # The kubelet still gives its nodes these labels.
    return "is deprecated" if name.startswith("beta.kubernetes.io/") else "has no effect any more"


@rule(
    "k8s-endpoints-api-deprecated",
    "kubernetes:core/v1:Endpoints",
    _SLICE,
    severity="low",
    enforcement="advisory",
    wave=3,
)
def no_endpoints(_: Props, context: Context) -> Faults:
    """EndpointSlices are used in place of Endpoints."""
    if context.resource.kind == "Endpoints":
        yield context.resource.props.fault("is of a kind that is deprecated", "kind", got="Endpoints")


def _fault(context: Context, what: str, found: Removed) -> Fault:
    resource = context.resource
    do = f"use {found.replacement}" if found.replacement else "do without it"
    return resource.props.fault(what, "apiVersion", got=f"{resource.api_version} {resource.kind}", do=do)


def _addresses(subject: Props, type_: str) -> Iterator[Props]:
    if type_ == SERVICE:
        for key in ("loadBalancerSourceRanges", "clusterIPs", "externalIPs"):
            yield from subject.items("spec", key)
        if subject.has("spec", "clusterIP"):
            yield subject.at("spec", "clusterIP")
    elif type_ == _SLICE:
        for endpoint in subject.items("endpoints"):
            yield from endpoint.items("addresses")
    elif type_ == _CIDR:
        yield from subject.items("spec", "cidrs")
    else:
        for direction, peers in (("ingress", "from"), ("egress", "to")):
            for each in subject.items("spec", direction):
                for peer in each.items(peers):
                    if peer.has("ipBlock"):
                        yield peer.at("ipBlock", "cidr")
                        yield from peer.items("ipBlock", "except")


def _right(value: str) -> str | None:
    """The form that was meant, empty if there is none; None where it is right."""
    if value in ("", "None") or not re.match(r"[0-9a-fA-F:.]+(/\d+)?$", value):
        return None
    try:
        loose = ipaddress.ip_network(value, strict=False) if "/" in value else ipaddress.ip_address(value)
    except ValueError:
        plain = re.sub(r"\b0+(?=\d)", "", value)
        return plain if plain != value else ""
    return None if str(loose) == value.lower() else str(loose)
