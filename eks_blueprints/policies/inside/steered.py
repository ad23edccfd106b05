"""Values of users that the table can follow: replicas, placement, priority, and where images come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from eks_blueprints.core.charts.model import Container, Rendered, Workload
from eks_blueprints.core.images import parts
from eks_blueprints.policies.inside.paths import Path, within, written

_TAGS = ("tag", "digest")
_FIELDS = {
    "nodeSelector": "node_selector",
    "tolerations": "tolerations",
    "topologySpreadConstraints": "spread",
    "replicas": "replicas",
    "priorityClassName": "priority_class",
}


def is_steering(path: Path, found: Rendered) -> bool:
    """Whether the table knows what a value at a path changes."""
    return any(
        any(within(path, at) for places in each.at.values() for at in places)
        or any(_is_of_image(path, container) for container in each.containers.values())
        for each in found.workloads.values()
    )


def steered(found: Rendered, values: Mapping[Path, Any], images: Mapping[str, str]) -> Rendered:
    """What a chart renders with values at paths that steer something.

    `images` has, by paths, which part of an image a value at it stands for.
    """
    if not values:
        return found
    workloads = {name: _workload(each, values, images) for name, each in found.workloads.items()}
    return replace(found, workloads=workloads)


def _workload(workload: Workload, values: Mapping[Path, Any], images: Mapping[str, str]) -> Workload:
    changed: dict[str, Any] = {}
    for what, places in workload.at.items():
        field = _FIELDS.get(what)
        given = [(path, value) for path, value in values.items() if any(within(path, at) for at in places)]
        if field is None or not given:
            continue
        if field == "node_selector":
            changed[field] = {**workload.node_selector, **{path[-1]: str(value) for path, value in given}}
            continue
        value = given[-1][1]
        if field == "replicas":
            if isinstance(value, int) and not isinstance(value, bool):
                changed[field] = value
        elif field == "priority_class":
            if isinstance(value, str):
                changed[field] = value
        elif isinstance(value, list):
            changed[field] = tuple(each for each in value if isinstance(each, dict))
    containers = {name: _container(each, values, images) for name, each in workload.containers.items()}
    return replace(workload, containers=containers, **changed)


def _container(container: Container, values: Mapping[Path, Any], images: Mapping[str, str]) -> Container:
    image = container.image
    for path, value in values.items():
        if isinstance(value, str) and value and _is_of_image(path, container):
            image = _with(image, path, value, images.get(written(path), ""))
    return replace(container, image=image)


def _is_of_image(path: Path, container: Container) -> bool:
    if written(path) in container.image_at:
        return True
    return path[-1] in _TAGS and any(written(path[:-1]) == at.rpartition(".")[0] for at in container.image_at)


def _with(image: str, path: Path, value: str, stood_for: str) -> str:
    name, tag, digest = parts(image)
    version = (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")
    if path[-1] == "digest":
        return f"{name}:{tag}@{value}" if tag else f"{name}@{value}"
    if path[-1] == "tag":
        return f"{name}:{value}"
    if stood_for and (name == stood_for or name.startswith(f"{stood_for}/")):
        return f"{value}{name.removeprefix(stood_for)}{version}"
    if any(parts(value)[1:]):
        return value
    host, slash, inside = name.partition("/")
    has_host = bool(slash) and any(each in host for each in ".:")
    if path[-1].lower().endswith("registry"):
        return f"{value}/{inside if has_host else name}{version}"
    own_host = "/" in value and any(each in value.partition("/")[0] for each in ".:")
    prefix = f"{host}/" if has_host and not own_host else ""
    return f"{prefix}{value}{version}"
