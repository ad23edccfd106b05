"""Managed node groups, and Auto Scaling groups of self-managed nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from eks_blueprints.capacity.read.autoscaler import Autoscaler
from eks_blueprints.capacity.read.cluster_facts import ClusterFacts
from eks_blueprints.capacity.read.node_settings import template_settings, told_settings
from eks_blueprints.capacity.read.profiles import ids_among, zones_of
from eks_blueprints.core.facts.ami_types import CUSTOM, ami_types
from eks_blueprints.karpenter.fitting import Nodes
from eks_blueprints.karpenter.labels import ARCHITECTURE, GROUP, INSTANCE_TYPE, OPERATING_SYSTEM, ZONE
from eks_blueprints.policies.node_labels import launch_template, nodes_of, user_data
from eks_blueprints.policies.platform import NODE_GROUP, on_cluster
from eks_blueprints.policies.props import Undetermined
from eks_blueprints.policies.self_managed import groups_of, nodes_of_group, tags_of, templates, types_in_order
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.provisioning.machine import ON_DEMAND, RESERVED, SPOT
from eks_blueprints.provisioning.makers import Group
from eks_blueprints.provisioning.node_amounts import Image
from eks_blueprints.provisioning.offers import Way, doubts, left_out, machines, unpriced

_MANAGED, _OWN = "managed_node_group", "self_managed_node_group"
CAPACITY_TYPES = {"ON_DEMAND": ON_DEMAND, "SPOT": SPOT, "CAPACITY_BLOCK": RESERVED}
_DEFAULT_TYPE = "t3.medium"
"""What EKS takes where a managed group names no type."""
_ENABLED = "k8s.io/cluster-autoscaler/enabled"
_NOT_ALIKE = (ARCHITECTURE, "beta.kubernetes.io/arch", "beta.kubernetes.io/os", INSTANCE_TYPE, ZONE)


def groups_in(
    cluster: Resource, stack: Stack, facts: ClusterFacts, autoscaler: Autoscaler | None
) -> Iterator[Group | str]:
    """The groups of a cluster; a sentence for what is not known of one."""
    for each in on_cluster(cluster, stack, NODE_GROUP):
        yield from _read(_managed, each, stack, facts, autoscaler)
    for each in groups_of(cluster, stack):
        yield from _read(_own, each, stack, facts, autoscaler)


def _read(
    make: Any, group: Resource, stack: Stack, facts: ClusterFacts, autoscaler: Autoscaler | None
) -> Iterator[Group | str]:
    try:
        yield from make(group, stack, facts, autoscaler)
    except (Undetermined, ValueError) as error:
        yield f"the group {group.name} is not counted: {error}"


def _managed(
    group: Resource, stack: Stack, facts: ClusterFacts, autoscaler: Autoscaler | None
) -> Iterator[Group | str]:
    nodes = nodes_of(group, stack)
    props = group.props
    sizes = [props.number("scalingConfig", key) for key in ("minSize", "desiredSize", "maxSize")]
    capacity = CAPACITY_TYPES.get(str(props.get("capacityType") or "ON_DEMAND"), ON_DEMAND)
    template = launch_template(group, stack, "launchTemplate", "id") if props.has("launchTemplate") else None
    text = "" if not props.has("launchTemplate") else None if template is None else user_data(template)
    if text is None:
        yield f"the launch template of the group {group.name} is not known: taken for nodes as EKS starts them"
    names = [str(each.get()) for each in props.items("instanceTypes")] or sorted(nodes.types) or [_DEFAULT_TYPE]
    given = props.get("amiType")
    kind = ami_types().get(str(given))
    image: Image = kind.family if kind is not None else "CUSTOM" if given == CUSTOM else "AL2023"
    labels = _labels(nodes)
    labels.setdefault(GROUP, group.name)
    name = str(props.get("nodeGroupName")) if props.is_known("nodeGroupName") and props.has("nodeGroupName") else ""
    yield from _group(
        group,
        nodes,
        names,
        sizes=sizes,
        labels=labels,
        way={"kind": _MANAGED, "image": image, "capacity_types": (capacity,), **_told(template, text)},
        zones=zones_of(group, stack, facts, "subnetIds", of=group.name),
        facts=facts,
        priority=autoscaler.priority(f"eks-{name or group.name}-") if autoscaler else None,
        scales=autoscaler is None or autoscaler.discovers,
    )


def _own(group: Resource, stack: Stack, facts: ClusterFacts, autoscaler: Autoscaler | None) -> Iterator[Group | str]:
    nodes = nodes_of_group(group, stack)
    props = group.props
    sizes = [props.number(key) for key in ("minSize", "desiredCapacity", "maxSize")]
    found = list(templates(group, stack))
    only = found[0] if len(found) == 1 else None
    text = None if only is None else user_data(only)
    if nodes.unsure:
        yield f"of the group {group.name}: {nodes.unsure}"
    names = types_in_order(group, found)
    if names is None:
        yield f"the group {group.name} is not counted: its instance types are chosen by attributes, or not known"
        return
    capacity, mixed = _capacity_of(group, found)
    if mixed:
        yield f"the group {group.name} mixes on-demand and spot: taken for {capacity}"
    tags = dict(tags_of(group))
    named = props.get("name") if props.is_known("name") and props.has("name") else group.name
    scales = autoscaler is None or (autoscaler.discovers and _ENABLED in tags) or str(named) in autoscaler.named
    yield from _group(
        group,
        nodes,
        names,
        sizes=sizes,
        labels=_labels(nodes),
        way={"kind": _OWN, "image": _image(nodes, text), "capacity_types": (capacity,), **_told(only, text)},
        zones=zones_of(group, stack, facts, "vpcZoneIdentifiers", of=group.name),
        facts=facts,
        priority=autoscaler.priority(str(named)) if autoscaler else None,
        scales=scales,
    )


def _group(
    group: Resource,
    nodes: Nodes,
    names: list[str],
    *,
    sizes: list[float | None],
    labels: dict[str, str],
    way: Mapping[str, Any],
    zones: tuple[str, ...],
    facts: ClusterFacts,
    priority: int | None,
    scales: bool,
) -> Iterator[Group | str]:
    whole = Way(
        region=facts.region,
        zones=zones,
        zone_ids=ids_among(zones),
        hour=facts.hour,
        spot_of=facts.spot_of,
        windows_fee=facts.windows_fee,
        # The interfaces that Karpenter leaves out (RESERVED_ENIS) it leaves out for its own nodes alone.
        addressing=replace(facts.addressing, reserved_interfaces=0),
        pod_interfaces=facts.pod_interfaces,
        disk=None if nodes.disk is None else int(nodes.disk),
        instance_store=nodes.instance_store,
        **way,
    )
    for name, why in left_out(names, whole).items():
        yield f"the group {group.name} never gets {name}, which {why}"
    for sentence in doubts(names, whole):
        yield f"of the group {group.name}: {sentence}"
    if none := unpriced(names, whole):
        yield f"there is no price of {', '.join(none)} in the group {group.name}"
    found = machines(names, whole)
    if not found:
        yield f"the group {group.name} gets no nodes: none of its instance types can be had"
        return
    least, start, most = _sizes(sizes)
    yield Group(
        name=group.name,
        kind=whole.kind,
        least=least,
        start=start,
        most=most,
        machines=found,
        labels=labels,
        taints=nodes.taints,
        zones=zones,
        capacity_type=whole.capacity_types[0],
        priority=priority,
        scales=scales,
    )


def _told(template: Resource | None, text: str | None) -> dict[str, Any]:
    """Settings of nodes by their launch template and its user data."""
    return {**(template_settings(template) if template is not None else {}), **told_settings(text or "")}


def _sizes(given: list[float | None]) -> tuple[int, int, int]:
    """Fewest nodes, those at the beginning, and most."""
    least, start, most = given
    first = least or 0
    begin = first if start is None else start
    return int(first), int(begin), int(max(begin if most is None else most, begin))


def _labels(nodes: Nodes) -> dict[str, str]:
    """The labels that all nodes of a group have; those of the instance type are left to it."""
    return {
        key: next(iter(each.values))
        for key, each in nodes.labels.items()
        if each.values is not None and len(each.values) == 1 and key not in _NOT_ALIKE
    }


def _image(nodes: Nodes, text: str | None) -> Image:
    system = nodes.labels.get(OPERATING_SYSTEM)
    if system is not None and "windows" in system:
        return "WINDOWS"
    if "[settings.kubernetes" in (text or ""):
        return "BOTTLEROCKET"
    return "AL2" if "/etc/eks/bootstrap.sh" in (text or "") else "AL2023"


def _capacity_of(group: Resource, found: list[Resource | None]) -> tuple[str, bool]:
    """How an Auto Scaling group buys its instances, and whether in two ways."""
    at = ("mixedInstancesPolicy", "instancesDistribution")
    if group.props.has("mixedInstancesPolicy"):
        share = group.props.number(*at, "onDemandPercentageAboveBaseCapacity")
        base = group.props.number(*at, "onDemandBaseCapacity") or 0
        share = 100 if share is None else share
        spot = share == 0 and not base
        return SPOT if spot else ON_DEMAND, not spot and share < 100
    options = [each.props for each in found if each is not None]
    spot = any(each.get("instanceMarketOptions", "marketType") == "spot" for each in options)
    return SPOT if spot else ON_DEMAND, False
