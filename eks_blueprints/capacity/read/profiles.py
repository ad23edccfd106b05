"""Fargate profiles of a cluster."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from eks_blueprints.capacity.read.cluster_facts import ClusterFacts
from eks_blueprints.policies.addresses import all_resolved, subnets_of
from eks_blueprints.policies.objects import canonical
from eks_blueprints.policies.platform import FARGATE, on_cluster, profile_name
from eks_blueprints.policies.props import Undetermined
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.provisioning.makers import Profile
from eks_blueprints.scheduling.selectors import Labels

_ID = re.compile(r"[a-z]+[0-9]-az[0-9]+")


def profiles_of(cluster: Resource, stack: Stack, facts: ClusterFacts) -> Iterator[Profile | str]:
    """The Fargate profiles of a cluster; a sentence for what is not known of one."""
    for each in on_cluster(cluster, stack, FARGATE):
        try:
            selectors = tuple(_selectors(each, stack))
        except Undetermined as error:
            yield f"what runs on the Fargate profile {each.name} is not known: {error}"
            continue
        zones = zones_of(each, stack, facts, "subnetIds", of=each.name)
        yield Profile(name=profile_name(each), selectors=selectors, zones=zones, rates=facts.fargate)


def zones_of(resource: Resource, stack: Stack, facts: ClusterFacts, *keys: str, of: str) -> tuple[str, ...]:
    """The zones of the subnets that a property names, or what they are taken for; `of` is what makes nodes in them."""
    try:
        zones = {each.zone for each in subnets_of(resource, stack, *keys)}
        whole = all_resolved(resource, stack, *keys)
    except Undetermined:
        return facts.zones_for(of)
    named = tuple(sorted(zone for zone in zones if zone and "${" not in zone))
    return named if whole and named and len(named) == len(zones) else facts.zones_for(of)


def ids_among(zones: Iterable[str]) -> dict[str, str]:
    """Ids of zones by what they are called: those that subnets give by their id are called so."""
    return {zone: zone for zone in zones if _ID.fullmatch(zone)}


def _selectors(profile: Resource, stack: Stack) -> Iterator[tuple[str, Labels]]:
    for each in profile.props.items("selectors"):
        namespace = each.text("namespace")
        if namespace is not None:
            yield canonical(namespace, stack), {key: str(value.get()) for key, value in each.pairs("labels")}
