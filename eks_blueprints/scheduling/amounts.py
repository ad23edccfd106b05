"""Amounts of resources as the scheduler counts them: whole numbers, thousandths of a core and bytes.

Source: `Resource.Add` and `SetMaxResource` in k8s.io/kubernetes pkg/scheduler/framework, and `PodRequests` in
k8s.io/component-helpers/resource, 1.36.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from eks_blueprints.karpenter.quantities import exact

CPU = "cpu"
"""Thousandths of a core; every other resource is in bytes or pieces."""
MEMORY = "memory"
DISK = "ephemeral-storage"
PODS = "pods"

Amounts = Mapping[str, int]
"""Amounts by resource."""

_OF_PODS = frozenset({CPU, MEMORY})
"""What a pod may request as a whole, besides huge pages."""


def amount(resource: str, given: Any) -> int:
    """One amount, rounded up as the scheduler does.

    Raises:
        ValueError: if it is no quantity.
    """
    found = exact(str(given).strip())
    return math.ceil(found * 1000) if resource == CPU else math.ceil(found)


def amounts(given: Mapping[str, Any] | None) -> dict[str, int]:
    """Amounts of a mapping such as `requests`.

    Raises:
        ValueError: if one is no quantity.
    """
    return {name: amount(name, each) for name, each in (given or {}).items() if each is not None}


def added(one: Amounts, other: Amounts) -> dict[str, int]:
    """The sum of two."""
    found = dict(one)
    for name, count in other.items():
        found[name] = found.get(name, 0) + count
    return found


def larger(one: Amounts, other: Amounts) -> dict[str, int]:
    """The larger of each."""
    found = dict(one)
    for name, count in other.items():
        found[name] = max(found.get(name, 0), count)
    return found


def requested(spec: Mapping[str, Any], *, least: Amounts | None = None) -> dict[str, int]:
    """What a pod requests: its containers together, or the largest step of its start if that is more.

    A container that is started before the others and keeps running (`restartPolicy: Always`) counts with those that
    follow it. What the pod requests as a whole takes the place of that sum; `overhead` is added. A limit without a
    request is its request.

    Args:
        spec: The spec of a pod.
        least: What a container counts for that requests nothing of a resource. Default: nothing.

    Raises:
        ValueError: if an amount is no quantity.
    """
    running: dict[str, int] = {}
    peak: dict[str, int] = {}
    for container in _listed(spec, "initContainers"):
        mine = _of(container, least)
        if container.get("restartPolicy") == "Always":
            running = added(running, mine)
            peak = larger(peak, running)
        else:
            peak = larger(peak, added(running, mine))
    for container in _listed(spec, "containers"):
        running = added(running, _of(container, least))
    found = larger(peak, running)
    whole = _of(spec, None)
    found |= {name: each for name, each in whole.items() if name in _OF_PODS or name.startswith("hugepages-")}
    return added(found, amounts(spec.get("overhead")))


def _of(part: Mapping[str, Any], least: Amounts | None) -> dict[str, int]:
    resources = part.get("resources") or {}
    found = {**amounts(resources.get("limits")), **amounts(resources.get("requests"))}
    return {**least, **found} if least else found


def _listed(spec: Mapping[str, Any], key: str) -> Iterable[Mapping[str, Any]]:
    return spec.get(key) or ()
