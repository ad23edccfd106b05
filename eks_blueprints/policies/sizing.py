"""What a vertical autoscaler makes of the requests of a workload, by samples of what its containers use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from eks_blueprints.kubernetes.autoscaler.vertical import target
from eks_blueprints.policies.objects import WORKLOADS, object_name, pod_of, target_of
from eks_blueprints.policies.pod_needs import running
from eks_blueprints.policies.pod_totals import written
from eks_blueprints.policies.props import Props
from eks_blueprints.policies.quantities import quantity
from eks_blueprints.policies.rules.autoscalers import VPA
from eks_blueprints.policies.stack import Resource, Stack

RESOURCES = ("cpu", "memory")
Samples = Mapping[str, Mapping[str, Sequence[tuple[float, float]]]]
"""By container and resource: seconds, and cores or bytes."""


@dataclass(frozen=True, slots=True)
class Size:
    """One resource of one container."""

    container: str
    resource: str
    requested: str | None
    recommended: str
    why: str = ""
    """What bounds it; empty where nothing does."""


@dataclass
class Sizing:
    """What comes of it."""

    mode: str | None
    """Update mode of the autoscaler; None where the workload has none."""
    sizes: list[Size] = field(default_factory=list)
    more: dict[str, float] = field(default_factory=dict)
    """What a pod requests on top of what it does now, in cores and bytes; below zero for less."""


def workload_named(stack: Stack, name: str) -> Resource | None:
    """A workload by the name of its object."""
    return next((each for each in stack.of(*WORKLOADS) if object_name(each, stack) == name and not each.patch), None)


def sizing(stack: Stack, workload: Resource, samples: Samples) -> Sizing:
    """What is recommended for the containers of a workload."""
    vpa = next((each for each in stack.of(VPA) if target_of(each, stack, "spec", "targetRef") is workload), None)
    found = Sizing(None if vpa is None else str(vpa.props.get("spec", "updatePolicy", "updateMode") or "Recreate"))
    containers = running(pod_of(workload))
    for container in containers:
        name = str(container.get("name"))
        policy = _policy(vpa, name)
        for resource in RESOURCES:
            taken = samples.get(name, {}).get(resource)
            if not taken:
                continue
            own = quantity(container.get("resources", "requests", resource))
            wanted, why = _bounded(target(resource, taken, len(containers)), policy, resource)
            requested = None if own is None else written(resource, own)
            found.sizes.append(Size(name, resource, requested, written(resource, wanted), why))
            if "left alone" not in why:
                found.more[resource] = found.more.get(resource, 0.0) + wanted - (own or 0)
    return found


def _policy(vpa: Resource | None, container: str) -> Props | None:
    if vpa is None:
        return None
    every = {
        str(each.get("containerName")): each for each in vpa.props.items("spec", "resourcePolicy", "containerPolicies")
    }
    return every.get(container, every.get("*"))


def _bounded(wanted: float, policy: Props | None, resource: str) -> tuple[float, str]:
    if policy is None:
        return wanted, ""
    words = policy.words("controlledResources")
    if policy.get("mode") == "Off" or (words and resource not in words):
        return wanted, "left alone by its policy"
    least, most = (quantity(policy.get(key, resource)) for key in ("minAllowed", "maxAllowed"))
    if most is not None and wanted > most:
        return most, f"{written(resource, wanted)} becomes maxAllowed"
    if least is not None and wanted < least:
        return least, f"{written(resource, wanted)} becomes minAllowed"
    return wanted, ""
