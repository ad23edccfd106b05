"""Kubernetes objects inside other resources' inputs: the objects and the YAML text of a ConfigGroup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.policies.stack import Resource

_GROUP = "kubernetes:yaml/v2:ConfigGroup"


def embedded_in(resource: Resource) -> Iterator[Resource]:
    """The objects that a resource carries in its inputs."""
    if resource.type != _GROUP:
        return
    objects = resource.inputs.get("objs")
    for index, value in enumerate(objects if isinstance(objects, list) else []):
        yield from _object(resource, value, ("objs", index))
    text = resource.inputs.get("yaml")
    if isinstance(text, str):
        for index, value in enumerate(_documents(text)):
            yield from _object(resource, value, ("yaml", index))


def type_of(api_version: str, kind: str) -> str:
    """The Pulumi type of a Kubernetes object."""
    group = api_version if "/" in api_version else f"core/{api_version}"
    return f"kubernetes:{group}:{kind}"


def _object(group: Resource, value: Any, path: tuple[str | int, ...]) -> Iterator[Resource]:
    if not isinstance(value, Mapping):
        return
    api_version, kind = value.get("apiVersion"), value.get("kind")
    if not (isinstance(api_version, str) and isinstance(kind, str)):
        return
    items = value.get("items")
    if kind.endswith("List") and isinstance(items, list):
        for index, item in enumerate(items):
            yield from _object(group, item, (*path, "items", index))
        return
    metadata = value.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    yield Resource(
        urn=f"{group.urn}#{kind}/{name}",
        type=type_of(api_version, kind),
        name=name if isinstance(name, str) else f"{group.name}-{kind}",
        inputs=value,
        parent=group.urn,
        provider=group.provider,
        dependencies=group.dependencies,
        position=group.position,
        path=path,
    )


def _documents(text: str) -> list[Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return list(YAML(typ="safe", pure=True).load_all(text))
    except YAMLError:
        # Text that is no YAML fails in the provider; a rule has nothing to read in it.
        return []
