"""Ports of one pod that two of its containers want."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.errors import Path, Problem, shown
from eks_blueprints.kubernetes.pods import items


def apart(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    """Ports of a PodSpec that are wanted twice: of the node, which is refused, and of the pod, which is a warning."""
    yield from _host_ports(value, path)
    yield from _shared_ports(value, path)


def _host_ports(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    """Ports of the node that two containers ask for."""
    seen: set[tuple[Any, ...]] = set()
    for number, container in items(value.get("containers")):
        for index, port in items(container.get("ports")):
            found = port.get("hostPort")
            key = (port.get("protocol") or "TCP", port.get("hostIP") or "", found)
            if not all(isinstance(each, str | int) for each in key) or not found:
                continue
            if key in seen:
                at = (*path, "containers", number, "ports", index, "hostPort")
                yield Problem(at, f"is used twice; got {shown(found)}; choose another, or remove it")
            seen.add(key)


def _shared_ports(value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    """Ports that two containers of a pod listen on: they share its network, so the second one cannot start."""
    seen: dict[tuple[Any, ...], int] = {}
    running = [("containers", index, each) for index, each in items(value.get("containers"))]
    starting = items(value.get("initContainers"))
    running += [("initContainers", index, each) for index, each in starting if each.get("restartPolicy") == "Always"]
    for number, (group, place, container) in enumerate(running):
        for index, port in items(container.get("ports")):
            found, protocol = port.get("containerPort"), port.get("protocol") or "TCP"
            if type(found) is not int or not isinstance(protocol, str):
                continue
            if seen.setdefault((protocol, found), number) != number:
                other = shown(running[seen[protocol, found]][2].get("name"))
                what = f"is the port of {other} too, and containers of a pod share one network; got {found}"
                at = (*path, group, place, "ports", index, "containerPort")
                yield Problem(at, f"{what}; choose another", severity="warning")
