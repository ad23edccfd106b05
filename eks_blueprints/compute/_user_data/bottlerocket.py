"""Bottlerocket: settings in TOML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eks_blueprints.compute._user_data import toml
from eks_blueprints.compute._user_data.cluster_data import ClusterData, NodeData, effect_in_kubernetes
from eks_blueprints.compute._user_data.merging import merged

# Bottlerocket answers SSH from its admin container only, which is off at first.
_ADMIN: Mapping[str, Any] = {"host-containers": {"admin": {"enabled": True}}}


def render(
    cluster: ClusterData, node: NodeData, *, settings: Mapping[str, Any] | None = None, admin_container: bool = False
) -> str:
    """User data for Bottlerocket.

    Args:
        cluster: the cluster to join.
        node: labels, taints and size of the node.
        settings: what goes below `settings`, merged with what the other arguments say.
        admin_container: whether the container that answers SSH runs.
    """
    ours = {"kubernetes": _kubernetes(cluster, node), **(_ADMIN if admin_container else {})}
    return toml.document({"settings": merged(ours, _in_lists(settings or {}))})


def render_additions(
    node: NodeData, *, settings: Mapping[str, Any] | None = None, admin_container: bool = False
) -> str | None:
    """User data besides what EKS adds for its own images, which tells about the cluster; None if there is none.

    Args:
        node: size of the node; EKS tells it its labels and taints.
        settings: what goes below `settings`, merged with what the other arguments say.
        admin_container: whether the container that answers SSH runs.
    """
    size = {} if node.max_pods is None else {"kubernetes": {"max-pods": node.max_pods}}
    everything = merged({**size, **(_ADMIN if admin_container else {})}, _in_lists(settings or {}))
    return toml.document({"settings": everything}) if everything else None


def _in_lists(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings with each key of taints as a list, which Bottlerocket takes as one text too."""
    kubernetes = settings.get("kubernetes", {})
    if "node-taints" not in kubernetes:
        return settings
    taints = {key: [value] if isinstance(value, str) else value for key, value in kubernetes["node-taints"].items()}
    return {**settings, "kubernetes": {**kubernetes, "node-taints": taints}}


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
