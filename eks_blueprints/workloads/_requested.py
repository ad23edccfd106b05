"""What the containers of a workload request, wherever it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eks_blueprints.workloads.base import Workload


def containers(workload: Workload) -> dict[str, frozenset[str]]:
    """The containers that run all the time, and the resources that each requests or has a limit of."""
    found: dict[str, frozenset[str]] = {}
    if workload.image is not None:
        found[workload.container_name_used] = frozenset((*workload.requests, *workload.limits_used))
    for key, each in workload.sidecars.items():
        found[key] = frozenset((*each.requests, *each.limits_used))
    for group in ("containers", "initContainers"):
        entries = workload.pod.get(group)
        for entry in entries if isinstance(entries, list | tuple) else ():
            name = entry.get("name") if isinstance(entry, Mapping) else None
            if not isinstance(name, str):
                continue
            if group == "containers" or name in found or entry.get("restartPolicy") == "Always":
                found[name] = found.get(name, frozenset()) | _amounts(entry)
    return found


def unrequested(workload: Workload, resource: str, container: str | None) -> list[str]:
    """Containers without a request of a resource, of which a share can so not be computed: all that the pod has, or
    one of them."""
    known = containers(workload)
    if container is not None:
        return [] if container not in known or resource in known[container] else [container]
    # What the pod as a whole requests is counted instead.
    if resource in _amounts(workload.pod):
        return []
    return [name for name, amounts in known.items() if resource not in amounts]


def _amounts(inside: Mapping[str, Any]) -> frozenset[str]:
    resources = inside.get("resources")
    if not isinstance(resources, Mapping):
        return frozenset()
    parts = (resources.get(word) for word in ("requests", "limits"))
    return frozenset(name for part in parts if isinstance(part, Mapping) for name in part)
