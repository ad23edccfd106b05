"""What the fields of a cluster demand of each other, and of the network that the cluster stands in.

Sources: the EKS API reference (CreateCluster, VpcConfigRequest, RemoteNetworkConfigRequest) and `aws.eks.Cluster` of
pulumi-aws 7.51.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from ipaddress import ip_network
from typing import TYPE_CHECKING

from eks_blueprints.cluster import endpoint_access
from eks_blueprints.core import versions
from eks_blueprints.core.address_ranges import whole
from eks_blueprints.core.clock import today
from eks_blueprints.core.errors import Faults, Problem, shown
from eks_blueprints.core.leaves import overlap, overlaps, repeated, within
from eks_blueprints.core.role_spec import check_given

if TYPE_CHECKING:
    from eks_blueprints.cluster.spec import ClusterArgs

PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
CARRIER = "100.64.0.0/10"
SOON = timedelta(days=90)

BLOCKS = {
    "vpc_config": "write its fields here: endpoint_private_access, endpoint_public_access, public_access_cidrs, "
    "security_group_ids, control_plane_egress_mode; subnets come from network",
    "access_config": "write its fields here: authentication_mode, bootstrap_cluster_creator_admin_permissions",
    "upgrade_policy": "write its field here: support_type",
    "kubernetes_network_config": "write its fields here: ip_family, service_ipv4_cidr; or auto_mode: {}",
    "remote_network_config": "write its fields here: remote_node_networks, remote_pod_networks, each a list of CIDRs",
    "zonal_shift_config": "write zonal_shift: true",
    "control_plane_scaling_config": "write control_plane_scaling_tier",
    "compute_config": "write auto_mode: {}, which turns on compute, storage and load balancing together",
    "storage_config": "write auto_mode: {}, which turns on compute, storage and load balancing together",
    "outpost_config": "a local cluster on an Outpost takes no managed nodes, add-ons, OIDC provider or Fargate, so "
    "that little of a blueprint is left: make it with aws.eks.Cluster and put elements on ClusterRef.existing",
    "bootstrap_self_managed_addons": "it is always false, because add-ons are EKS add-ons: list them under addons",
    "default_addons_to_removes": "it is deprecated in AWS's provider: list what you want under addons",
    "region": "it is that of the blueprint",
    "subnet_ids": "subnets come from network",
    "vpc_id": "the VPC comes from network",
    "service_ipv6_cidr": "EKS chooses it",
    "key_arn": "write encryption_config: {key_arn: ...}",
    "retention_in_days": "write log_group: {retention_in_days: ...}",
}
"""What AWS and its provider call things that stand elsewhere here, and what to write for each."""


def check(args: ClusterArgs, faults: Faults) -> None:
    """Note what is wrong between the fields of a cluster."""
    _endpoints(args, faults)
    endpoint_access.check(args.endpoint_access, args.endpoint_private_access, faults)
    _logs(args, faults)
    _service_range(args, faults)
    _remote_networks(args, faults)
    _role(args, faults)
    _audiences(args, faults)
    _tier(args, faults)
    _support(args, faults)


def doubts(args: ClusterArgs) -> Iterator[Problem]:
    """Warnings about a cluster that can be made."""
    release = versions.releases().get(args.version)
    if release is None:
        what = f"is newer than {versions.latest()}, the newest version known on {versions.as_of()}"
        unchecked = "whether EKS offers it, its support, images, add-ons and removed APIs were not checked"
        yield _warning("version", f"{what}; got {shown(args.version)}; {unchecked}: read its release notes")
    elif versions.support(args.version) == "extended":
        end = release.end_extended_support
        what = f"is in extended support, at six times the price, until {end}"
        yield _warning("version", f"{what}; got {shown(args.version)}; plan the upgrade to {_next(args.version)}")
    elif release.end_standard_support and release.end_standard_support - today() <= SOON:
        what = f"leaves standard support on {release.end_standard_support}"
        yield _warning("version", f"{what}; got {shown(args.version)}; plan the upgrade to {_next(args.version)}")
    if everyone := whole(args.public_access_cidrs):
        what = "allows the whole internet to reach the Kubernetes API"
        yield _warning("public_access_cidrs", f"{what}; got {shown(everyone)}; name the ranges that need it")
    elif args.public_access_cidrs and not args.endpoint_private_access:
        what = "must include the public addresses of nodes and of pods on Fargate, because the private endpoint is off"
        do = "add those of the NAT gateways, or set endpoint_private_access: true"
        yield _warning("public_access_cidrs", f"{what}; got {shown(args.public_access_cidrs)}; {do}")
    if "audit" not in args.enabled_cluster_log_types:
        what = "does not record who did what"
        got = shown(args.enabled_cluster_log_types)
        yield _warning("enabled_cluster_log_types", f"{what}; got {got}; add audit")


def beside_network(
    args: ClusterArgs, *, region: str, vpc_cidrs: Iterable[str], ip_family: str | None
) -> Iterator[Problem]:
    """What is wrong between a cluster and its network; `ip_family` is None where only AWS knows it."""
    vpc = [("the VPC", cidr) for cidr in vpc_cidrs]
    ours = [*_remote(args)]
    if args.service_ipv4_cidr is not None:
        ours.append(("service_ipv4_cidr", args.service_ipv4_cidr))
    for field, cidr in ours:
        for _, other in vpc:
            if overlap(cidr, other):
                do = "choose a range that does not overlap it"
                yield Problem((field,), f"overlaps the VPC's {other}; got {shown(cidr)}; {do}")
    family = args.ip_family or ip_family
    if args.ip_family == "ipv6" and ip_family == "ipv4":
        do = "set network.ip_family to ipv6"
        yield Problem(("ip_family",), f'needs a network with IPv6; got "ipv6" on one without; {do}')
    if family == "ipv6":
        yield from _ipv6(args, region)


def _ipv6(args: ClusterArgs, region: str) -> Iterator[Problem]:
    if region.startswith("cn-"):
        yield Problem(("ip_family",), f'is not offered in China; got "ipv6" in {region}; use ipv4')
    if args.service_ipv4_cidr is not None:
        do = "remove it: EKS chooses the range of services"
        yield Problem(("service_ipv4_cidr",), f"is for ipv4; got {shown(args.service_ipv4_cidr)} with ipv6; {do}")
    if args.remote_node_networks:
        got = shown(args.remote_node_networks)
        yield Problem(("remote_node_networks",), f"needs ipv4; got {got} with ipv6; use ipv4 for hybrid nodes")


def _endpoints(args: ClusterArgs, faults: Faults) -> None:
    cidrs = args.public_access_cidrs
    if not args.endpoint_public_access and not args.endpoint_private_access:
        faults.add("endpoint_private_access", "closes the last endpoint; got false for both; turn one on")
    if args.endpoint_public_access and not cidrs:
        do = "name the ranges that may reach it, or 0.0.0.0/0 for everyone"
        faults.add("public_access_cidrs", f"is required with endpoint_public_access; got nothing; {do}")
    if cidrs and not args.endpoint_public_access:
        do = "remove it, or set endpoint_public_access: true"
        faults.add("public_access_cidrs", f"is for the public endpoint; got {shown(cidrs)} without it; {do}")
    if twice := repeated(cidrs):
        faults.add("public_access_cidrs", f"lists one range twice; got {shown(twice)}; remove one of them")
    for index, cidr in enumerate(cidrs):
        if within(cidr, (*PRIVATE, CARRIER)):
            do = "use endpoint_private_access for it"
            faults.add(("public_access_cidrs", index), f"is not a public range; got {shown(cidr)}; {do}")
        if args.ip_family == "ipv4" and ip_network(cidr).version == 6:
            faults.add(("public_access_cidrs", index), f"needs ip_family ipv6; got {shown(cidr)}; use IPv4 ranges")


def _logs(args: ClusterArgs, faults: Faults) -> None:
    types = args.enabled_cluster_log_types
    if twice := repeated(types):
        faults.add("enabled_cluster_log_types", f"lists one type twice; got {shown(twice)}; remove one of them")
    if args.log_group is not None and not types:
        do = "add log types or remove it"
        faults.add("log_group", f"is for logs; got it with enabled_cluster_log_types []; {do}")


def _service_range(args: ClusterArgs, faults: Faults) -> None:
    cidr = args.service_ipv4_cidr
    if cidr is None:
        return
    if args.ip_family == "ipv6":
        faults.add("service_ipv4_cidr", f"is for ipv4; got {shown(cidr)} with ipv6; remove it")
    if not 12 <= ip_network(cidr).prefixlen <= 24:
        faults.add("service_ipv4_cidr", f"must be /12 to /24; got {shown(cidr)}; choose another size")
    if not within(cidr, PRIVATE):
        faults.add("service_ipv4_cidr", f"must be private; got {shown(cidr)}; choose a range in {', '.join(PRIVATE)}")


def _remote_networks(args: ClusterArgs, faults: Faults) -> None:
    if args.remote_pod_networks and not args.remote_node_networks:
        got = shown(args.remote_pod_networks)
        faults.add("remote_pod_networks", f"needs remote_node_networks; got {got} alone; add them")
    ranges = [*_remote(args)]
    for field, cidr in ranges:
        if not within(cidr, (*PRIVATE, CARRIER)):
            do = f"choose a range in {', '.join((*PRIVATE, CARRIER))}"
            faults.add(field, f"must be private; got {shown(cidr)}; {do}")
    if args.service_ipv4_cidr is not None:
        ranges.append(("service_ipv4_cidr", args.service_ipv4_cidr))
    for (field, cidr), (other_field, other) in overlaps(ranges):
        faults.add(field, f"overlaps {other} of {other_field}; got {shown(cidr)}; choose ranges that do not overlap")
    if ranges and args.ip_family == "ipv6" and args.remote_node_networks:
        faults.add("remote_node_networks", f"needs ipv4; got {shown(args.remote_node_networks)}; use ip_family ipv4")


def _remote(args: ClusterArgs) -> Iterator[tuple[str, str]]:
    for field in ("remote_node_networks", "remote_pod_networks"):
        for cidr in getattr(args, field):
            yield field, cidr


def _role(args: ClusterArgs, faults: Faults) -> None:
    check_given(args.iam_role, args.role_arn, "role_arn", faults)
    if args.role_arn is not None and args.role_permissions_boundary is not None:
        faults.add("role_permissions_boundary", "is for the role that is created; got it beside role_arn; remove one")


def _audiences(args: ClusterArgs, faults: Faults) -> None:
    audiences = args.openid_connect_audiences
    if audiences and not args.oidc_provider:
        do = "remove them, or oidc_provider: false"
        faults.add("openid_connect_audiences", f"are for the OIDC provider; got {shown(audiences)} without it; {do}")
    if twice := repeated(("sts.amazonaws.com", *audiences)):
        faults.add("openid_connect_audiences", f"lists one that exists already; got {shown(twice)}; remove it")
    for index, audience in enumerate(audiences):
        if not 1 <= len(audience) <= 255 or audience.split() != [audience]:
            do = "use 1 to 255 characters without spaces"
            faults.add(("openid_connect_audiences", index), f"is not a valid audience; got {shown(audience)}; {do}")


def _tier(args: ClusterArgs, faults: Faults) -> None:
    manager = args.kube_controller_manager_config
    tier = args.control_plane_scaling_tier
    if manager and manager.horizontal_pod_autoscaler_controller_config and tier in (None, "standard"):
        path = ("kube_controller_manager_config", "horizontal_pod_autoscaler_controller_config")
        do = "set control_plane_scaling_tier to tier-xl or above"
        faults.add(path, f"needs a provisioned control plane; got tier {tier or 'standard'}; {do}")


def _support(args: ClusterArgs, faults: Faults) -> None:
    extended = versions.support(args.version) == "extended" and not versions.standing_taken()
    if args.support_type == "STANDARD" and extended:
        got = f'"STANDARD" with {args.version}, which is in extended support'
        faults.add("support_type", f"must be EXTENDED; got {got}; use EXTENDED or a newer version")


def _next(version: str) -> str:
    return f"1.{versions.minor(version) + 1}"


def _warning(field: str, message: str) -> Problem:
    return Problem((field,), message, severity="warning")
