"""The image of a group of nodes, its instance types, and what its nodes are told at their first start."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from eks_blueprints.core.document import documents
from eks_blueprints.core.errors import InputError, Path, shown
from eks_blueprints.core.facts.ami_types import ami_types
from eks_blueprints.core.facts.instance_selection import Span, Wanted, select
from eks_blueprints.core.facts.instance_types import InstanceType, instance_type
from eks_blueprints.core.json_values import merged
from eks_blueprints.lifecycle.importers.eksctl.build import Build
from eks_blueprints.lifecycle.importers.eksctl.rules import step
from eks_blueprints.lifecycle.importers.eksctl.source import Node

_MOST = {"managed_nodes": 20, "self_managed_nodes": 40}
_WINDOWS = re.compile(r"windowsserver(20\d\d)(core|full)container", re.IGNORECASE)
_NO_JOIN = "their nodes join by /etc/eks/bootstrap.sh, which needs all of the user data"
_INSTEAD = "name a launch template that contains it (launch_template), or use Amazon Linux 2023"


def group_of(build: Build, node: Node) -> Node:
    """The group that a field stands in."""
    found: Node | None = build.source
    for part in node.path[:2]:
        found = next(each for each in found.members() if each.path[-1] == part) if found is not None else None
    return found if found is not None else node


def family_of(group: Node) -> str:
    """The family of a group's image: AL2023, AL2, BOTTLEROCKET, WINDOWS or UBUNTU."""
    name = str(group.value_of("amiFamily", default="AmazonLinux2023")).lower()
    for begin, family in (
        ("amazonlinux2023", "AL2023"),
        ("amazonlinux2", "AL2"),
        ("bottlerocket", "BOTTLEROCKET"),
        ("windows", "WINDOWS"),
        ("ubuntu", "UBUNTU"),
    ):
        if name.startswith(begin):
            return family
    return name


@step
def image(build: Build, node: Node, base: Path) -> None:
    """EKS's own image of a family, or an image of one's own."""
    group = group_of(build, node)
    family, name = family_of(group), group.get("amiFamily")
    own = group.get("ami")
    custom = own is not None and not str(own.value).startswith(("auto", "static"))
    if node.path[-1] == "ami":
        if not custom:
            build.tell(node, "leave it out: EKS's own image is the default; a release pins it")
        elif family in ("AL2", "UBUNTU"):
            build.tell(node, f"cannot be written with {family}: {_NO_JOIN}; {_INSTEAD}")
        else:
            _own(build, base, family, node)
        return
    if family == "UBUNTU" or (custom and family == "AL2"):
        build.tell(node, f"cannot be written: {_NO_JOIN}; {_INSTEAD}")
    elif custom and build.at((*base, "kind")) == "managed_nodes":
        build.put((*base, "ami_type"), "CUSTOM", node)
        if family != "AL2023":
            build.put((*base, "family"), family, node)
    elif family == "AL2023":
        build.tell(node, "is the default: Amazon Linux 2023 for the types' architecture and accelerators")
    else:
        found = ami_type(family, str(node.value), types_of(group))
        if found is None:
            build.tell(node, f"is no image that EKS offers; got {shown(node.value)}; write an ami_type")
        else:
            build.put((*base, "ami_type"), found, name or node)


def _own(build: Build, base: Path, family: str, node: Node) -> None:
    build.put((*base, "image", "id"), node.value, node)
    if build.at((*base, "kind")) == "managed_nodes":
        build.put((*base, "ami_type"), "CUSTOM", node)
        if family != "AL2023":
            build.put((*base, "family"), family)


def ami_type(family: str, name: str, types: list[str]) -> str | None:
    """EKS's name of the image of a family for some instance types."""
    known = [found for each in types if (found := _facts(each)) is not None]
    arm = any("arm64" in each.architectures for each in known)
    accelerator = next((each.accelerator for each in known if each.accelerator in ("nvidia", "neuron")), None)
    windows = _WINDOWS.fullmatch(name)
    fips = name.lower().endswith("fips")
    for wanted in (accelerator, None):
        for each in ami_types().values():
            if (each.family, each.accelerator) != (family, wanted):
                continue
            if windows and f"_{windows[2].upper()}_{windows[1]}" not in each.name:
                continue
            if each.name.endswith("_FIPS") == fips and (each.architecture == "arm64") == (arm and family != "WINDOWS"):
                return each.name
    return None


def _facts(name: str) -> InstanceType | None:
    try:
        return instance_type(name)
    except (KeyError, ValueError):
        return None


def types_of(group: Node) -> list[str]:
    """The instance types of a group; eksctl's own where it names none."""
    one = group.value_of("instanceType")
    several = group.value_of("instanceTypes") or group.value_of("instancesDistribution", "instanceTypes") or []
    found = [*([one] if one and one != "mixed" else []), *(each for each in several if isinstance(each, str))]
    selector = group.get("instanceSelector")
    if not found and selector is not None:
        found = selected(selector)
    return found or ["m5.large"]


@step
def instance_types(build: Build, node: Node, base: Path) -> None:
    """Types that are named, or that a selector finds in this package's table."""
    field = (*base, "instance_types")
    if node.path[-1] == "instanceSelector":
        _select(build, node, base)
    elif node.value == "mixed":
        build.tell(node, "leave it out: instancesDistribution names the types")
    else:
        build.put(field, node.value if isinstance(node.value, list) else [node.value], node)


