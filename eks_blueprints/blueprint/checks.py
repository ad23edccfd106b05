"""Checks across the parts of a platform, made before any resource is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from eks_blueprints.access.spec import check_reach, with_deployer
from eks_blueprints.blueprint import (
    account,
    addon_checks,
    arn_checks,
    chart_checks,
    compute_checks,
    device_checks,
    ground,
    iam_checks,
    identity_checks,
    image_checks,
    kind_order,
    manifest_checks,
    metadata_checks,
    network_checks,
    node_role_checks,
    pod_checks,
    region_checks,
    secret_checks,
    security_group_checks,
    team_parts,
    telemetry,
    value_checks,
)
from eks_blueprints.blueprint.addon_defaults import settled
from eks_blueprints.core.errors import InputError, Problem, nearest, shown
from eks_blueprints.network import layout, zones
from eks_blueprints.network.spec import ExistingNetworkArgs, NetworkArgs

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """Every problem of a platform that no part can see alone; warnings are marked as such."""
    whole = team_parts.with_teams(args)
    yield from (team_parts.at_home(args, problem) for problem in _check(whole))
    if args.teams:
        from eks_blueprints.blueprint import team_checks

        yield from team_checks.check(args)


def _check(args: BlueprintArgs) -> Iterator[Problem]:
    region = list(_region(args))
    yield from region or _network(args)
    if args.account is not None:
        yield from account.check(args.account, args.region, args.kubeconfig)
    yield from _cluster(args)
    yield from arn_checks.check(args)
    yield from check_reach(args.access.values(), args.cluster.bootstrap_cluster_creator_admin_permissions)
    yield from _deployer(args)
    yield from identity_checks.check(args)
    yield from addon_checks.check(args)
    yield from chart_checks.check(args)
    yield from image_checks.check(args)
    yield from device_checks.check(args)
    yield from kind_order.check(args)
    yield from value_checks.check(args)
    yield from region_checks.check(args)
    yield from compute_checks.check(args)
    yield from node_role_checks.check(args)
    yield from iam_checks.check(args)
    yield from security_group_checks.check(args)
    yield from metadata_checks.check(args)
    if args.cluster.auto_mode is not None or any(hasattr(compute, "pools") for compute in args.compute):
        # Most platforms have no pools, and loading the specs of pools takes a quarter of a check's time.
        from eks_blueprints.blueprint import karpenter_checks

        yield from karpenter_checks.check(args)
    yield from pod_checks.check(args)
    yield from secret_checks.check(args)
    yield from manifest_checks.check(args)
    if args.workloads or args.gitops is not None or args.addon_defaults.carried_by != "helm":
        from eks_blueprints.blueprint import gitops_addons

        yield from gitops_addons.check(args)
    yield from ground.check_parts(args)
    yield from telemetry.check(args)


def _region(args: BlueprintArgs) -> Iterator[Problem]:
    """A region that cannot be, or whose zones nobody has named; a slip shows here and not in what depends on it."""
    try:
        known = zones.region(args.region)
    except ValueError as error:
        yield Problem(("region",), str(error))
        return
    network = args.network
    names_zones = isinstance(network, ExistingNetworkArgs) or network.zones is not None or network.subnets is not None
    if not known.zones and not names_zones:
        near = None if args.region in zones.regions() else nearest(args.region, zones.regions())
        do = f"did you mean {near}? if not, name network.zones" if near else "name network.zones"
        yield Problem(("region",), f"has no known zones; got {shown(args.region)}; {do}")


def _deployer(args: BlueprintArgs) -> Iterator[Problem]:
    try:
        with_deployer(args.access, args.account.role_arn if args.account else None)
    except InputError as error:
        yield from error.problems


def _network(args: BlueprintArgs) -> Iterator[Problem]:
    if not isinstance(args.network, NetworkArgs):
        yield from _below("network", layout.foreign_services(args.network, args.region))
        yield from network_checks.check(args)
        return
    found = list(layout.problems(args.network, args.region))
    yield from _below("network", found or layout.warnings(args.network, args.region))


def _cluster(args: BlueprintArgs) -> Iterator[Problem]:
    network = args.network
    beside = args.cluster.beside_network(region=args.region, vpc_cidrs=network.cidrs, ip_family=network.ip_family)
    yield from _below("cluster", beside)
    yield from _below("cluster", args.cluster.warnings)
    yield from _reach(args)


def _reach(args: BlueprintArgs) -> Iterator[Problem]:
    """A Kubernetes API that nobody reaches: the endpoint's security group lets in nodes and pods alone."""
    cluster = args.cluster
    if cluster.endpoint_public_access or cluster.endpoint_access or cluster.security_group_ids:
        return
    if cluster.remote_node_networks:  # whose nodes call it from outside
        return
    waiting = [addon.name for addon in settled(args) if not addon.of_eks]
    waiting += [compute.name for compute in args.compute if compute.kind() in ("karpenter", "auto_mode")]
    by_up = f", not even pulumi up, which puts {', '.join(waiting)} on it" if waiting else ""
    do = "add endpoint_access for your network or runners (cidr, prefix_list, security_group), or security_group_ids, "
    do += "or endpoint_public_access with public_access_cidrs"
    message = f"allows only the cluster's own nodes to reach the Kubernetes API{by_up}; got no endpoint_access; {do}"
    yield Problem(("cluster", "endpoint_private_access"), message, severity="warning")


def _below(part: str, problems: Iterable[Problem]) -> Iterator[Problem]:
    for problem in problems:
        yield problem.below(part)
