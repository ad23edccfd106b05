"""Whether pools and classes of nodes find what they ask for in the network that a platform declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from eks_blueprints.blueprint.kinds import AutoMode, Karpenter
from eks_blueprints.core.errors import InputError, Path, Problem, shown
from eks_blueprints.karpenter.labels import ZONE, ZONE_ID
from eks_blueprints.karpenter.overlap import labels_left
from eks_blueprints.network import endpoints, layout, zones
from eks_blueprints.network.blocks import PlannedSubnet
from eks_blueprints.network.security_group_names import CLUSTER
from eks_blueprints.network.spec import AnyNetwork, NetworkArgs

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs

DISCOVERY = "karpenter.sh/discovery"
_SERVICES = ("ec2", "ecr.api", "ecr.dkr", "eks", "sqs", "ssm")
_REGION = "topology.kubernetes.io/region"


def check_network(args: BlueprintArgs, compute: Karpenter | AutoMode) -> Iterator[Problem]:
    """Zones that the network does not have, and tags that none of its subnets carries."""
    if isinstance(compute, Karpenter):
        yield from _cut_off(args.network, args.region, compute)
        yield from _own_tag(args)
    if not isinstance(args.network, NetworkArgs):
        yield from _abroad(args, compute, ())
        return
    try:
        subnets = layout.plan(args.network, args.region)
    except (InputError, ValueError):  # told at the network or the region
        return
    yield from _abroad(args, compute, subnets)
    yield from _zones(subnets, compute)
    for node_class in compute.classes:
        at = (compute.group, compute.name, "node_classes", node_class.name)
        yield from _subnets(args, subnets, node_class, at)
        yield from _security_groups(args, node_class, at)


def _cut_off(network: AnyNetwork, region: str, karpenter: Karpenter) -> Iterator[Problem]:
    """What Karpenter needs where the private subnets have no way to the internet.

    Source: Karpenter's documentation, "Getting started with Karpenter", section "Private Clusters".
    """
    if network.nat != "none" or (isinstance(network, NetworkArgs) and network.leads_out):
        return
    at = (karpenter.group, karpenter.name)
    if karpenter.settings.isolated_vpc is not True:
        message = "is off, and the network has no way to IAM and to prices, which have no endpoints; got no NAT gateway"
        yield _doubt((*at, "settings", "isolated_vpc"), f"{message}; set true")
    if isinstance(network, NetworkArgs):  # those of a VPC that is there are told with what other compute calls
        has = {endpoints.short(name, region) for name in endpoints.interface_services(network, region)}
        if missing := [service for service in services_of(karpenter) if service not in has]:
            message = f"lack {', '.join(missing)}, without which Karpenter does not work; got no NAT gateway"
            yield _doubt(("network", "additional_endpoints"), f"{message}; add them, or a NAT gateway")
    for each in karpenter.classes:
        if each.role is not None:
            message = "has no effect where Karpenter cannot reach IAM to create an instance profile; got a role"
            yield _doubt((*at, "node_classes", each.name, "role"), f"{message}; use instance_profile, or leave it out")


def _own_tag(args: BlueprintArgs) -> Iterator[Problem]:
    """The tag by which Karpenter finds the cluster's security group, which comes with it."""
    group = args.security_groups.get(CLUSTER)
    if group is not None and DISCOVERY in group.tags:
        message = f"comes with karpenter; got {shown(group.tags[DISCOVERY])} too; remove it"
        yield Problem(("security_groups", CLUSTER, "tags", DISCOVERY), message)


def services_of(karpenter: Karpenter) -> tuple[str, ...]:
    """The services that Karpenter calls."""
    return (*_SERVICES, "sts" if karpenter.identity == "irsa" else "eks-auth")


def _doubt(path: Path, message: str) -> Problem:
    return Problem(path, message, severity="warning")


def _abroad(
    args: BlueprintArgs, compute: Karpenter | AutoMode, subnets: tuple[PlannedSubnet, ...]
) -> Iterator[Problem]:
    """Conditions on region and zone that no node of the region fulfils, but for those that `_zones` tells."""
    try:
        zones.region(args.region)
    except ValueError:  # told at the region
        return
    own = {each.name for each in compute.classes if each.subnet_selector_terms is not None}
    told = _key(_private_zones(subnets)) if subnets else None
    for pool in compute.pools:
        left, at = labels_left(pool), (compute.group, compute.name, "node_pools", pool.name)
        region = left.get(_REGION)
        if region is not None and args.region not in region:
            got = ", ".join(sorted(region.values or ())) or f"a condition that leaves out {args.region}"
            message = f"leave no node, because all are in region {args.region}"
            yield Problem((*at, "requirements"), f"{message}; got {got}; use {args.region}, or remove it")
        for key in (ZONE, ZONE_ID):
            if key == told and pool.node_class not in own:
                continue
            asked = sorted(left[key].values or ()) if key in left else []
            foreign = [zone for zone in asked if zones.form(zone) and not zones.belongs(zone, args.region)]
            field = "zones" if pool.zones and key == ZONE else "requirements"
            for zone in foreign:
                message = f"is not a valid zone of region {args.region}, where all nodes are; got {zone}"
                alone = len(foreign) == len(asked)
                yield Problem(
                    (*at, field), f"{message}; name one of its zones", severity="error" if alone else "warning"
                )


