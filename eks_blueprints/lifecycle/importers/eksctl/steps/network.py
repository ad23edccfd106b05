"""The VPC: a new one in eksctl's layout, or one that exists."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eks_blueprints.core.errors import Path, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import subnet_id
from eks_blueprints.lifecycle.importers.eksctl.build import Build, name_for
from eks_blueprints.lifecycle.importers.eksctl.rules import apply, step
from eks_blueprints.lifecycle.importers.eksctl.source import Node

NETWORK: Path = ("network",)
_vpc_id = Form(r"vpc-[0-9a-f]{8,17}", what="is not a valid id of a VPC", do="write vpc- and 8 to 17 hex digits")
_ZONE = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d[a-z]|[a-z]+\d-az\d")
_NAT = {"Single": "single", "HighlyAvailable": "per_zone", "Disable": "none"}
_NEEDED = ("ec2", "ecr.api", "ecr.dkr", "sts")
"""Endpoints that eksctl gives a private cluster, besides S3's. Source: endpoint_service.go (2026-08)."""
_EXISTS = "leave it out: the VPC exists, and nothing in it is changed"


_ANY_VPC = "vpc-00000000000000000"
"""Stands for a VPC that only the user knows; AWS gives no such id."""


def any_subnet(number: int) -> str:
    """What stands for a subnet that only the user knows."""
    return f"subnet-{number:017x}"


def existing(build: Build) -> bool:
    """Whether the source names a VPC that exists."""
    return build.source.get("vpc", "id") is not None or any(True for _ in _subnets(build))


def _subnets(build: Build) -> Iterator[tuple[str, Node]]:
    for role in ("private", "public"):
        entries = build.source.get("vpc", "subnets", role)
        yield from ((role, each) for each in (entries.members() if entries is not None else ()))


def subnet_ids(build: Build, word: str) -> Iterator[str]:
    """The ids of the subnets that a name, a zone or an id in a group stands for; none where it is not known."""
    for role, entry in _subnets(build):
        if word in (str(entry.path[-1]), entry.value_of("id"), entry.value_of("az")):
            yield build.at((*NETWORK, "subnets", _name_of(role, entry), "id"))


def _name_of(role: str, entry: Node) -> str:
    return name_for(f"{role}-{entry.path[-1]}", {}, other=role)


@step
def vpc(build: Build, node: Node, base: Path) -> None:
    """All of the VPC; what is about a VPC that eksctl makes says nothing of one that exists."""
    if existing(build) and node.get("id") is None:
        build.ask(
            (*NETWORK, "vpc_id"), _ANY_VPC, "id of the VPC of these subnets, as aws ec2 describe-subnets shows it"
        )
        build.tell(node.get("subnets"), "needs the id of the VPC too, which eksctl looks up: write it as vpc_id")
    apply(build, node, base)


@step
def vpc_id(build: Build, node: Node, _base: Path) -> None:
    """The VPC that exists."""
    if fault := _vpc_id.fault(node.value):
        build.ask((*NETWORK, "vpc_id"), _ANY_VPC, "id of the VPC")
        build.tell(node, f"{fault}, as vpc_id")
        return
    build.put((*NETWORK, "vpc_id"), node.value, node)


@step
def subnets(build: Build, _node: Node, _base: Path) -> None:
    """Subnets that exist, each with its role; one without an id is asked for."""
    for role, entry in _subnets(build):
        key = str(entry.path[-1])
        target = (*NETWORK, "subnets", _name_of(role, entry))
        build.put((*target, "role"), role)
        given, zone = entry.get("id"), entry.get("az")
        if given is not None and not subnet_id.fault(given.value):
            build.put((*target, "id"), given.value, given)
        else:
            build.ask((*target, "id"), any_subnet(len(build.yours)), f"id of the subnet {key}")
            fault = None if given is None else subnet_id.fault(given.value)
            field = f"network.subnets.{target[-1]}.id"
            build.tell(
                given or entry, f"{fault}, as {field}" if fault else f"is looked up by eksctl: write its id as {field}"
            )
        if zone is not None:
            build.put((*target, "zone"), zone.value, zone)
        elif _ZONE.fullmatch(key):
            build.put((*target, "zone"), key)
        if (cidr := entry.get("cidr")) is not None:
            build.put((*target, "cidr"), cidr.value, cidr)
        if not entry.value:
            build.said(target, entry)


@step
def nat(build: Build, node: Node, _base: Path) -> None:
    """NAT gateways of a new VPC; of one that exists, which it has."""
    gateway = node.get("gateway")
    if gateway is None:
        return
    if existing(build) or build.source.is_true("privateCluster", "enabled"):
        why = _EXISTS if existing(build) else "leave it out: a private network has no NAT gateways"
        build.tell(gateway, why)
        return
    build.put((*NETWORK, "nat_gateways"), _NAT[gateway.value], gateway)


@step
def new_network(build: Build, node: Node, _base: Path) -> None:
    """Host names of instances in subnets that are made."""
    if existing(build):
        build.tell(node, _EXISTS)
        return
    build.put((*NETWORK, "private_dns_hostname_type_on_launch"), node.value, node)


