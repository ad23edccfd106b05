"""Kubeconfigs of several clusters as one, with a context for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eks_blueprints.core.errors import InputError, Problem, shown
from eks_blueprints.core.yaml_text import YAMLError, load

_PARTS = {"clusters": "cluster", "users": "user", "contexts": "context"}


def read(text: str, name: str) -> Mapping[str, Any]:
    """A kubeconfig, in JSON or YAML.

    Args:
        text: What it is.
        name: What errors call it.

    Raises:
        InputError: if it is none.
    """
    try:
        data: Any = load(text)
    except YAMLError:
        data = None
    if not isinstance(data, Mapping) or data.get("kind") != "Config" or not all(map(_has_names, map(data.get, _PARTS))):
        message = f"is not a kubeconfig; got {shown(data)}; name a file with kind: Config, clusters, users and contexts"
        raise InputError([Problem((), message, name)])
    return data


def _has_names(part: Any) -> bool:
    return isinstance(part, list) and all(isinstance(each, Mapping) and "name" in each for each in part)


def merged(configs: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """One kubeconfig with a context for each of several, which is called as the key says; the first is the current one.

    The cluster and the user of a context get its name, too, because clusters of several accounts may share one.
    """
    found: dict[str, Any] = {"apiVersion": "v1", "kind": "Config", **{part: [] for part in _PARTS}}
    for name, config in configs.items():
        context = _named(config, "contexts", config.get("current-context"))
        cluster, user = (_named(config, f"{part}s", context.get(part)) for part in ("cluster", "user"))
        found["clusters"].append({"name": name, "cluster": cluster})
        found["users"].append({"name": name, "user": user})
        found["contexts"].append({"name": name, "context": {**context, "cluster": name, "user": name}})
    return {**found, "current-context": next(iter(configs), "")}


def contexts(config: Mapping[str, Any]) -> list[str]:
    """The names of the contexts of a kubeconfig."""
    return [str(each["name"]) for each in config["contexts"]]


def _named(config: Mapping[str, Any], part: str, name: Any) -> Mapping[str, Any]:
    """The entry of that name, or the first one where none has it."""
    entries = config[part]
    entry = next((each for each in entries if each["name"] == name), entries[0] if entries else {})
    found = entry.get(_PARTS[part])
    return found if isinstance(found, Mapping) else {}
