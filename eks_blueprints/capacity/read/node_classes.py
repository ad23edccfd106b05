"""How the nodes of a pool are run, by its class of nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.capacity.read.cluster_facts import ClusterFacts
from eks_blueprints.capacity.read.node_settings import kubelet_settings
from eks_blueprints.capacity.read.plain import Gaps, plain
from eks_blueprints.capacity.read.profiles import ids_among, zones_of
from eks_blueprints.core.facts.pods import Addressing
from eks_blueprints.karpenter.labels import AUTO_MODE, WINDOWS_BUILDS, Flavor
from eks_blueprints.policies.addresses import subnet_of
from eks_blueprints.policies.karpenter import matching, selected_subnets
from eks_blueprints.policies.node_disks import disk_of_class
from eks_blueprints.policies.props import Props, Undetermined
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.provisioning.machine import ON_DEMAND, RESERVED, SPOT
from eks_blueprints.provisioning.node_amounts import Image
from eks_blueprints.provisioning.offers import Reservation, Way

_RESERVATION = "aws:ec2/capacityReservation:CapacityReservation"
_IMAGES: Mapping[str, Image] = {
    "al2": "AL2",
    "al2023": "AL2023",
    "bottlerocket": "BOTTLEROCKET",
    "custom": "CUSTOM",
    "windows2019": "WINDOWS",
    "windows2022": "WINDOWS",
    "windows2025": "WINDOWS",
}

_READ = (
    *("amiFamily", "amiSelectorTerms", "blockDeviceMappings", "ephemeralStorage", "instanceStorePolicy"),
    *("ipv4PrefixSize", "kubelet"),
)


def class_way(  # noqa: PLR0917 - what is known where a pool is read
    found: Resource | None,
    flavor: Flavor,
    cluster: Resource,
    stack: Stack,
    facts: ClusterFacts,
    gaps: Gaps,
    pool: str,
) -> Way:
    """How the nodes of a class are run.

    Args:
        found: The class; None where the stack does not make it.
        flavor: Who makes the nodes.
        cluster: Their cluster.
        stack: Its stack.
        facts: What is known of the cluster as a whole.
        gaps: Takes what is not known.
        pool: The name of the pool.

    Raises:
        Undetermined: if it is not known which capacity reservations it may use.
    """
    spec = {} if found is None else {key: plain(found.props, stack, gaps, "spec", key) for key in _READ}
    zones = _zones(found, cluster, stack, facts, pool)
    reserved = [] if found is None else list(_reservations(found, stack, gaps))
    if found is None and flavor is not AUTO_MODE:
        gaps.say("its class of nodes is made elsewhere: taken for Amazon Linux 2023 as it is by default")
    return way_of_class(spec, flavor, facts, zones=zones, reservations=tuple(reserved))


def way_of_class(
    spec: Mapping[str, Any],
    flavor: Flavor,
    facts: ClusterFacts,
    *,
    zones: tuple[str, ...],
    reservations: tuple[Reservation, ...] = (),
) -> Way:
    """How the nodes of a class are run.

    Args:
        spec: Its spec as plain values; empty where it is not known.
        flavor: Who makes the nodes.
        facts: What is known of the cluster as a whole.
        zones: The zones of its subnets.
        reservations: Capacity reservations that it may use.
    """
    auto = flavor is AUTO_MODE
    family = _family(spec)
    disk = disk_of_class(Props(spec), auto_mode=auto)
    single = auto and spec.get("ipv4PrefixSize") == "32"
    kept = {} if auto else kubelet_settings(spec.get("kubelet") or {})
    return Way(
        kind="auto_mode" if auto else "karpenter",
        image="BOTTLEROCKET" if auto else _IMAGES.get(family, "CUSTOM"),
        windows_build=WINDOWS_BUILDS.get(family.capitalize(), ""),
        addressing=Addressing(prefixes=not single, ipv6=facts.addressing.ipv6) if auto else facts.addressing,
        disk=None if disk.size is None else int(disk.size),
        instance_store=disk.instance_store,
        memory_overhead=facts.memory_overhead,
        pod_interfaces=facts.pod_interfaces,
        region=facts.region,
        zones=zones,
        zone_ids=ids_among(zones),
        capacity_types=(ON_DEMAND, SPOT, *([RESERVED] if reservations else [])),
        hour=facts.hour,
        spot_of=facts.spot_of,
        fee=facts.fee if auto else 0.0,
        windows_fee=facts.windows_fee,
        starting_volumes=len(spec.get("blockDeviceMappings") or ()) or None,
        reservations=reservations,
        **kept,
    )


def _family(spec: Mapping[str, Any]) -> str:
    """The family of the image, without its number and in lower case."""
    terms = spec.get("amiSelectorTerms") or ()
    alias = next((str(each["alias"]) for each in terms if isinstance(each, Mapping) and each.get("alias")), "")
    named = spec.get("amiFamily") or alias.partition("@")[0]
    return str(named or ("custom" if terms else "al2023")).lower()


def _zones(found: Resource | None, cluster: Resource, stack: Stack, facts: ClusterFacts, pool: str) -> tuple[str, ...]:
    if found is None:
        return zones_of(cluster, stack, facts, "vpcConfig", "subnetIds", of=pool)
    try:
        named = {subnet_of(each).zone for each in selected_subnets(found, stack)}
    except Undetermined:
        named = set()
    zones = tuple(sorted(zone for zone in named if zone and "${" not in zone))
    return zones if zones and len(zones) == len(named) else facts.zones_for(pool)


def _reservations(found: Resource, stack: Stack, gaps: Gaps) -> Iterator[Reservation]:
    terms = found.props.items("spec", "capacityReservationSelectorTerms")
    if not terms:
        return
    here = matching(terms, _RESERVATION, stack)
    if len(here) < len(terms):
        gaps.say("capacity reservations that it may use are made elsewhere, and are not counted")
    for each in here:
        props = each.props
        if props.is_known("instanceType") and props.is_known("availabilityZone") and props.is_known("instanceCount"):
            yield Reservation(
                id=each.name,
                machine=str(props.get("instanceType")),
                zone=str(props.get("availabilityZone")),
                left=int(props.number("instanceCount") or 0),
            )
