"""The disk that pods of a node share: room for images, logs, `emptyDir` volumes and what containers write.

Sources: EKS API, CreateNodegroup (`diskSize`); EKS user guide, "Create a Node Class for Amazon EKS" and "EKS Auto Mode"
(instance stores); Karpenter v1.15.2, pkg/providers/instancetype/types.go (`ephemeralStorage`); nodeadm's LocalStorage.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from eks_blueprints.policies.karpenter import node_class
from eks_blueprints.policies.platform import EC2_NODE_CLASS
from eks_blueprints.policies.props import Props
from eks_blueprints.policies.quantities import quantity
from eks_blueprints.policies.stack import Resource, Stack

_GIB = 2**30
_OF_EKS = {True: 50, False: 20}
"""GiB of a managed group's nodes where nothing says a size, by whether they run Windows."""
_OF_KARPENTER = {"windows": 50}
_OF_KARPENTER_DEFAULT = 20
_OF_AUTO_MODE = 80
_DEVICES = {"bottlerocket": "/dev/xvdb", "windows": "/dev/sda1"}
_DEVICE = "/dev/xvda"
_STRIPED = re.compile(r"strategy[\"']?\s*:\s*[\"']?RAID0")


class Disk(NamedTuple):
    """The disk of one kind of node."""

    size: float | None = None
    """Bytes; None where that is not known."""
    instance_store: bool = False
    """Whether the disks that an instance type comes with, if any, are used in its place."""


def disk_of_template(template: Resource, user_data: str | None) -> Disk:
    """The disk of nodes that start from a launch template: the largest of its volumes.

    Which one pods use is decided by the image; the system's own volume is never the larger one.
    """
    props = template.props
    if user_data is None or not props.is_known("blockDeviceMappings"):
        return Disk()
    sizes = [
        found
        for each in props.items("blockDeviceMappings")
        if each.is_known("ebs", "volumeSize") and (found := quantity(each.get("ebs", "volumeSize"))) is not None
    ]
    return Disk(max(sizes) * _GIB if sizes else None, _STRIPED.search(user_data) is not None)


def disk_of_group(group: Resource, *, windows: bool) -> Disk:
    """The disk of a managed group's nodes that have no launch template."""
    if not group.props.is_known("diskSize"):
        return Disk()
    said = group.props.number("diskSize")
    return Disk((said or _OF_EKS[windows]) * _GIB)


def disk_of_pool(pool: Resource, stack: Stack, *, auto_mode: bool) -> Disk:
    """The disk of the nodes of a pool of Karpenter or EKS Auto Mode."""
    found = next(iter(node_class(pool, stack)), None)
    if auto_mode:
        name = pool.props.get("spec", "template", "spec", "nodeClassRef", "name")
        if found is None:
            return disk_of_class(Props({}), auto_mode=True) if name == "default" else Disk()
        return disk_of_class(found.props.at("spec"), auto_mode=True)
    if found is None or found.type != EC2_NODE_CLASS:
        return Disk()
    return disk_of_class(found.props.at("spec"), auto_mode=False)


def disk_of_class(spec: Props, *, auto_mode: bool) -> Disk:
    """The disk of the nodes of a class of Karpenter or EKS Auto Mode, by its spec."""
    if auto_mode:
        said = quantity(spec.get("ephemeralStorage", "size"))
        return Disk(_OF_AUTO_MODE * _GIB if said is None else said, instance_store=True)
    return Disk(_of_class(spec), spec.get("instanceStorePolicy") == "RAID0")


def _of_class(spec: Props) -> float | None:
    mappings = spec.items("blockDeviceMappings")
    family = _family(spec)
    device = _DEVICES.get(family, _DEVICE)
    chosen = next((each for each in mappings if each.flag("rootVolume")), None)
    if chosen is None and family == "custom":
        chosen = mappings[-1] if mappings else None
    elif chosen is None:
        chosen = next((each for each in mappings if each.get("deviceName") == device), None)
    default = _OF_KARPENTER.get(family, _OF_KARPENTER_DEFAULT) * float(_GIB)
    if chosen is None:
        return default
    if chosen.has("ebs", "snapshotID") and not chosen.has("ebs", "volumeSize"):
        return None
    return quantity(chosen.get("ebs", "volumeSize")) or default


def _family(spec: Props) -> str:
    """Bottlerocket, windows2022, al2023 and so on, without its number and in lower case."""
    aliases = [str(each.get("alias")) for each in spec.items("amiSelectorTerms") if each.has("alias")]
    name = str(spec.get("amiFamily") or (aliases[0].partition("@")[0] if aliases else "custom")).lower()
    return "windows" if name.startswith("windows") else name
