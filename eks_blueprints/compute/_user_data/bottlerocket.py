"""Bottlerocket: settings in TOML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.compute._user_data.cluster_data import ClusterData, NodeData, effect_in_kubernetes, merged

_BARE = re.compile(r"[A-Za-z0-9_-]+")

# Bottlerocket answers SSH from its admin container only, which is off at first.
_ADMIN: Mapping[str, Any] = {"host-containers": {"admin": {"enabled": True}}}


def render(
    cluster: ClusterData, node: NodeData, *, settings: Mapping[str, Any] | None = None, admin_container: bool = False
) -> str:
    """User data for Bottlerocket.

    Args:
        cluster: the cluster to join.
        node: labels, taints and size of the node.
        settings: what goes below `settings`, merged over what the other arguments say.
        admin_container: whether the container that answers SSH runs.
    """
    ours = {"kubernetes": _kubernetes(cluster, node), **(_ADMIN if admin_container else {})}
    return _document(merged(ours, settings or {}))


def render_additions(
    node: NodeData, *, settings: Mapping[str, Any] | None = None, admin_container: bool = False
) -> str | None:
    """User data besides what EKS adds for its own images, which tells about the cluster; None if there is none.

    Args:
        node: size of the node; EKS tells it its labels and taints.
        settings: what goes below `settings`, merged over what the other arguments say.
        admin_container: whether the container that answers SSH runs.
    """
    size = {} if node.max_pods is None else {"kubernetes": {"max-pods": node.max_pods}}
    everything = merged({**size, **(_ADMIN if admin_container else {})}, settings or {})
    return _document(everything) if everything else None


def _document(settings: Mapping[str, Any]) -> str:
    return "\n".join(_tables({"settings": settings})) + "\n"


def _kubernetes(cluster: ClusterData, node: NodeData) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "api-server": cluster.endpoint,
        "cluster-certificate": cluster.certificate_authority,
        "cluster-name": cluster.name,
        "cluster-dns-ip": cluster.dns_ip,
    }
    if node.max_pods is not None:
        settings["max-pods"] = node.max_pods
    if node.labels:
        settings["node-labels"] = dict(sorted(node.labels.items()))
    taints: dict[str, list[str]] = {}
    for key, value, effect in node.taints:
        taints.setdefault(key, []).append(f"{value}:{effect_in_kubernetes(effect)}")
    if taints:
        settings["node-taints"] = taints
    return settings


def _tables(tree: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[str]:
    leaves = {key: value for key, value in tree.items() if not isinstance(value, Mapping)}
    if leaves:
        yield f"[{'.'.join(map(_key, path))}]"
        yield from (f"{_key(key)} = {toml_value(value)}" for key, value in leaves.items())
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _tables(value, (*path, key))


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def toml_value(value: Any) -> str:
    """A leaf as TOML writes it.

    Raises:
        TypeError: if TOML has no such value.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    raise TypeError(f"TOML has no {type(value).__name__}")


def _text(value: str) -> str:
    # A basic string of TOML takes what a string of JSON takes, but for DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
