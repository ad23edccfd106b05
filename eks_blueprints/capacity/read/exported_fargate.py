"""Fargate in an export: machines with the size that EKS wrote on their pod, and the profiles of pods that wait."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from eks_blueprints.capacity.model import Platform, Running
from eks_blueprints.capacity.read.cluster_facts import fargate_rates
from eks_blueprints.capacity.read.exported import Exported, Item
from eks_blueprints.karpenter.labels import COMPUTE_TYPE
from eks_blueprints.provisioning.fargate import PROFILE_LABEL, RESERVED_MEMORY, Size, size_of
from eks_blueprints.provisioning.machine import ON_DEMAND, Offering
from eks_blueprints.provisioning.makers import FARGATE, Profile
from eks_blueprints.review.cost.prices import Prices
from eks_blueprints.scheduling.amounts import CPU, DISK, MEMORY, PODS
from eks_blueprints.scheduling.node import ZONE, Node
from eks_blueprints.scheduling.pod import Shape

_PROVISIONED = "CapacityProvisioned"
_SIZE = re.compile(r"(?P<vcpu>[0-9.]+)vCPU (?P<gb>[0-9.]+)GB")
"""What EKS writes on a pod that runs on Fargate. Source: EKS user guide, "Pod CPU and memory"."""


def is_fargate(node: Item) -> bool:
    """Whether a node is a machine of Fargate."""
    return node.labels.get(COMPUTE_TYPE) == FARGATE


def machine_of(
    node: Node, pod: Item, pods: list[tuple[str, Shape]], rates: tuple[float, float, float] | None
) -> Running:
    """A machine of Fargate, with its pod.

    What its node says to have is more than the pod may use and than is paid for.
    """
    size = _provisioned(pod) or size_of(pods[0][1].requests)
    if size is None:
        return Running(node=node, pods=tuple(pods), capacity_type=ON_DEMAND)
    zone = node.labels.get(ZONE, "")
    room = {CPU: size.cpu, MEMORY: size.memory - RESERVED_MEMORY, DISK: size.disk, PODS: 1}
    return Running(
        node=replace(node, allocatable=room),
        pods=tuple(pods),
        machine=str(size),
        capacity_type=ON_DEMAND,
        maker=pod.labels.get(PROFILE_LABEL, ""),
        offerings=() if rates is None else (Offering(zone=zone, price=size.hourly(*rates)),),
    )


def profiles_of(export: Exported, waiting: Iterable[Item], platform: Platform, prices: Prices) -> Iterator[Profile]:
    """The profiles of pods that wait for Fargate, as far as the platform does not have them."""
    known = {each.name for each in platform.profiles}
    namespaces: dict[str, dict[str, None]] = {}
    for each in waiting:
        name = each.labels.get(PROFILE_LABEL)
        if name and name not in known:
            namespaces.setdefault(name, {})[each.namespace] = None
    zones = {each.labels[ZONE] for each in export.of("Node") if each.labels.get(ZONE)}
    for name, found in namespaces.items():
        yield Profile(
            name=name,
            selectors=tuple((namespace, {PROFILE_LABEL: name}) for namespace in found),
            zones=tuple(sorted(zones)),
            rates=fargate_rates(prices, platform.region),
        )


def _provisioned(pod: Item) -> Size | None:
    text = pod.annotations.get(_PROVISIONED)
    found = _SIZE.fullmatch(str(text))
    try:
        return None if found is None else Size(int(float(found["vcpu"]) * 1000), int(float(found["gb"]) * 2**30))
    except ValueError:
        return None
