"""Nodes as a plan declares them, each kind with what decides how it follows a control plane."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.lifecycle.upgrade.model import Nodes
from eks_blueprints.lifecycle.upgrade.places import Places
from eks_blueprints.policies.addresses import subnets_of
from eks_blueprints.policies.platform import (
    EC2_NODE_CLASS,
    FARGATE,
    GROUP,
    NODE_CLASS,
    NODE_GROUP,
    NODE_POOL,
    cluster_of,
    version_of,
)
from eks_blueprints.policies.props import Undetermined
from eks_blueprints.policies.stack import Resource, Stack

_ENTRY = "aws:eks/accessEntry:AccessEntry"
_MINOR = re.compile(r"1\.(\d+)(\.|-|$)")


def declared_nodes(cluster: Resource, stack: Stack, places: Places) -> Iterator[Nodes]:
    """Everything that runs pods on a cluster."""
    for each in stack.of(NODE_GROUP, GROUP, FARGATE):
        if cluster_of(each, stack) in (cluster, None):
            yield _MAKE[each.type](each, cluster, stack, places)
    for pool in stack.of(NODE_POOL):
        if cluster_of(pool, stack) in (cluster, None):
            yield _pool(pool, cluster, stack, places)
    remote = cluster.inputs.get("remoteNetworkConfig")
    entries = [each for each in stack.of(_ENTRY) if each.inputs.get("type") == "HYBRID_LINUX"]
    if remote or entries:
        yield Nodes(name="hybrid nodes", kind="hybrid", place=places.at((), entries[0] if entries else cluster))


def minor_in(text: Any) -> int | None:
    """34 for `1.34`, `1.34.2-20251103` and `v1.34.2-eks-1a2b`; None for what says none."""
    match = _MINOR.match(str(text).removeprefix("v")) if isinstance(text, str) else None
    return int(match[1]) if match else None


def _managed(group: Resource, cluster: Resource, stack: Stack, places: Places) -> Nodes:
    element = places.element(group, stack, "compute")
    said = _said(places, element)
    inputs = group.inputs
    minor = minor_in(inputs.get("version")) or minor_in(inputs.get("releaseVersion"))
    update, sizes = _map(inputs.get("updateConfig")), _map(inputs.get("scalingConfig"))
    own = said.get("image") or said.get("launch_template")
    return Nodes(
        name=element or str(inputs.get("nodeGroupName") or group.name),
        kind="managed",
        minor=minor,
        release=_text(inputs.get("releaseVersion")),
        # A pinned release needs a version beside it as soon as the control plane has another one.
        follows=bool(said) and "version" not in said and inputs.get("amiType") != "CUSTOM",
        ami_type=_text(inputs.get("amiType")),
        image=_image(own) if inputs.get("amiType") == "CUSTOM" else "",
        count=_count(sizes),
        most=_whole(sizes.get("maxSize")),
        zones=_zones(group, stack, "subnetIds"),
        pace=_whole(update.get("maxUnavailable")),
        pace_share=_whole(update.get("maxUnavailablePercentage")),
        force=inputs.get("forceUpdateVersion") is True,
        instance_types=_words(inputs.get("instanceTypes")),
        spot=inputs.get("capacityType") == "SPOT",
        place=_place(places, element, group, "release_version", "version"),
    )


def _self_managed(group: Resource, cluster: Resource, stack: Stack, places: Places) -> Nodes:
    element = places.element(group, stack, "compute")
    said = _said(places, element)
    image = _map(said.get("image"))
    pinned = minor_in(said.get("version")) or minor_in(image.get("release"))
    follows = bool(said) and pinned is None and not image and "launch_template" not in said
    return Nodes(
        name=element or group.name,
        kind="self-managed",
        minor=pinned or (version_of(cluster) if follows else None),
        release=_text(image.get("release")),
        follows=follows,
        ami_type=_text(said.get("ami_type")),
        image=_image(image or said.get("launch_template")) if not follows and image.keys() != {"release"} else "",
        count=_whole(group.inputs.get("desiredCapacity")) or _whole(group.inputs.get("minSize")),
        most=_whole(group.inputs.get("maxSize")),
        zones=_zones(group, stack, "vpcZoneIdentifiers"),
        place=_place(places, element, group, "version"),
    )


def _fargate(profile: Resource, cluster: Resource, stack: Stack, places: Places) -> Nodes:
    element = places.element(profile, stack, "compute")
    selectors = profile.inputs.get("selectors")
    spaces = [str(each.get("namespace")) for each in selectors or () if isinstance(each, Mapping)]
    return Nodes(
        name=element or profile.name,
        kind="fargate",
        image=", ".join(dict.fromkeys(spaces)),
        place=_place(places, element, profile),
    )


def _pool(pool: Resource, cluster: Resource, stack: Stack, places: Places) -> Nodes:
    spec = _map(pool.inputs.get("spec"))
    reference = _map(_map(_map(spec.get("template")).get("spec")).get("nodeClassRef"))
    automatic = reference.get("group") == "eks.amazonaws.com"
    classes = stack.of(NODE_CLASS if automatic else EC2_NODE_CLASS)
    of_pool = [each for each in classes if _map(each.inputs.get("metadata")).get("name") == reference.get("name")]
    budgets = _map(spec.get("disruption")).get("budgets")
    return Nodes(
        name=str(_map(pool.inputs.get("metadata")).get("name") or pool.name),
        kind="auto mode" if automatic else "karpenter",
        ami_type=None,
        image="" if automatic else _terms(of_pool[0] if of_pool else None),
        place=_pool_place(pool, of_pool[0] if of_pool else None, stack, places),
        blocked=_never(budgets),
    )


def _pool_place(pool: Resource, node_class: Resource | None, stack: Stack, places: Places) -> str:
    """The line of the image terms of a pool's class, or of the pool."""
    element = places.element(pool, stack, "compute")
    named = _map((node_class or pool).inputs.get("metadata")).get("name")
    for path in (
        ("compute", element, "node_classes", str(named), "ami_selector_terms"),
        ("compute", element, "node_pools", str(_map(pool.inputs.get("metadata")).get("name"))),
    ):
        if places.document is not None and path in places.document.keys:
            return places.at(path)
    return _place(places, element, pool)