def _private_zones(subnets: tuple[PlannedSubnet, ...]) -> list[str]:
    return sorted({subnet.zone for subnet in subnets if subnet.role == "private"})


def _key(has: list[str]) -> str:
    """The label by which zones are told, as the network writes them."""
    return ZONE_ID if all(zones.is_id(zone) for zone in has) else ZONE


def _zones(subnets: tuple[PlannedSubnet, ...], compute: Karpenter | AutoMode) -> Iterator[Problem]:
    own = {node_class.name for node_class in compute.classes if node_class.subnet_selector_terms is not None}
    has = _private_zones(subnets)
    for pool in compute.pools:
        if pool.node_class in own:
            continue
        asked = labels_left(pool).get(_key(has))
        if not has or asked is None:
            continue
        field = "zones" if pool.zones and _key(has) == ZONE else "requirements"
        at = (compute.group, compute.name, "node_pools", pool.name, field)
        none_left = not any(zone in asked for zone in has)
        if none_left and not asked.values:
            message = "leave none of the zones that the network has private subnets in"
            yield Problem(at, f"{message}; got none of {', '.join(has)}; allow one of them")
        foreign = sorted(zone for zone in asked.values or () if zone not in has)
        for zone in foreign:
            message = f"is not a zone that the network has private subnets in; got {zone}; use {', '.join(has)}"
            yield Problem(at, message, severity="error" if none_left else "warning")


def _subnets(args: BlueprintArgs, subnets: tuple[PlannedSubnet, ...], node_class: Any, at: Path) -> Iterator[Problem]:
    terms = node_class.subnet_selector_terms
    if terms is None or any(term.id is not None for term in terms):
        return
    network = args.network
    if not isinstance(network, NetworkArgs):
        return
    tagged = [{**args.tags, **_tags(network, args.cluster.name, subnet)} for subnet in subnets]
    if not any(_fits(term.tags, tags) for term in terms for tags in tagged):
        message = f"select no subnet of this platform's network; got {shown(dict(terms[0].tags or {}))}"
        do = f"use tags of its subnets, such as {DISCOVERY}, or leave it out"
        yield Problem((*at, "subnet_selector_terms"), f"{message}; {do}", severity="warning")


def _security_groups(args: BlueprintArgs, node_class: Any, at: Path) -> Iterator[Problem]:
    terms = node_class.security_group_selector_terms
    if terms is None or any(term.tags is None for term in terms):
        return
    name = args.cluster.name
    known = {DISCOVERY: name, "aws:eks:cluster-name": name, "Name": None}
    for term in terms:
        # The group that EKS makes is the only one that is declared here; others may well be there.
        if DISCOVERY in term.tags and not _fits({DISCOVERY: term.tags[DISCOVERY]}, known):
            message = f"is not how the cluster's security group is tagged; got {shown(term.tags[DISCOVERY])}"
            path = (*at, "security_group_selector_terms")
            yield Problem(path, f"{message}; use {name}, or leave it out", severity="warning")


def _tags(network: NetworkArgs, name: str | None, subnet: PlannedSubnet) -> dict[str, str | None]:
    """The tags that a subnet will have; None for a value that only the blueprint's name will tell."""
    tags: dict[str, str | None] = {"Name": None}
    if subnet.role == "private":
        tags |= {"kubernetes.io/role/internal-elb": "1", DISCOVERY: name}
    if subnet.role == "public":
        tags |= {"kubernetes.io/role/elb": "1"}
    return {**tags, **network.tags, **network.subnet_tags.get(subnet.role, {}), **subnet.tags}


def _fits(wanted: Mapping[str, Any] | None, tags: Mapping[str, str | None]) -> bool:
    for key, value in (wanted or {}).items():
        if key not in tags:
            return False
        found = tags[key]
        if isinstance(value, str) and value != "*" and found is not None and value != found:
            return False
    return True
