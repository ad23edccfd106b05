"""Security groups of a platform: parts that name them, and what pods need to get one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from eks_blueprints.blueprint.kinds import Ec2Nodes, Manifests, VpcCni
from eks_blueprints.core.errors import Path, Problem
from eks_blueprints.network import endpoints
from eks_blueprints.network.security_group_names import (
    ALL,
    CLUSTER,
    ENDPOINTS,
    STANDING,
    unknown_groups,
)
from eks_blueprints.network.spec import NetworkArgs

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs
    from eks_blueprints.network.security_group_spec import SecurityGroupArgs, SecurityGroupRule

_DNS = 53
_POLICY = "SecurityGroupPolicy"


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """Every problem between security groups and the parts that name them; doubts are marked as such."""
    made = {key: each for key, each in args.security_groups.items() if key not in STANDING}
    for problem in unknown_groups(args.cluster.security_groups, made):
        yield problem.below("cluster")
    for compute in args.compute:
        if isinstance(compute, Ec2Nodes):
            for problem in unknown_groups(compute.security_groups, made):
                yield problem.below("compute", compute.name)
            sources = () if compute.remote_access is None else compute.remote_access.source_security_groups
            for problem in unknown_groups(sources, made, "source_security_groups"):
                yield problem.below("compute", compute.name, "remote_access")
    yield from _endpoints(args)
    yield from _pods(args)


def _endpoints(args: BlueprintArgs) -> Iterator[Problem]:
    network = args.network
    if isinstance(network, NetworkArgs):
        try:
            there = bool(endpoints.interface_services(network, args.region))
        except ValueError:  # told at the region
            return
    else:
        there = bool(network.interface_endpoints)
    if there:
        return
    message = "is the group of interface endpoints; got a network without any; add some, or remove it"
    if ENDPOINTS in args.security_groups:
        yield Problem(("security_groups", ENDPOINTS), message)
    for key, group in args.security_groups.items():
        for way, rule, each in group.rules(made=False):
            if each.security_group == ENDPOINTS:
                yield Problem(("security_groups", key, way, rule, "security_group"), message)


def _pods(args: BlueprintArgs) -> Iterator[Problem]:
    chosen = {key: group for key, group in args.security_groups.items() if group.pods}
    written: list[Path] = [("security_groups", key, "pods") for key in chosen]
    written += [
        ("addons", addon.name, "manifests", key)
        for addon in args.addons
        if isinstance(addon, Manifests)
        for key, manifest in addon.manifests.items()
        if manifest.get("kind") == _POLICY
    ]
    if not written:
        return
    cni = next((addon for addon in args.addons if isinstance(addon, VpcCni)), None)
    if cni is None or (cni.pod_security_groups is None and not _gives_groups(cni)):
        what = "is assigned to pods by the VPC CNI, which does so only when it is configured; got it not configured"
        do = "set addons.vpc_cni.pod_security_groups: standard"
        yield from (Problem(at, f"{what}; {do}", severity="warning") for at in written)
    if CLUSTER not in chosen:
        what = (
            "removes the cluster's group from these pods, which lets them reach DNS and lets nodes reach their probes"
        )
        do = "allow both in its rules, or add the same pods to security_groups.cluster"
        for key in chosen:
            if not _reach_the_cluster(args.security_groups, key):
                yield Problem(("security_groups", key, "pods"), f"{what}; got no pods there; {do}", severity="warning")


def _gives_groups(cni: VpcCni) -> bool:
    """Whether values of the user's own make the VPC CNI give groups to pods."""
    env = cni.configuration_values.get("env")
    return isinstance(env, Mapping) and str(env.get("ENABLE_POD_ENI")).lower() == "true"


def _reach_the_cluster(groups: Mapping[str, SecurityGroupArgs], key: str) -> bool:
    """Whether rules let pods of a group ask DNS on the nodes, and the nodes reach the pods."""
    from eks_blueprints.network.security_group_spec import SecurityGroupArgs

    cluster = groups.get(CLUSTER, SecurityGroupArgs())
    asks = any(each.security_group == key and _takes(each, _DNS) for each in cluster.ingress.values())
    return asks and any(each.security_group == CLUSTER for each in groups[key].ingress.values())


def _takes(rule: SecurityGroupRule, port: int) -> bool:
    if rule.protocol == ALL:
        return True
    return rule.protocol == "udp" and rule.ports is not None and rule.ports[0] <= port <= rule.ports[1]
