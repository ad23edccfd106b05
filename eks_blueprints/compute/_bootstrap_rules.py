"""Rules about what a node is told at its first start."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.facts.ami_types import AmiType, Family

if TYPE_CHECKING:
    from eks_blueprints.compute._ec2_nodes import Ec2Nodes

_USER_DATA_LIMIT = 16_384
_CLUSTER_DATA = 4_096  # what the cluster's name, endpoint and authority take up, roughly

# Of the NodeConfig and of Bottlerocket's settings, what the platform alone knows.
_OURS_IN_NODE_CONFIG = ("cluster",)
_OURS_IN_BOTTLEROCKET = ("api-server", "cluster-certificate", "cluster-name", "cluster-dns-ip")
_FORBIDDEN_KUBELET = ("address", "authentication", "authorization", "clusterDomain", "serverTLSBootstrap")

Told: TypeAlias = Mapping[str, tuple[Family, ...]]

IN_FULL: Told = {
    "pre_bootstrap_scripts": ("AL2023", "WINDOWS"),
    "node_config": ("AL2023",),
    "bottlerocket_settings": ("BOTTLEROCKET",),
}
"""What can be told to nodes whose user data is all ours: the field, and the families that read it."""

BESIDES_EKS: Told = {
    "pre_bootstrap_scripts": ("AL2", "AL2023"),
    "node_config": ("AL2023",),
    "bottlerocket_settings": ("BOTTLEROCKET",),
    "max_pods": ("AL2023", "BOTTLEROCKET"),
}
"""What can be told to nodes of EKS's own images in managed groups, where EKS adds its part to the user data (EKS user
guide, "Customize managed nodes with launch templates")."""


def check_bootstrap(nodes: Ec2Nodes, ami: AmiType, faults: Faults, told: Told = IN_FULL) -> None:
    """What each family of images can be told at its first start."""
    for field, families in told.items():
        if getattr(nodes, field) and ami.family not in families:
            faults.add(field, f"is not for {ami.family}; got it with {ami.name}; remove it or name another ami_type")
    _check_node_config(nodes, faults)
    _check_bottlerocket(nodes, faults)
    _check_scripts(nodes, faults)


def _check_node_config(nodes: Ec2Nodes, faults: Faults) -> None:
    for key in _OURS_IN_NODE_CONFIG:
        if key in nodes.node_config:
            faults.add(("node_config", key), "is what the platform tells the node; got another; remove it")
    kubelet = _below(nodes.node_config, "kubelet", "config")
    for key in _FORBIDDEN_KUBELET:
        if key in kubelet:
            do = "remove it: EKS needs its own"
            faults.add(("node_config", "kubelet", "config", key), f"cannot be set; got {shown(kubelet[key])}; {do}")


def _check_bottlerocket(nodes: Ec2Nodes, faults: Faults) -> None:
    kubernetes = _below(nodes.bottlerocket_settings, "kubernetes")
    for key in _OURS_IN_BOTTLEROCKET:
        if key in kubernetes:
            at = ("bottlerocket_settings", "kubernetes", key)
            faults.add(at, "is what the platform tells the node; got another; remove it")


def plain_settings(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings that can be written down as JSON and as TOML.

    Raises:
        ValidationError: naming every part that cannot.
    """
    faults = Faults()
    for path, message in _unfit(settings):
        faults.add(path, message)
    faults.raise_if_any()
    return settings


def _check_scripts(nodes: Ec2Nodes, faults: Faults) -> None:
    for index, script in enumerate(nodes.pre_bootstrap_scripts):
        at = ("pre_bootstrap_scripts", index)
        if not script.strip():
            faults.add(at, f"is empty; got {shown(script)}; write a script or remove it")
        elif "==eks-node==" in script or "</powershell>" in script.lower():
            faults.add(at, f"holds what ends it; got {shown(script)}; write it without ==eks-node== and </powershell>")
    size = sum(len(script.encode()) for script in nodes.pre_bootstrap_scripts)
    if size + _CLUSTER_DATA > _USER_DATA_LIMIT:
        most = _USER_DATA_LIMIT - _CLUSTER_DATA
        what = f"are too long: EC2 takes {_USER_DATA_LIMIT} bytes of user data, about {most} of them for scripts"
        faults.add("pre_bootstrap_scripts", f"{what}; got {size}; have a short script fetch the rest")


def _below(tree: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    for key in path:
        found = tree.get(key)
        if not isinstance(found, Mapping):
            return {}
        tree = found
    return tree


def _unfit(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str) or not key:
                yield (*path, str(key)), f"needs text as its key; got {shown(key)}; quote it"
            else:
                yield from _unfit(item, (*path, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _unfit(item, (*path, index))
    elif isinstance(value, float) and not math.isfinite(value):
        yield path, f"is no finite number; got {value}; write a finite one"
    elif not isinstance(value, str | int | float | bool):
        yield path, f"cannot be written down; got {shown(str(value))} ({type(value).__name__}); write text or a number"
