"""Checks across the parts of a platform, made before any resource is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import ValidationError

from eks_blueprints.access.spec import check_reach
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.coredns import Coredns
from eks_blueprints.addons.eks_pod_identity_agent import EksPodIdentityAgent
from eks_blueprints.addons.kube_proxy import KubeProxy
from eks_blueprints.addons.vpc_cni import VpcCni
from eks_blueprints.blueprint.order import in_order
from eks_blueprints.compute.base import Compute
from eks_blueprints.errors import Path, Problem, nearest, problems_of, shown
from eks_blueprints.network import layout, zones
from eks_blueprints.network.spec import ExistingNetworkArgs, NetworkArgs

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """Every problem of a platform that no part can see alone; warnings are marked as such."""
    region = list(_region(args))
    yield from region or _network(args)
    yield from _cluster(args)
    yield from check_reach(args.access.values(), args.cluster.bootstrap_cluster_creator_admin_permissions)
    yield from _addons(args)
    yield from _core_addons(args)
    yield from _homeless(args)


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


def _network(args: BlueprintArgs) -> Iterator[Problem]:
    if not isinstance(args.network, NetworkArgs):
        return
    found = list(layout.problems(args.network, args.region))
    yield from _below("network", found or layout.warnings(args.network, args.region))


def _cluster(args: BlueprintArgs) -> Iterator[Problem]:
    network = args.network
    beside = args.cluster.beside_network(region=args.region, vpc_cidrs=network.cidrs, ip_family=network.ip_family)
    yield from _below("cluster", beside)
    yield from _below("cluster", args.cluster.warnings)


def _addons(args: BlueprintArgs) -> Iterator[Problem]:
    for addon in args.addons:
        for needed in addon.requires:
            if not any(isinstance(other, needed) for other in args.addons):
                kind = needed.kind()
                yield _at(addon, f"requires {kind}; got addons without it; add {kind}: {{}}")
        for other in args.addons:
            if other is not addon and isinstance(other, addon.conflicts):
                yield _at(addon, f"cannot run beside {other.name}; got both; remove one of them")
            elif other is not addon and type(other) is type(addon) and other.name < addon.name and _single(addon):
                yield _at(addon, f"can be on a cluster once; got {other.name} of the same kind; remove one of them")
    try:
        in_order(args.addons)
    except ValidationError as error:
        yield from problems_of(error)


def _core_addons(args: BlueprintArgs) -> Iterator[Problem]:
    nodes = [compute for compute in args.compute if compute.runs_pods]
    auto = args.cluster.auto_mode is not None
    if nodes and not _has(args, VpcCni):
        named = ", ".join(compute.name for compute in nodes)
        do = "add vpc_cni: {}, unless another network plugin is installed by other means"
        yield _doubt(("addons",), f"bring no network plugin, without which the nodes of {named} never get ready; {do}")
    if nodes and not _has(args, KubeProxy):
        yield _doubt(("addons",), "bring no kube_proxy, without which services cannot be reached; add kube_proxy: {}")
    if not auto and not _has(args, EksPodIdentityAgent):
        for addon in args.addons:
            if addon.identity_used == "pod_identity":
                do = "add eks_pod_identity_agent: {}, or set identity: irsa"
                yield _at(addon, f"gets its AWS permissions by EKS Pod Identity; got addons without the agent; {do}")
    if nodes and not auto and not _has(args, Coredns):
        yield _doubt(("addons",), "bring no coredns, without which no name in the cluster resolves; add coredns: {}")


def _homeless(args: BlueprintArgs) -> Iterator[Problem]:
    """Add-ons that no node could run: EKS would wait for them in vain, and `pulumi up` with it."""
    hosts = [compute for compute in args.compute if compute.runs_pods and compute.operating_system == "linux"]
    if args.cluster.auto_mode is not None:
        return
    waiting = [addon for addon in args.addons if not addon.before_nodes]
    if waiting and not hosts:
        named = ", ".join(addon.name for addon in waiting)
        do = "add compute, such as nodes: {kind: managed_nodes}, or set cluster.auto_mode"
        yield Problem(("compute",), f"is needed by {named}; got none that runs Linux pods; {do}")
        return
    for addon in waiting:
        if not any(_tolerates(addon, host) for host in hosts):
            taints = ", ".join(sorted({taint.key for host in hosts for taint in host.node_taints}))
            do = "leave one group of nodes without taints, or give the add-on tolerations"
            yield _at(addon, f"tolerates the taints of no node; got {taints} on all of them; {do}")


def _tolerates(addon: AddOn, host: Compute) -> bool:
    # EKS gives its add-ons a toleration of CriticalAddonsOnly, the taint for nodes that are kept for them.
    tolerations = getattr(addon, "tolerations", None) or ()
    keys = {toleration.key for toleration in tolerations} | {"CriticalAddonsOnly"}
    hard = [taint for taint in host.node_taints if taint.effect != "PREFER_NO_SCHEDULE"]
    return None in keys or all(taint.key in keys for taint in hard)


def _single(addon: AddOn) -> bool:
    # EKS knows an add-on by its name and has it once a cluster.
    return hasattr(addon, "eks_name")


def _has(args: BlueprintArgs, kind: type[AddOn]) -> bool:
    return any(isinstance(addon, kind) for addon in args.addons)


def _at(addon: AddOn, message: str) -> Problem:
    return Problem(("addons", addon.name), message)


def _doubt(path: Path, message: str) -> Problem:
    return Problem(path, message, severity="warning")


def _below(part: str, problems: Iterable[Problem]) -> Iterator[Problem]:
    for problem in problems:
        yield replace(problem, path=(part, *problem.path))