def _select(build: Build, node: Node, base: Path) -> None:
    if not any(True for each in node.leaves() if not each.empty and each.value != {}):
        return
    found = selected(node)
    most = _MOST.get(str(build.at((*base, "kind"))), 20)
    if not found:
        build.tell(node, "finds no instance type that is known; write instance_types")
        return
    build.put((*base, "instance_types"), found[:most], node)
    for each in node.members():
        build.tell(
            each, f"is resolved once: {len(found)} types have all of it, the first {min(len(found), most)} are written"
        )


def selected(node: Node) -> list[str]:
    """The types that have what a selector asks for, smallest first."""
    asked: dict[str, Any] = {"architecture": "x86_64"}
    for each in node.members():
        key = str(each.path[-1])
        if each.empty:
            continue
        try:
            asked |= dict(_asked(key, each.value))
        except ValueError:
            return []
    return [each.name for each in select(Wanted(**asked))]


def _asked(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    if key == "cpuArchitecture":
        yield "architecture", "arm64" if value == "arm64" else "x86_64"
    elif key == "memory":
        yield "memory_mib", Span.memory(str(value))
    elif key in ("vCPUs", "neuron_devices", "gpus"):
        # No GPUs is what the table takes without being asked.
        if key == "vCPUs" or value:
            yield {"vCPUs": "vcpus", "neuron_devices": "neuron"}.get(key, key), Span(value, value)
    elif key in ("allow", "deny"):
        yield key, (str(value),)


@step
def release_version(build: Build, node: Node, base: Path) -> None:
    """The release of EKS's image, where it is a fixed one."""
    if node.value == "latest":
        do = "write a release such as 1.33.4-20250904 to pin it"
        build.tell(node, f"cannot be written: the same file would make other nodes on another day; {do}")
        return
    build.put((*base, "release_version"), node.value, node)


@step
def launch_template(build: Build, node: Node, base: Path) -> None:
    """A launch template that exists."""
    for each in node.members():
        if not each.empty:
            build.put((*base, "launch_template", str(each.path[-1])), each.value, each)


@step
def scripts(build: Build, node: Node, base: Path) -> None:
    """Commands that run before a node joins, as scripts of a shell."""
    family = family_of(group_of(build, node))
    for each in node.members():
        text = str(each.value)
        script = text if family == "WINDOWS" or text.startswith("#!") else f"#!/bin/bash\n{text}"
        build.put((*base, "pre_bootstrap_scripts"), [script], each)


@step
def bootstrap_command(build: Build, node: Node, base: Path) -> None:
    """A NodeConfig on Amazon Linux 2023; a script of other images cannot be taken over."""
    family = family_of(group_of(build, node))
    if family != "AL2023":
        build.tell(node, f"cannot be written: {_NO_JOIN}; {_INSTEAD}")
        return
    try:
        found = [each.data for each in documents(str(node.value), node.document.file) if isinstance(each.data, dict)]
    except InputError:
        found = []
    spec = found[0].get("spec") if found and found[0].get("kind") == "NodeConfig" else None
    if not isinstance(spec, dict):
        do = "write its settings as node_config, and commands as pre_bootstrap_scripts"
        build.tell(node, f"is no NodeConfig, which Amazon Linux 2023 reads; {do}")
        return
    kept = {key: value for key, value in spec.items() if key != "cluster"}
    if kept:
        build.put((*base, "node_config"), merged(build.at((*base, "node_config"), {}), kept), node)
    if "cluster" in spec or not kept:
        build.tell(node, "leave out what it says of the cluster: nodes are told that anyway")


@step
def kubelet(build: Build, node: Node, base: Path) -> None:
    """Settings of the kubelet."""
    _kubelet(build, node, base, dict(node.value))


@step
def cluster_dns(build: Build, node: Node, base: Path) -> None:
    """The address of the DNS server that pods use."""
    if family_of(group_of(build, node)) == "BOTTLEROCKET":
        _settings(build, base, {"kubernetes": {"cluster-dns-ip": node.value}}, node)
        return
    _kubelet(build, node, base, {"clusterDNS": [node.value]})


def _kubelet(build: Build, node: Node, base: Path, config: dict[str, Any]) -> None:
    family = family_of(group_of(build, node))
    if family != "AL2023":
        do = "Bottlerocket has it in bottlerocket_settings" if family == "BOTTLEROCKET" else _INSTEAD
        build.tell(node, f"cannot be written: only Amazon Linux 2023 reads settings of the kubelet; {do}")
        return
    field = (*base, "node_config")
    build.put(field, merged(build.at(field, {}), {"kubelet": {"config": config}}), node)


@step
def bottlerocket(build: Build, node: Node, base: Path) -> None:
    """Settings of Bottlerocket."""
    admin, settings = node.get("enableAdminContainer"), node.get("settings")
    if settings is not None and settings.value:
        _settings(build, base, dict(settings.value), settings)
    if admin is not None:
        _settings(build, base, {"host-containers": {"admin": {"enabled": admin.value}}}, admin)


def _settings(build: Build, base: Path, said: dict[str, Any], node: Node) -> None:
    field = (*base, "bottlerocket_settings")
    build.put(field, merged(build.at(field, {}), said), node)


@step
def container_runtime(build: Build, node: Node, _base: Path) -> None:
    """containerd, which is the only one."""
    if node.value == "containerd":
        build.tell(node, "is the default: containerd is the only one")
    else:
        build.tell(
            node, f"cannot be written: containerd is the only one; got {shown(node.value)}; images have no other"
        )