@step
def allocated_ipv6(build: Build, node: Node, _base: Path) -> None:
    """IPv6 addresses of a new VPC, which come with an IPv6 cluster alone."""
    ipv6 = str(build.source.value_of("kubernetesNetworkConfig", "ipFamily", default="")).lower() == "ipv6"
    if not node.value or ipv6:
        build.tell(node, "leave it out: a network has IPv6 blocks exactly where ip_family is ipv6")
        return
    do = "subnets of a cluster with IPv4 pods have no IPv6 blocks here"
    build.tell(node, f"cannot be written: {do}; write network.ip_family and cluster.ip_family: ipv6 to have them")


@step
def ip_family(build: Build, node: Node, base: Path) -> None:
    """The family of pods' addresses, of the network and of the cluster."""
    if (family := node.get("ipFamily")) is not None:
        found = str(family.value).lower()
        build.put(("cluster", "ip_family"), found, family)
        if found == "ipv6":
            build.put((*NETWORK, "ip_family"), found, family)
    apply(build, node, base, without=("ipFamily",))


@step
def zones(build: Build, node: Node, _base: Path) -> None:
    """Zones of a new VPC; eksctl takes 2 at least."""
    if existing(build):
        build.tell(node, "leave it out: the subnets of the VPC say their zones")
    elif node.value and not build.source.value_of("localZones"):
        build.put((*NETWORK, "zones"), node.value, node)


@step
def private_cluster(build: Build, node: Node, _base: Path) -> None:
    """A network without a way to the internet, and endpoints instead."""
    enabled, skip, more = (node.get(key) for key in ("enabled", "skipEndpointCreation", "additionalEndpointServices"))
    if enabled is None or enabled.value is not True:
        build.tell(node, "leave it out: a network has a way to the internet unless topology: private is written")
        return
    build.put(("cluster", "endpoint_public_access"), False, enabled)
    build.put(("cluster", "endpoint_private_access"), True, enabled)
    none = skip is not None and skip.value is True
    if existing(build):
        if not none:
            build.put((*NETWORK, "interface_endpoints"), list(_NEEDED), enabled)
            if build.source.get("vpc", "cidr") is None:
                build.ask((*NETWORK, "cidr"), "10.0.0.0/16", "IPv4 block of the VPC, from which endpoints are reached")
            build.tell(
                enabled,
                "makes no S3 endpoint in a VPC that exists, unless gateway_endpoints and route_table_ids are written",
            )
        if more is not None:
            build.put((*NETWORK, "interface_endpoints"), list(more.value), more)
    else:
        build.put((*NETWORK, "topology"), "private", enabled)
        if none:
            build.put((*NETWORK, "interface_endpoints"), [], skip)  # type: ignore[arg-type]
            build.put((*NETWORK, "gateway_endpoints"), [], skip)  # type: ignore[arg-type]
        if more is not None:
            build.put((*NETWORK, "additional_endpoints"), list(more.value), more)
    if skip is not None and not none:
        build.tell(skip, "leave it out: the endpoints of a private network are made unless a list says otherwise")


@step
def extra_cidrs(build: Build, node: Node, _base: Path) -> None:
    """Address ranges that reach the API server inside the VPC."""
    endpoints = build.source.get("vpc", "clusterEndpoints")
    reachable = (endpoints is not None and endpoints.is_true("privateAccess")) or build.source.is_true(
        "privateCluster", "enabled"
    )
    for each in node.members():
        if not reachable:
            do = "write cluster.endpoint_private_access: true, and it in cluster.endpoint_access"
            build.tell(each, f"has no effect: the private endpoint is off; got {shown(each.value)}; {do}")
            continue
        taken = build.at(("cluster", "endpoint_access"), {})
        name = f"extra-{len(taken) + 1}"
        build.put(("cluster", "endpoint_access", name, "cidr"), each.value, each)


@step
def security_group(build: Build, node: Node, _base: Path) -> None:
    """The control plane's security group."""
    build.put(("cluster", "security_group_ids"), [node.value], node)


@step
def shared_group(build: Build, node: Node, _base: Path) -> None:
    """The group that self-managed nodes share; each of them names it (`groups.py`)."""
    groups = build.source.get("nodeGroups")
    if groups is None or not groups.value:
        build.tell(node, "leave it out: only self-managed nodes have it, and there are none")


@step
def control_plane_subnets(build: Build, node: Node, _base: Path) -> None:
    """Subnets of the control plane alone."""
    for index, each in enumerate(node.members(), start=1):
        if not existing(build):
            build.tell(
                each, "cannot be written for a new VPC: name the VPC and its other subnets as vpc.id, vpc.subnets"
            )
            continue
        target = (*NETWORK, "subnets", f"control-plane-{index}")
        build.put((*target, "role"), "control_plane")
        if fault := subnet_id.fault(each.value):
            build.ask((*target, "id"), any_subnet(len(build.yours)), "id of a subnet of the control plane")
            build.tell(each, f"{fault}, as network.subnets.{target[-1]}.id")
        else:
            build.put((*target, "id"), each.value, each)


@step
def private_control_plane(build: Build, node: Node, _base: Path) -> None:
    """Where the control plane's interfaces are: in private subnets here, wherever there are some."""
    if node.value:
        build.tell(node, "is the default: the control plane is in private subnets where there are no others for it")
    else:
        build.tell(node, "cannot be written: the control plane is in private subnets where there are some")