def _never(budgets: Any) -> str:
    """Whether a budget without a schedule lets no node go that has drifted."""
    for each in budgets if isinstance(budgets, list) else ():
        budget = _map(each)
        reasons = _words(budget.get("reasons"))
        if (
            str(budget.get("nodes")) in ("0", "0%")
            and not budget.get("schedule")
            and (not reasons or "Drifted" in reasons)
        ):
            return f"its disruption budget allows {budget.get('nodes')} nodes at any time"
    return ""


def _terms(node_class: Resource | None) -> str:
    if node_class is None:
        return "a node class that this stack does not make"
    terms = _map(node_class.inputs.get("spec")).get("amiSelectorTerms")
    found = [f"{key} {value}" for each in terms or () for key, value in _map(each).items() if key != "owner"]
    return ", ".join(found) or "no image terms"


def _image(given: Any) -> str:
    said = _map(given)
    named = next((f"{key} {said[key]}" for key in ("id", "ssm_parameter", "name", "release") if said.get(key)), "")
    return named or ("the image of its launch template" if given else "")


def _said(places: Places, element: str) -> Mapping[str, Any]:
    compute = places.document.data.get("compute") if places.document is not None else None
    found = compute.get(element) if isinstance(compute, dict) else None
    return found if isinstance(found, dict) else {}


def _place(places: Places, element: str, resource: Resource, *fields: str) -> str:
    for field in fields:
        if places.document is not None and ("compute", element, field) in places.document.keys:
            return places.at(("compute", element, field))
    return places.at(("compute", element), resource) if element else places.at((), resource)


def _zones(group: Resource, stack: Stack, key: str) -> int | None:
    try:
        zones = {each.zone for each in subnets_of(group, stack, key)}
    except Undetermined:
        return None
    return len(zones) if zones and None not in zones else None


def _count(sizes: Mapping[str, Any]) -> int | None:
    return next((sizes[key] for key in ("desiredSize", "minSize") if isinstance(sizes.get(key), int)), None)


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) and "$unknown" not in value else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and "${" not in value else None


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _words(value: Any) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


_MAKE = {NODE_GROUP: _managed, GROUP: _self_managed, FARGATE: _fargate}
