"""Kubernetes objects that other resources carry: as objects, as YAML text, in local files and folders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from eks_blueprints.core import kustomize
from eks_blueprints.core.object_lists import listed
from eks_blueprints.core.yaml_text import YAMLError, documents
from eks_blueprints.policies.stack import Resource, Stack

_GROUPS = ("kubernetes:yaml:ConfigGroup", "kubernetes:yaml/v2:ConfigGroup")
_FILES = ("kubernetes:yaml:ConfigFile", "kubernetes:yaml/v2:ConfigFile")
_FOLDERS = ("kubernetes:kustomize:Directory", "kubernetes:kustomize/v2:Directory")
_MOST = 16 * 2**20
"""A file larger than so many bytes is not read."""


def is_read(resource: Resource, stack: Stack) -> bool:
    """Whether the objects that a resource stands for are in the stack, and all of them."""
    parents, alone = stack.once("parents", lambda: _parents(stack))
    if resource.type in (*_GROUPS, *_FILES) and not _reads_all(resource, stack.folder):
        return resource.urn in alone
    return resource.urn in parents


def _parents(stack: Stack) -> tuple[frozenset[str | None], frozenset[str | None]]:
    """URNs of all parents, and of those of resources that are resources by themselves and not parts of others."""
    alone = frozenset(each.parent for each in stack.resources if "#" not in each.urn)
    return frozenset(each.parent for each in stack.resources), alone


def reason(resource: Resource, stack: Stack) -> str:
    """Why a resource's objects are not read, and what lets them be; empty where there is nothing that does."""
    if resource.type in _FOLDERS and (folder := _kustomized(resource, stack.folder)) and kustomize.can_build(folder):
        return "its folder is read where kustomize or kubectl is on the PATH and can build it"
    return ""


def embedded_in(resource: Resource, folder: Path | None = None) -> Iterator[Resource]:
    """The objects that a resource carries in its inputs, or in files of the folder that its program runs in."""
    if resource.type in _FOLDERS:
        found = _kustomized(resource, folder)
        for index, value in enumerate(kustomize.objects(found) or () if found else ()):
            yield from _object(resource, value, ("directory", index))
        return
    if resource.type not in (*_GROUPS, *_FILES):
        return
    for key, name, file in _local(resource, folder):
        if file is not None:
            for index, value in enumerate(_documents(_text(file))):
                yield from _object(resource, value, (*key, name, index))
    if resource.type in _FILES:
        return
    objects = resource.inputs.get("objs")
    for index, value in enumerate(objects if isinstance(objects, list) else []):
        yield from _object(resource, value, ("objs", index))
    texts = resource.inputs.get("yaml")
    for text in texts if isinstance(texts, list) else [texts]:
        if isinstance(text, str):
            for index, value in enumerate(_documents(text)):
                yield from _object(resource, value, ("yaml", index))


def _kustomized(resource: Resource, folder: Path | None) -> Path | None:
    """The local folder that a resource builds by Kustomize, if it is at hand."""
    name = resource.inputs.get("directory")
    if folder is None or not isinstance(name, str) or "://" in name or "${" in name:
        return None
    return folder / name if kustomize.is_folder(folder / name) else None


def _local(resource: Resource, folder: Path | None) -> Iterator[tuple[tuple[str, ...], str, Path | None]]:
    """The files that a resource names: its key, the name and the file; None where that is not at hand."""
    key = "file" if resource.type in _FILES else "files"
    given = resource.inputs.get(key)
    if given is None and resource.type in _FILES:
        given = resource.name
    for name in given if isinstance(given, list) else [] if given is None else [given]:
        if not isinstance(name, str) or "://" in name or "${" in name or folder is None:
            yield (key,), str(name), None
            continue
        found = sorted(path for path in folder.glob(name) if path.is_file()) if _is_pattern(name) else [folder / name]
        yield from (((key,), name, path if _is_small(path) else None) for path in found or [folder / name])


def _is_pattern(name: str) -> bool:
    return not name.startswith("/") and any(each in name for each in "*?[")


def _is_small(path: Path) -> bool:
    try:
        return path.is_file() and path.stat().st_size <= _MOST
    except OSError:
        return False


def _reads_all(resource: Resource, folder: Path | None) -> bool:
    return all(file is not None for _, _, file in _local(resource, folder))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def type_of(api_version: str, kind: str) -> str:
    """The Pulumi type of a Kubernetes object."""
    group = api_version if "/" in api_version else f"core/{api_version}"
    return f"kubernetes:{group}:{kind}"


def _object(group: Resource, value: Any, path: tuple[str | int, ...]) -> Iterator[Resource]:
    for at, each in listed(value, path) if isinstance(value, Mapping) else ():
        api_version, kind = each.get("apiVersion"), each.get("kind")
        if isinstance(api_version, str) and isinstance(kind, str):
            yield _made(group, _placed(group, each), type_of(api_version, kind), at)


def _placed(group: Resource, value: Mapping[str, Any]) -> Mapping[str, Any]:
    """An object in the namespace that the resource puts objects into which name none."""
    namespace, metadata = group.inputs.get("namespace"), value.get("metadata")
    if group.type not in _FOLDERS or not isinstance(namespace, str) or not isinstance(metadata, Mapping):
        return value
    return {**value, "metadata": {"namespace": namespace, **metadata}}


def _made(group: Resource, value: Mapping[str, Any], type_: str, path: tuple[str | int, ...]) -> Resource:
    metadata, kind = value.get("metadata"), value["kind"]
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    mark = f"{kind}/{name}"
    name = name if isinstance(name, str) else f"{group.name}-{kind}"
    return group.carried(mark, type_, value, name=name, path=path)


def _documents(text: str) -> list[Any]:
    try:
        return documents(text)
    except YAMLError:
        # Text that is no YAML fails in the provider; a rule has nothing to read in it.
        return []
