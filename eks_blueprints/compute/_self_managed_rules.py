"""Rules between the fields of a self-managed group."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from eks_blueprints.compute._autoscaler_hints import node_hints
from eks_blueprints.errors import Faults, shown
from eks_blueprints.facts.ami_types import AmiType
from eks_blueprints.facts.instance_types import instance_type
from eks_blueprints.leaves import TAGS_PER_RESOURCE, repeated

if TYPE_CHECKING:
    from eks_blueprints.compute.self_managed_nodes import SelfManagedNodes

_HOOK_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_OWN_TAGS = 6  # Name, three that mark the cluster, two that Cluster Autoscaler looks for
_USER_DATA_LIMIT = 16_384
_CLUSTER_DATA = 4_096  # what the cluster's name, endpoint and authority take up, roughly

# Of the NodeConfig and of Bottlerocket's settings, what the platform alone knows.
_OURS_IN_NODE_CONFIG = ("cluster",)
_OURS_IN_BOTTLEROCKET = ("api-server", "cluster-certificate", "cluster-name", "cluster-dns-ip")
_FORBIDDEN_KUBELET = ("address", "authentication", "authorization", "clusterDomain", "serverTLSBootstrap")


def check_sizes(nodes: SelfManagedNodes, faults: Faults) -> None:
    """Fewest, desired and most nodes in order."""
    fewest, desired, most = nodes.scaling
    assumed = "" if nodes.min_size is not None else " (the default)"
    if fewest > most:
        message = f"is below min_size; got {most} and {fewest}{assumed}; raise max_size or lower min_size"
        faults.add("max_size", message)
    elif not fewest <= desired <= most:
        got = f"{desired} with {fewest} to {most}"
        faults.add("desired_size", f"lies outside min_size and max_size; got {got}; change one of them")


def check_way_of_buying(nodes: SelfManagedNodes, faults: Faults) -> None:
    """One way of saying how instances are bought, and what each excludes."""
    distribution = nodes.instances_distribution
    if distribution is not None and nodes.capacity_type != "ON_DEMAND":
        got = f"{nodes.capacity_type} too"
        faults.add("instances_distribution", f"excludes capacity_type; got {got}; leave capacity_type out")
    spot = nodes.distribution.has_spot
    if nodes.capacity_rebalance and not spot:
        faults.add("capacity_rebalance", "is for spot; got on-demand only; remove it")
    if nodes.warm_pool_config is not None and spot and nodes.capacity_type == "ON_DEMAND":
        faults.add("warm_pool_config", "is for on-demand capacity; got spot too; remove one")
    if nodes.cpu_credits is not None:
        for name in nodes.instance_types:
            if (facts := instance_type(name)) is not None and "burstable" not in facts.flags:
                faults.add("cpu_credits", f"is for burstable types; got {name}; remove it, or use types such as t3")
                break
    for field in ("target_group_arns", "enabled_metrics", "suspended_processes", "termination_policies"):
        if twice := repeated(value for value in getattr(nodes, field) if isinstance(value, str)):
            faults.add(field, f"names one twice; got {twice}; remove one")


def check_hooks(nodes: SelfManagedNodes, faults: Faults) -> None:
    """Names of lifecycle hooks, which become part of resources' names."""
    seen: dict[str, str] = {}
    for name in nodes.lifecycle_hooks:
        at = ("lifecycle_hooks", name)
        if not _HOOK_NAME.fullmatch(name):
            faults.add(at, f"is no usable name; got {shown(name)}; use up to 40 letters, digits, - and _")
        if (other := seen.setdefault(name.replace("_", "-").lower(), name)) != name:
            faults.add(at, f"clashes with {other}; got {shown(name)}; give one another name")


def check_bootstrap(nodes: SelfManagedNodes, ami: AmiType, faults: Faults) -> None:
    """What each family of images can be told at its first start."""
    told = {
        "pre_bootstrap_scripts": ami.family in ("AL2023", "WINDOWS"),
        "node_config": ami.family == "AL2023",
        "bottlerocket_settings": ami.family == "BOTTLEROCKET",
    }
    for field, fits in told.items():
        if getattr(nodes, field) and not fits:
            faults.add(field, f"is not for {ami.family}; got it with {ami.name}; remove it or name another ami_type")
    for key in _OURS_IN_NODE_CONFIG:
        if key in nodes.node_config:
            faults.add(("node_config", key), "is what the platform tells the node; got another; remove it")
    kubelet = _below(nodes.node_config, "kubelet", "config")
    for key in _FORBIDDEN_KUBELET:
        if key in kubelet:
            do = "remove it: EKS needs its own"
            faults.add(("node_config", "kubelet", "config", key), f"cannot be set; got {shown(kubelet[key])}; {do}")
    kubernetes = _below(nodes.bottlerocket_settings, "kubernetes")
    for key in _OURS_IN_BOTTLEROCKET:
        if key in kubernetes:
            at = ("bottlerocket_settings", "kubernetes", key)
            faults.add(at, "is what the platform tells the node; got another; remove it")
    _check_scripts(nodes, faults)


def check_tags(nodes: SelfManagedNodes, faults: Faults) -> None:
    """Room for the tags that Cluster Autoscaler reads besides one's own."""
    count = len(nodes.tags) + len(node_hints(nodes)) + _OWN_TAGS
    if count > TAGS_PER_RESOURCE:
        what = f"leave no room: a group takes {TAGS_PER_RESOURCE}, one for each label and taint among them"
        faults.add("tags", f"{what}; got {count}; remove some tags, labels or taints")


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


def _check_scripts(nodes: SelfManagedNodes, faults: Faults) -> None:
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
